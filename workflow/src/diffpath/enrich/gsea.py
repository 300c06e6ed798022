"""Preranked gene-set enrichment with multilevel p-values, adjusted over all sets asked.

Subramanian et al. 2005, PNAS 102:15545 (the score); Korotkevich et al. 2021,
bioRxiv 060012 (the multilevel p-value). The null permutes genes, not donors: a
set whose genes are correlated between donors is called too often.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.enrich import null
from diffpath.multiple import adjust_bh
from diffpath.tables import GSEA

SMALLEST_P = 1e-50
VALUES_AT_ONCE = 1 << 22  # peaks and troughs of random sets held: 67 MB


def run_gsea(
    stat: pd.Series,
    sets: Mapping[str, NDArray[np.intp]],
    collection: str,
    *,
    permutations: int = 10_000,
    seed: int = 1,
    threads: int = 1,
) -> pd.DataFrame:
    """Return the `GSEA` table of the sets asked.

    Parameters
    ----------
    stat
        Wald statistic (genes,), indexed by unique symbol, without missing values; genes of
        equal statistic are ranked by symbol.
    sets
        Set name → positions of its genes in ``stat``; every one is asked.
    permutations
        Random sets for the normalized score and for p-values that are not small.
    seed
        Seed. All but ``padj`` depends on it, on the ranking and on the set, and not on the
        other sets in the call, on their names, on threads or on the order of genes and sets.
    threads
        Threads to use.

    Raises
    ------
    ValueError
        If the ranking or a set is unfit, or ``permutations`` too few.
    """
    if stat.isna().any() or not np.isfinite(stat).all():
        raise ValueError("the ranking holds missing or infinite values")
    if not stat.index.is_unique:
        raise ValueError("the ranking names a symbol twice")
    if permutations < 1000:
        raise ValueError(f"at least 1000 permutations are needed, not {permutations}")
    for name, rows in sets.items():
        if not 0 < len(np.unique(rows)) == len(rows):
            raise ValueError(f"the gene set {name} is empty or names a gene twice")
    if not sets:
        return pd.DataFrame(columns=GSEA.names)
    symbols = stat.index.to_numpy(dtype=object)
    order = np.lexsort((symbols.astype(str), -stat.to_numpy()))
    ranked = symbols[order]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    weights = null.make_weights(stat.to_numpy(dtype=float)[order])
    names = sorted(sets)
    hits = [np.sort(place[sets[name]]) for name in names]
    ends = np.array([null.score(weights, where) for where in hits])
    es = np.where(ends[:, 0] >= ends[:, 1], ends[:, 0], -ends[:, 1])
    sizes = np.array([len(where) for where in hits])
    nes, pvalue = _compare(weights, sizes, es, permutations, seed, threads)
    edges = [leading_edge(weights, where) for where in hits]
    table = pd.DataFrame(
        {
            "collection": collection,
            "gene_set": names,
            "n_tested": sizes,
            "es": es,
            "nes": nes,
            "pvalue": pvalue,
            "padj": adjust_bh(pvalue),
            "n_leading_edge": [len(edge) for edge in edges],
            "leading_edge": [",".join(ranked[edge]) for edge in edges],
        }
    )
    return table[GSEA.names]


def _compare(
    weights: NDArray[np.float64],
    sizes: NDArray[np.int64],
    es: NDArray[np.float64],
    permutations: int,
    seed: int,
    threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the normalized score and p-value of each score, given its set's size.

    Both are relative to random sets whose score has the same sign.
    """
    key = null.make_key(seed)
    nes, pvalue = np.empty(len(es)), np.empty(len(es))
    distinct = np.unique(sizes)
    climbs = []
    for some in np.array_split(distinct, -(-len(distinct) * permutations // VALUES_AT_ONCE)):
        peaks, troughs = null.draw(weights, key, some, permutations, threads)
        for size, peak, trough in zip(some, peaks, troughs, strict=True):
            for up in (True, False):
                mine = np.flatnonzero((sizes == size) & ((es >= 0) == up))
                if not len(mine):
                    continue
                height = peak if up else trough
                same = (peak >= trough) == up
                scores = np.sort(height[same])
                asked = np.abs(es[mine])
                # Without a random set of that sign there is nothing to normalize by.
                nes[mine] = es[mine] / (scores.mean() if len(scores) else 1.0)
                reached = len(scores) - np.searchsorted(scores, asked)
                pvalue[mine] = (reached + 1) / (len(scores) + 1)
                cut = permutations - null.PARTICLES - 1
                level = float(np.partition(height, cut)[cut])
                numbers = np.flatnonzero(height > level)
                beyond = mine[asked > level]
                if len(beyond) and len(numbers):
                    above = len(numbers) / permutations
                    scale = above * (permutations + 1) / (len(scores) + 1)
                    climbs.append((int(size), numbers, level, beyond, up, scale))

    def work(climb: tuple[int, NDArray[np.int64], float, NDArray[np.int64], bool, float]) -> None:
        size, numbers, level, beyond, up, scale = climb
        beyond = beyond[np.argsort(np.abs(es[beyond]))]
        chance = null.climb(
            weights, key, size, numbers, level, np.abs(es[beyond]),
            ties=up, smallest=SMALLEST_P, backwards=not up,
        )  # fmt: skip
        pvalue[beyond] = np.clip(chance * scale, SMALLEST_P, 1.0)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, reversed(climbs)))
    return nes, pvalue


def running_score(values: NDArray[np.float64], hits: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the running score just after each hit and just before it, interleaved.

    Parameters
    ----------
    values
        Statistic of the genes (n_genes,), falling.
    hits
        Positions of the set's genes in it, rising.

    Returns
    -------
    NDArray
        (n_hits, 2): score before and after each hit; between hits it falls evenly.
    """
    weight = np.abs(values[hits])
    total = weight.sum()
    step = np.cumsum(weight / total if total > 0 else np.full(len(hits), 1 / len(hits)))
    missed = (hits - np.arange(len(hits))) / max(len(values) - len(hits), 1)
    before = np.concatenate([[0.0], step[:-1]]) - missed
    return np.column_stack([before, step - missed])


def leading_edge(values: NDArray[np.float64], hits: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the hits from the extreme of the ranking up to the peak of the running score."""
    hits = np.sort(hits)
    score = running_score(values, hits)
    top, bottom = int(np.argmax(score[:, 1])), int(np.argmin(score[:, 0]))
    if score[top, 1] >= -score[bottom, 0]:
        return hits[: top + 1]
    return hits[bottom:][::-1]
