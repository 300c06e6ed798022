"""The same counts, design and contrast fitted by the other engine, gene beside gene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anndata import AnnData

from diffpath.differ import differ_contrast
from diffpath.tables import CROSS_CHECK

OTHER = {"diffpath": "pydeseq2", "pydeseq2": "diffpath"}
COMPARED = ["log2FoldChange", "lfcSE", "pvalue", "padj", "reason"]
# The worst p of all would be two astronomically small ones that decide nothing.
SMALLEST_P = 1e-10


@dataclass(frozen=True)
class CrossCheck:
    """`CROSS_CHECK` of a contrast and the `STATUS` of the other engine's fit."""

    genes: pd.DataFrame
    status: pd.DataFrame


def check_contrast(
    units: AnnData,
    contrast: Mapping[str, str],
    results: pd.DataFrame,
    *,
    numeric: Sequence[str] = (),
    engine: str = "diffpath",
    alpha: float = 0.05,
    threads: int = 1,
) -> CrossCheck:
    """Fit a contrast with the engine that did not make its results, and hold the two together.

    The other engine gets the same units, the same genes (those that passed the filter), the
    same design and contrast. Where it cannot fit, its columns are empty and the status says why.

    Parameters
    ----------
    units, contrast, numeric
        As for `diffpath.differ.differ_contrast`.
    results
        The `RESULTS` that ``engine`` made of them.
    engine
        Engine of the results; the check is made by the other of the two.
    alpha
        Level of padj that calls a gene.
    """
    other = differ_contrast(
        units,
        contrast,
        numeric=numeric,
        engine=OTHER[engine],
        alpha=alpha,
        shrink=False,
        threads=threads,
    )
    return CrossCheck(compare_results(results, other.results, alpha), other.status)


def compare_results(results: pd.DataFrame, check: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Return the `CROSS_CHECK` of two `RESULTS` of the same genes, in the order of the first.

    A gene without padj is not called. Where one engine fitted nothing, nothing differs.

    Raises
    ------
    ValueError
        If the two do not hold the same genes.
    """
    theirs = check.set_index("gene_id").reindex(results["gene_id"]).reset_index()
    if set(results["gene_id"]) != set(check["gene_id"]):
        raise ValueError("the two results do not hold the same genes")
    out = results[["gene_id", "symbol"]].reset_index(drop=True)
    for name in COMPARED:
        out[name] = results[name].to_numpy()
        out[f"{name}_check"] = theirs[name].to_numpy()
    fitted = bool(results["pvalue"].notna().any() and check["pvalue"].notna().any())
    called, called_check = out["padj"] < alpha, out["padj_check"] < alpha
    out["differs"] = (called != called_check) & fitted
    return out[CROSS_CHECK.names]


def count_calls(genes: pd.DataFrame, alpha: float) -> dict[str, int]:
    """Return how many genes of a `CROSS_CHECK` both engines call, either, or one alone."""
    called, called_check = genes["padj"] < alpha, genes["padj_check"] < alpha
    return {
        "either": int((called | called_check).sum()),
        "both": int((called & called_check).sum()),
        "results": int((called & ~called_check).sum()),
        "check": int((called_check & ~called).sum()),
    }


def measure_agreement(genes: pd.DataFrame) -> pd.DataFrame:
    """Return how far the two engines are apart, a row a number they both give.

    Returns
    -------
    DataFrame
        ``name``; ``n_compared``, genes with the number by both; ``median_share`` and
        ``p99_share``, median and 99th percentile of the difference as a share of the larger
        number; ``worst_gene``, farthest apart (log2 fold change: by difference; the others: by
        ratio, p below 1e-10 taken as that), with its two numbers ``worst`` and ``worst_check``.
    """
    rows = []
    for name in COMPARED[:-1]:
        both = genes.dropna(subset=[name, f"{name}_check"])
        ours = both[name].to_numpy(dtype=float)
        theirs = both[f"{name}_check"].to_numpy(dtype=float)
        row = {"name": name, "n_compared": len(both)}
        if len(both):
            changed = np.abs(theirs - ours)
            larger = np.maximum(np.abs(ours), np.abs(theirs))
            share = np.divide(changed, larger, out=np.zeros_like(larger), where=larger > 0)
            row["median_share"], row["p99_share"] = np.quantile(share, [0.5, 0.99])
            apart = changed
            if name != "log2FoldChange":
                floor = SMALLEST_P if name != "lfcSE" else np.finfo(float).tiny
                apart = np.abs(np.log(np.maximum(theirs, floor) / np.maximum(ours, floor)))
            worst = int(np.argmax(apart))
            gene = both.iloc[worst]
            row["worst_gene"] = (
                gene["symbol"] if isinstance(gene["symbol"], str) else gene["gene_id"]
            )
            row["worst"], row["worst_check"] = ours[worst], theirs[worst]
        rows.append(row)
    columns = [
        "name",
        "n_compared",
        "median_share",
        "p99_share",
        "worst_gene",
        "worst",
        "worst_check",
    ]
    return pd.DataFrame(rows, columns=columns)
