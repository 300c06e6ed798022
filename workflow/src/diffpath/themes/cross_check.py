"""The verdicts once more, with the other engine's fit in place of the results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from anndata import AnnData

from diffpath.gene_sets import Collection
from diffpath.tables import CROSS_CHECK_THEMES, conform
from diffpath.themes.contrast import judge_contrast

FITTED = ["log2FoldChange", "lfcSE", "pvalue", "padj", "reason"]
COMPARED = ["verdict", "named_sets", "p_ulm", "p_holm"]


def check_verdicts(
    verdicts: pd.DataFrame,
    check: pd.DataFrame,
    units: AnnData,
    contrast: Any,
    results: pd.DataFrame,
    genes: pd.DataFrame,
    themes: Sequence[Collection],
    left_out: pd.DataFrame,
    gsea: pd.DataFrame,
    **options: Any,
) -> pd.DataFrame:
    """Return the `CROSS_CHECK_THEMES`: what each verdict would be on the other engine's genes.

    Fits without a donor and GSEA stay those of the verdicts: they say how robust a verdict
    is, and to make them again would cost as many fits as there are donors.

    Parameters
    ----------
    verdicts
        `THEME_VERDICTS` of the contrast.
    check
        Its `CROSS_CHECK`.
    units, contrast, results, genes, themes, left_out, gsea, options
        As `judge_contrast` got them for the verdicts.
    """
    tables, _ = judge_contrast(
        units, contrast, take_check(results, check), genes, themes, left_out, gsea, **options
    )
    other = tables["verdicts"].set_index("theme").reindex(verdicts["theme"]).reset_index()
    out = verdicts[["theme", "title"]].reset_index(drop=True)
    for name in COMPARED:
        out[name] = verdicts[name].to_numpy()
        out[f"{name}_check"] = other[name].to_numpy()
    named = out[["named_sets", "named_sets_check"]].fillna("")
    out["differs"] = (out["verdict"] != out["verdict_check"]) | (
        named["named_sets"] != named["named_sets_check"]
    )
    return conform(out[CROSS_CHECK_THEMES.names], CROSS_CHECK_THEMES)


def take_check(results: pd.DataFrame, check: pd.DataFrame) -> pd.DataFrame:
    """Return the `RESULTS` with the other engine's numbers where it gives them."""
    theirs = check.set_index("gene_id").reindex(results["gene_id"])
    out = results.copy()
    for name in FITTED:
        out[name] = theirs[f"{name}_check"].to_numpy()
    out["stat"] = out["log2FoldChange"] / out["lfcSE"]
    return out
