"""Broad collections: competitive tests that allow for correlation between genes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from diffpath.enrich.camera import estimate_correlation, run_preranked, shrink_correlation
from diffpath.enrich.fry import run_fry
from diffpath.enrich.linear import weight_matrix
from diffpath.enrich.scores import estimate_effects
from diffpath.gene_sets import Collection, tested_sets
from diffpath.multiple import adjust_bh
from diffpath.tables import EXPLORATORY, conform
from diffpath.themes.universe import direction_words, prepare_universe


def explore_collection(
    values: pd.DataFrame,
    design: pd.DataFrame,
    contrast: pd.Series,
    results: pd.DataFrame,
    collection: Collection,
    *,
    refused: bool = False,
    alpha: float = 0.05,
    min_size: int = 10,
    max_size: int = 500,
) -> pd.DataFrame:
    """Return the `EXPLORATORY` table: cameraPR on the Wald statistic, with a donor flag.

    Each set's correlation is half its own estimate from the residual effects and half
    the collection's mean. Signs of sets are not used. A set that holds every tested gene
    has nothing to be compared with and is not asked. The table is empty where genes or
    donors could not be tested.

    Parameters
    ----------
    values, design, contrast, results
        As for `diffpath.themes.testing.run_themes`.
    collection
        Gene sets adjusted together.
    refused
        Whether the contrast is refused. Effects, the statistic and its direction are then
        description; p-values and the donors' support, which would be claims, are missing.
    alpha
        Level of the donor key below which a set is flagged as donor-supported.
    min_size, max_size
        Limits of the tested size within which a set is asked.
    """
    universe = prepare_universe(values, design, contrast, results)
    symbols = universe.genes["symbol"].astype(str).tolist()
    sets = tested_sets(collection, symbols, min_size, min(max_size, len(symbols) - 1))
    effects, stat = universe.effects, universe.stat
    if not sets or effects is None or effects.df < 1 or stat is None or len(stat) < 3:
        return conform(pd.DataFrame(columns=EXPLORATORY.names), EXPLORATORY)
    weights = weight_matrix(list(sets.values()), len(symbols))
    estimated = estimate_correlation(effects, weights)
    used = shrink_correlation(estimated)
    competitive, rotation = run_preranked(stat, weights, used), run_fry(effects, weights)
    table = pd.DataFrame(
        {
            "collection": collection.name,
            "gene_set": list(sets),
            "n_tested": np.diff(weights.indptr),
            "correlation": used,
            "correlation_estimated": estimated,
            "direction": direction_words(competitive.t),
            "t": competitive.t,
            "pvalue": competitive.p,
            "padj": adjust_bh(competitive.p),
            "effect": estimate_effects(effects, weights).effect,
            "p_fry": rotation.p,
            "fry_direction": direction_words(rotation.t),
            "donor_supported": (rotation.p < alpha)
            & (np.sign(rotation.t) == np.sign(competitive.t)),
        }
    )
    if refused:
        table[["pvalue", "padj", "p_fry"]] = np.nan
        table[["fry_direction", "donor_supported"]] = None
    return conform(table[EXPLORATORY.names], EXPLORATORY)
