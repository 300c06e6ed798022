"""Every method on one comparison: ours, its parts, and the usual ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath import deseq
from diffpath.enrich.camera import (
    estimate_correlation,
    run_camera,
    run_preranked,
    shrink_correlation,
)
from diffpath.enrich.combine import join_keys
from diffpath.enrich.fry import run_fry
from diffpath.enrich.gsea import run_gsea
from diffpath.enrich.linear import log_cpm, rotate, weight_matrix
from diffpath.enrich.ora import run_ora
from diffpath.enrich.rotation import run_rotation
from diffpath.enrich.ulm import run_ulm
from diffpath.gene_sets import Collection, GeneSet, tested_sets
from diffpath.normalize import keep_genes, size_factors
from diffpath.tables import LEAVE_ONE_OUT
from diffpath.themes.leave_out import run_left_out
from diffpath.themes.standing import assess_design
from diffpath.themes.testing import run_themes
from diffpath.themes.verdicts import judge

Array = NDArray[np.float64]

ALPHA = 0.05
MIN_SIZE, MAX_SIZE = 10, 500
GSEA_PERMUTATIONS = 1000
ROTATIONS = 1_998  # enough to tell p from .05; the workflow makes five times as many


@dataclass(frozen=True)
class Comparison:
    """One comparison, fitted.

    Attributes
    ----------
    values
        Units × genes, log2 counts per million of the filtered genes.
    design, contrast
        Design matrix and tested weights.
    results
        Gene statistics as in `RESULTS`.
    sheet
        Units × (donor, group).
    """

    values: pd.DataFrame
    design: pd.DataFrame
    contrast: pd.Series
    results: pd.DataFrame
    sheet: pd.DataFrame


def compare(
    counts: pd.DataFrame,
    symbols: pd.Series,
    test: NDArray[np.bool_],
    donors: Sequence[str] | None = None,
) -> Comparison:
    """Filter, normalize and fit; with donors given, each is a term of the design.

    Parameters
    ----------
    counts
        Units × genes.
    test
        (n_units,) units of the test group.
    donors
        Donor of each unit in a paired comparison.
    """
    raw = counts.to_numpy()
    kept = keep_genes(raw, 10, int(min(test.sum(), (~test).sum())))
    raw, genes = raw[:, kept], counts.columns[kept]
    names = [f"unit{i:03d}" for i in range(len(raw))]
    columns = {"mean": np.ones(len(raw))}
    if donors is not None:
        indicators = pd.get_dummies(pd.Series(list(donors)), dtype=float, drop_first=True)
        columns |= {str(name): indicators[name].to_numpy() for name in indicators}
    design = pd.DataFrame({**columns, "test": test.astype(float)}, index=names)
    factors = size_factors(raw)
    vector = np.zeros(design.shape[1])
    vector[-1] = 1.0
    results = fit_genes(raw, factors, design.to_numpy(float), vector)
    results["gene_id"], results["symbol"] = genes, symbols.loc[genes].to_numpy()
    sheet = pd.DataFrame(
        {"donor": names if donors is None else list(donors), "group": np.where(test, "t", "r")},
        index=names,
    )
    values = pd.DataFrame(log_cpm(raw, factors), names, genes)
    return Comparison(values, design, pd.Series(vector, design.columns), results, sheet)


def fit_genes(
    counts: NDArray[np.integer], factors: Array, design: Array, contrast: Array
) -> pd.DataFrame:
    """Return the statistics the workflow ranks by: DESeq2's Wald test, Cook's outliers out."""
    fitted = deseq.fit(counts, design, size_factors=factors)
    table = deseq.wald_test(fitted, contrast).to_frame()
    return table.assign(stat=table["stat"].where(table["pvalue"].notna()))


def run_verdicts(
    comparison: Comparison, themes: Sequence[Collection], judged: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the theme tests as the workflow makes them, and the verdict of one theme.

    Parameters
    ----------
    judged
        Theme that gets its verdict, with each donor left out in turn where its Holm p
        asks for it. Genes are not fitted anew: verdicts ask the leave-outs for the donor
        key and the effect, and neither uses a gene's statistic.
    """
    standing = assess_design(
        comparison.sheet,
        comparison.design,
        comparison.contrast,
        variable="group",
        test="t",
        reference="r",
        donor="donor",
    )
    limits = {"min_size": MIN_SIZE, "max_size": MAX_SIZE}
    given = (comparison.values, comparison.design, comparison.contrast, comparison.results)
    found = run_themes(*given, themes, standing, **limits)
    if judged is None:
        return found.tests, None
    own = found.tests[found.tests["theme"] == judged]
    left_out = pd.DataFrame(columns=LEAVE_ONE_OUT.names)
    if (own["p_holm"] < ALPHA).any():
        parts = []
        for unit in comparison.sheet.index:
            rest = comparison.sheet.index != unit
            left = (comparison.values[rest], comparison.design[rest], *given[2:])
            theme = [theme for theme in themes if theme.name == judged]
            parts.append(run_left_out(*left, theme, unit, **limits))
        left_out = pd.concat(parts, ignore_index=True)
    judgement = judge(
        own, found.sets, found.genes, left_out, standing, test="t", reference="r", alpha=ALPHA
    )
    return found.tests, judgement.verdicts


def run_methods(
    comparison: Comparison, collection: Collection, *, slow: bool, max_size: int = MAX_SIZE
) -> dict[str, Array]:
    """Return each method's p of every tested set of a collection.

    Parameters
    ----------
    slow
        Also preranked GSEA.
    max_size
        Largest tested size of a set.
    """
    tested = comparison.results[
        comparison.results["symbol"].notna() & comparison.results["stat"].notna()
    ].reset_index(drop=True)
    values = comparison.values[tested["gene_id"]].to_numpy()
    stat = tested["stat"].to_numpy()
    sets = tested_sets(collection, tested["symbol"].tolist(), MIN_SIZE, max_size)
    weights = weight_matrix(list(sets.values()), len(tested))
    effects = rotate(values, comparison.design.to_numpy(), comparison.contrast.to_numpy())
    own = shrink_correlation(estimate_correlation(effects, weights))
    fry, ulm = run_fry(effects, weights), run_ulm(stat, weights)
    donor = run_rotation(effects, weights, rotations=ROTATIONS)
    top = tested.assign(padj=(tested["pvalue"].rank(method="first") > 500).astype(float))
    found = {
        "two keys": join_keys(donor.p, donor.t, ulm.p, ulm.t),
        "donor key (rotation)": donor.p,
        "specificity key (ULM)": ulm.p,
        "fry": fry.p,
        "camera, estimated correlation": run_camera(effects, weights).p,
        "camera, correlation .01": run_camera(effects, weights, 0.01).p,
        "cameraPR, shrunken correlation (exploratory)": run_preranked(stat, weights, own).p,
        "ORA, padj < .05": _best_side(run_ora(tested, sets, "c")),
        "ORA, 500 smallest p": _best_side(run_ora(top, sets, "c")),
    }
    if slow:
        ranking = pd.Series(stat, tested["symbol"])
        gsea = run_gsea(ranking, sets, "c", permutations=GSEA_PERMUTATIONS)
        found["preranked GSEA"] = gsea["pvalue"].to_numpy()
    return found


def unite_themes(themes: Sequence[Collection]) -> Collection:
    """Return each theme's genes as one set, for methods that know sets alone."""
    sets = tuple(
        GeneSet(theme.name, tuple(sorted({g for s in theme.sets if s.sign > 0 for g in s.genes})))
        for theme in themes
    )
    return Collection("unions", "unions", sets, "")


def _best_side(table: pd.DataFrame) -> Array:
    # Two one-sided tests a set: the smaller p, doubled.
    return np.asarray(np.minimum(2 * table.groupby("gene_set")["pvalue"].min().to_numpy(), 1.0))
