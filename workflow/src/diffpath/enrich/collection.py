"""Every method for one collection in one contrast, on the same universe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from diffpath.enrich.gsea import run_gsea
from diffpath.enrich.ora import run_ora
from diffpath.findings import Findings
from diffpath.gene_sets import Collection, check_coverage, coverage, tested_sets


@dataclass(frozen=True)
class Enrichment:
    """Tables of one collection in one contrast."""

    coverage: pd.DataFrame
    gsea: pd.DataFrame
    ora: pd.DataFrame
    findings: Findings


def tested_genes(results: pd.DataFrame, genes: pd.DataFrame) -> pd.DataFrame:
    """Return the universe of every set test: tested genes with a symbol of their own.

    Genes without a p-value leave it, and of several ids of one symbol only the
    one kept by the annotation rule stays.

    Parameters
    ----------
    results
        The `RESULTS` of a contrast.
    genes
        The `GENES` of its samples.

    Returns
    -------
    DataFrame
        Rows of ``results``, sorted by symbol.
    """
    usable = genes.loc[genes["symbol_status"].isin(["unique", "kept"]), "gene_id"]
    tested: pd.DataFrame = results[
        results["pvalue"].notna() & np.isfinite(results["stat"]) & results["gene_id"].isin(usable)
    ]
    return tested.sort_values("symbol", ignore_index=True)


def enrich_collection(
    collection: Collection,
    results: pd.DataFrame,
    genes: pd.DataFrame,
    *,
    min_size: int = 10,
    max_size: int = 500,
    permutations: int = 10_000,
    seed: int = 1,
    alpha: float = 0.05,
    threads: int = 1,
) -> Enrichment:
    """Return coverage, GSEA on the Wald statistic, and ORA of a collection."""
    universe = tested_genes(results, genes)
    symbols = universe["symbol"].tolist()
    measured = set(genes["symbol"].dropna())
    sets = tested_sets(collection, symbols, min_size, max_size)
    stat = pd.Series(universe["stat"].to_numpy(), index=symbols)
    return Enrichment(
        coverage(collection, measured, set(symbols), min_size, max_size),
        run_gsea(
            stat, sets, collection.name, permutations=permutations, seed=seed, threads=threads
        ),
        run_ora(universe, sets, collection.name, alpha=alpha),
        check_coverage(collection, measured),
    )
