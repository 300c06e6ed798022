"""The themes stage of one contrast, from its units to its verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData

from diffpath.design import Design, DesignError, build_design, formula_variables
from diffpath.differ import FitError, differ_genes, missing_results
from diffpath.enrich.linear import log_cpm
from diffpath.findings import Findings
from diffpath.gene_sets import Collection
from diffpath.normalize import size_factors
from diffpath.tables import CLAIMS
from diffpath.themes.claims import Claim, judge_claims
from diffpath.themes.exploring import explore_collection
from diffpath.themes.leave_out import run_left_out
from diffpath.themes.standing import Standing, assess_design
from diffpath.themes.testing import run_themes
from diffpath.themes.verdicts import judge


def design_of(units: AnnData, contrast: Mapping[str, str], numeric: Sequence[str]) -> Design:
    """Return the design of a contrast's row over its units."""
    return build_design(
        units.obs,
        contrast["design"],
        contrast["variable"],
        contrast["test"],
        contrast["reference"],
        list(numeric),
    )


def assess_contrast(
    units: AnnData,
    contrast: Mapping[str, str],
    *,
    unit: str,
    numeric: Sequence[str] = (),
    technical: Sequence[str] = (),
) -> Standing:
    """Return what the design of a contrast's row can carry over its units.

    Parameters
    ----------
    unit
        Column that names the independent donor.
    technical
        Columns of the laboratory's doing, matched without regard to case. They and the
        labels the design names are held against the condition; no other column is, as it
        may describe the condition itself (diagnosis, mutation, severity).
    """
    design = design_of(units, contrast, numeric)
    return assess_design(
        units.obs,
        design.matrix,
        design.contrast,
        variable=contrast["variable"],
        test=contrast["test"],
        reference=contrast["reference"],
        donor=unit,
        covariates=list_technical(units.obs, contrast, technical, numeric),
        name=contrast["contrast"],
    )


def expression_of(units: AnnData) -> pd.DataFrame:
    """Return units × kept genes, log2 counts per million, as the donor key uses them."""
    kept = units.var["kept"].to_numpy(dtype=bool)
    values = log_cpm(np.asarray(units.X)[:, kept], units.obs["size_factor"].to_numpy())
    return pd.DataFrame(values, units.obs_names, units.var_names[kept])


def usable_results(results: pd.DataFrame, genes: pd.DataFrame) -> pd.DataFrame:
    """Return `RESULTS`, symbols only on genes that stand for them, statistics where tested."""
    status = genes.set_index("gene_id")["symbol_status"].reindex(results["gene_id"]).to_numpy()
    own = np.isin(status.astype(str), ["unique", "kept"])
    return results.assign(
        symbol=results["symbol"].where(own),
        stat=results["stat"].where(results["pvalue"].notna()),
    )


def leave_out_donor(
    units: AnnData,
    contrast: Mapping[str, str],
    donor: str,
    genes: pd.DataFrame,
    themes: Sequence[Collection],
    *,
    unit: str,
    numeric: Sequence[str] = (),
    technical: Sequence[str] = (),
    engine: str = "diffpath",
    alpha: float = 0.05,
    min_size: int = 10,
    max_size: int = 500,
    threads: int = 1,
) -> pd.DataFrame:
    """Return the `LEAVE_ONE_OUT` rows of one donor: genes fitted anew without it, both keys again.

    A refused contrast gets effects and leading edges, and no p-value.

    Parameters
    ----------
    units
        Units × genes of the whole contrast.
    contrast
        Its row of the contrasts.
    donor
        Label in the column ``unit`` whose units are left out.
    genes
        The `GENES` of the contrast.
    themes
        The declared themes.
    unit, technical
        As for `assess_contrast`.
    """
    standing = assess_contrast(units, contrast, unit=unit, numeric=numeric, technical=technical)
    full = design_of(units, contrast, numeric)
    stay = (units.obs[unit].astype(str) != donor).to_numpy()
    rest = units[stay].copy()
    kept = rest.var["kept"].to_numpy(dtype=bool)
    rest.obs["size_factor"] = size_factors(np.asarray(rest.X)[:, kept])
    try:
        design = design_of(rest, contrast, numeric)
        results = differ_genes(
            rest, design, engine=engine, alpha=alpha, shrink=False, threads=threads
        )
    except (DesignError, FitError):
        design = Design(full.matrix[stay], full.contrast)
        results = missing_results(rest)
    return run_left_out(
        expression_of(rest),
        design.matrix,
        design.contrast,
        usable_results(results, genes),
        themes,
        donor,
        refused=standing.status == "refused",
        min_size=min_size,
        max_size=max_size,
    )


def judge_contrast(
    units: AnnData,
    contrast: Mapping[str, str],
    results: pd.DataFrame,
    genes: pd.DataFrame,
    themes: Sequence[Collection],
    left_out: pd.DataFrame,
    gsea: pd.DataFrame,
    *,
    unit: str,
    numeric: Sequence[str] = (),
    technical: Sequence[str] = (),
    expectations: Sequence[Mapping[str, Any]] = (),
    alpha: float = 0.05,
    min_size: int = 10,
    max_size: int = 500,
) -> tuple[dict[str, pd.DataFrame], Findings]:
    """Return the tables of the themes stage by name, and why a verdict was withheld.

    Parameters
    ----------
    units, contrast, genes, themes
        As for `leave_out_donor`.
    results
        `RESULTS` of the whole contrast.
    left_out
        `LEAVE_ONE_OUT` rows of every donor.
    gsea
        `GSEA` rows of the themes.
    technical
        As for `assess_contrast`.
    expectations
        Declared claims: ``kind``, ``name``, ``expected``, ``source``, ``log2FoldChange``.
    """
    design = design_of(units, contrast, numeric)
    standing = assess_contrast(units, contrast, unit=unit, numeric=numeric, technical=technical)
    limits = {"min_size": min_size, "max_size": max_size}
    usable = usable_results(results, genes)
    tested = run_themes(
        expression_of(units), design.matrix, design.contrast, usable, themes, standing,
        alpha=alpha, **limits,
    )  # fmt: skip
    judgement = judge(
        tested.tests,
        tested.sets,
        tested.genes,
        left_out,
        standing,
        test=contrast["test"],
        reference=contrast["reference"],
        gsea=gsea,
        alpha=alpha,
    )
    claims = [
        Claim(e["kind"], e["name"], e["expected"], e["source"], e.get("log2FoldChange"))
        for e in expectations
    ]
    found = (
        judge_claims(claims, usable, judgement.sets, judgement.verdicts, alpha=alpha)
        if claims
        else pd.DataFrame(columns=CLAIMS.names)
    )
    tables = {
        "verdicts": judgement.verdicts,
        "sets": judgement.sets,
        "genes": judgement.genes,
        "scores": tested.scores,
        "overlap": tested.overlap,
        "leave_one_out": left_out,
        "claims": found,
    }
    return tables, standing.findings


def list_technical(
    sheet: pd.DataFrame,
    contrast: Mapping[str, str],
    technical: Sequence[str],
    numeric: Sequence[str],
) -> list[str]:
    """Return the columns that are held against the condition.

    A numeric one only where each group has a single value: else its levels are no groups.
    """
    known = {name.casefold() for name in technical}
    named = formula_variables(contrast["design"])
    groups = sheet.groupby(contrast["variable"], observed=True)
    return [
        name
        for name in sheet.columns
        if name != contrast["variable"]
        and (name.casefold() in known or name in named)
        and (name not in numeric or (groups[name].nunique() <= 1).all())
    ]


def explore_contrast(
    units: AnnData,
    contrast: Mapping[str, str],
    results: pd.DataFrame,
    genes: pd.DataFrame,
    collection: Collection,
    *,
    unit: str,
    numeric: Sequence[str] = (),
    technical: Sequence[str] = (),
    alpha: float = 0.05,
    min_size: int = 10,
    max_size: int = 500,
) -> pd.DataFrame:
    """Return the `EXPLORATORY` table of a broad collection in a contrast.

    Parameters
    ----------
    unit, technical
        As for `assess_contrast`; a refused contrast gets no p-value.
    """
    design = design_of(units, contrast, numeric)
    standing = assess_contrast(units, contrast, unit=unit, numeric=numeric, technical=technical)
    return explore_collection(
        expression_of(units),
        design.matrix,
        design.contrast,
        usable_results(results, genes),
        collection,
        refused=standing.status == "refused",
        alpha=alpha,
        min_size=min_size,
        max_size=max_size,
    )
