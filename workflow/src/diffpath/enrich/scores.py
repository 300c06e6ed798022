"""What a reader sees of a set: each donor's score, the effect with its interval, the genes.

A score is a mean of log2 expression, so the difference of two groups' mean scores is the
mean log2 fold change of the set's genes.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import nctdtr, stdtrit

from diffpath.enrich.linear import Effects, set_sizes, split_design

Array = NDArray[np.float64]

MOST_LABELLINGS = 200_000  # 10 against 10 is the largest equal split below it
DRAWN_LABELLINGS = 99_999


class Estimate(NamedTuple):
    """Mean signed log2 fold change of each set (n_sets,) with its donor-level error."""

    effect: Array
    error: Array
    low: Array
    high: Array


def score_units(values: Array, weights: csr_array) -> Array:
    """Return units × sets: mean signed log2 expression, each gene minus its mean over units.

    Parameters
    ----------
    values
        Units × genes, log2.
    weights
        Sets × genes, +1 or −1 for members.
    """
    centred = values - values.mean(axis=0)
    return np.asarray((weights @ centred.T).T / set_sizes(weights))


def adjust_scores(scores: Array, design: Array, contrast: Array) -> Array:
    """Return the scores with the design's other terms (donor, batch) fitted and taken out."""
    nuisance, _ = split_design(np.asarray(design, float), np.asarray(contrast, float))
    fitted = nuisance @ np.linalg.lstsq(nuisance, scores, rcond=None)[0]
    return np.asarray(scores - fitted)


def estimate_effects(effects: Effects, weights: csr_array, level: float = 0.95) -> Estimate:
    """Return each set's mean signed log2 fold change and its t interval.

    The error is that of the sets' mean expression over the units, so it holds the
    correlation between genes; without residual degrees of freedom it is missing.
    """
    sizes = set_sizes(weights)
    effect = (weights @ effects.contrast) / sizes * effects.per_effect
    if effects.df < 1:
        missing = np.full(len(sizes), np.nan)
        return Estimate(effect, missing, missing, missing)
    means = (weights @ effects.residual.T) / sizes[:, None]
    error = np.sqrt((means**2).mean(axis=1)) * effects.per_effect
    width = float(stdtrit(effects.df, 0.5 + level / 2)) * error
    return Estimate(effect, error, effect - width, effect + width)


def detectable_effects(error: Array, df: int, alpha: float, power: float = 0.8) -> Array:
    """Return the effect that a two-sided t-test at ``alpha`` finds with the given power, log2.

    Parameters
    ----------
    error
        Standard errors, log2.
    df
        Residual degrees of freedom, at least 1.
    """
    critical = float(stdtrit(df, 1 - alpha / 2))
    low, high = 0.0, 2 * critical + 10.0
    # The noncentral t's power rises with the shift; 60 halvings reach double precision.
    for _ in range(60):
        middle = (low + high) / 2
        found = 1 - nctdtr(df, middle, critical)
        low, high = (middle, high) if found < power else (low, middle)
    return np.asarray(high * error)


def permute_labels(scores: Array, test: NDArray[np.bool_]) -> tuple[Array, float]:
    """Return each set's exact two-sided relabelling p, and the smallest p attainable.

    Every way to call as many donors "test" is tried; the statistic is the difference of
    the groups' mean scores. Beyond 200,000 ways 99,999 are drawn, with a fixed seed and
    the observed one counted (Phipson & Smyth 2010, Stat Appl Genet Mol Biol 9:39).

    Parameters
    ----------
    scores
        Units × sets, in an order that does not depend on the input's (sorted by name).
    test
        (n_units,) units of the test group; all others are the reference.
    """
    n_units, n_drawn = len(test), int(min(test.sum(), (~test).sum()))
    if n_drawn == 0:
        raise ValueError("a group without units cannot be relabelled")
    # The smaller group is drawn, or the first unit's, so that swapping the groups' names
    # draws the same labellings.
    balanced = 2 * n_drawn == n_units
    drawn = test if (test[0] if balanced else test.sum() == n_drawn) else ~test
    ways = comb(n_units, n_drawn)
    if ways <= MOST_LABELLINGS:
        picks = np.array(list(combinations(range(n_units), n_drawn)))
    else:
        generator = np.random.default_rng(1)
        picks = generator.random((DRAWN_LABELLINGS, n_units)).argpartition(n_drawn - 1, axis=1)
        picks = np.vstack([np.flatnonzero(drawn), picks[:, :n_drawn]])
    masks = np.zeros((len(picks), n_units))
    np.put_along_axis(masks, picks, 1.0, axis=1)
    centred = scores - scores.mean(axis=0)
    # With the total fixed, every two-sample statistic grows with this sum.
    permuted = np.abs(masks @ centred)
    observed = np.abs(drawn.astype(float) @ centred)
    p = (permuted >= observed * (1 - 1e-9)).mean(axis=0)
    smallest = (2 if balanced else 1) / ways if ways <= MOST_LABELLINGS else 1 / len(picks)
    return p, smallest


def find_leading_edge(stat: Array, weights: Array) -> NDArray[np.intp]:
    """Return positions of a signed set's leading edge, from the extreme inwards.

    Members are ranked among all genes by their signed statistic; the edge runs from the
    end of the ranking to the peak of the running score (Subramanian et al. 2005, PNAS
    102:15545). For a set of one sign this is the edge of preranked GSEA.

    Parameters
    ----------
    stat
        (n_genes,) Wald statistic, all finite.
    weights
        (n_genes,) +1 or −1 for members, 0 for others.
    """
    member = weights != 0
    signed = np.where(member, stat * weights, stat)
    order = np.lexsort((np.arange(len(stat)), -signed))
    hits = member[order]
    steps = np.where(hits, np.abs(signed[order]), 0.0)
    if steps.sum() == 0:
        return np.array([], dtype=np.intp)
    misses = np.cumsum(~hits) / max(int((~hits).sum()), 1)
    after = np.cumsum(steps) / steps.sum() - misses
    before = after - steps / steps.sum()
    top, bottom = int(np.argmax(after)), int(np.argmin(np.where(hits, before, np.inf)))
    if after[top] >= -before[bottom]:
        return np.asarray(order[: top + 1][hits[: top + 1]])
    return np.asarray(order[bottom:][hits[bottom:]][::-1])
