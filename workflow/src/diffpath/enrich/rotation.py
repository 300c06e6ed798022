"""Rotation test of a set against donor-to-donor variation: the donor key.

Self-contained like fry, but made for what fry misses at three or four donors: part of a
set's genes changed, in cohorts whose samples differ in quality or state.

- Units are weighed by generalised least squares with the covariance between units that
  all genes share (batch, quality, cell state move every gene a little; Allen & Tibshirani
  2012, J R Stat Soc B 74:721; Wang et al. 2017, Ann Stat 45:1863).
- A gene counts by how far its moderated t passes 1. A change that is one sample's alone
  gives t = 1 between two groups of one size, so such genes count nothing.
- Genes are weighed by their precision.

The p-value is the share of random rotations of the effects in which the same statistic,
all of it computed anew, is as large (rotation tests: Langsrud 2005, Stat Comput 15:53;
Wu et al. 2010, Bioinformatics 26:2176). It is exact for normal errors whatever the
correlation between genes. Against fry, on random splits of two real cohorts with 30% of
a theme's genes raised by half: power .36 to .69 and .42 to .73 at 3 against 3, .36 to
.91 and .67 to .98 at 4 against 4, at the same type I error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from diffpath.enrich.fry import robust_variances
from diffpath.enrich.linear import (
    Effects,
    SetTest,
    pool_variances,
    set_sizes,
    squeeze_variances,
)

Array = NDArray[np.float64]

THRESHOLD = 1.0
RIDGE = 0.1  # keeps the units' covariance invertible; 0 to 0.3 give the same power
ROTATIONS = 9_998
FIRST = 998  # after these, a set whose p is above CLEAR is asked no further
CLEAR = 0.1
_CHUNK = 400_000  # elements held at a time: 3 MB an array, within the cache


def run_rotation(
    effects: Effects, weights: csr_array, *, rotations: int = ROTATIONS, seed: int = 1
) -> SetTest:
    """Test each set's thresholded mean against its values under rotation, two-sided.

    Parameters
    ----------
    effects
        From `rotate`, of all tested genes; at least one residual effect.
    weights
        Sets × genes, +1 or −1 for members.
    rotations
        Number of random rotations, even: each is taken with both signs of the contrast,
        so that swapping test and reference leaves p as it is. A set whose p is above
        `CLEAR` after the first `FIRST` keeps that p.
    seed
        Seed of the rotations.

    Returns
    -------
    SetTest
        Statistic in units of its root mean square under rotation, and p, at least
        1 / (rotations + 1).

    Raises
    ------
    ValueError
        If the design leaves no residual degree of freedom.
    """
    if effects.df < 1:
        raise ValueError("a design without residual degrees of freedom has no rotation test")
    stacked = np.vstack([effects.contrast, effects.residual])
    # A shift common to all genes is normalization, not the set's.
    precision = 1 / robust_variances(stacked)
    stacked = stacked - (stacked @ precision / precision.sum())[:, None]
    directions = _draw_directions(effects.df, rotations, seed)
    _, prior_df, prior = squeeze_variances((stacked[1:] ** 2).mean(axis=0), effects.df)
    whitened = _whiten(
        directions,
        stacked / np.sqrt(pool_variances((stacked**2).mean(axis=0), len(stacked), prior_df, prior)),
    )

    open_sets = np.arange(weights.shape[0])
    observed = np.zeros(weights.shape[0])
    reached, squares, asked = np.zeros((3, weights.shape[0]))
    first = min(FIRST, rotations)
    for part in (slice(0, 1 + first), slice(1 + first, 1 + rotations)):
        scores = _score_sets(
            weights[open_sets], directions[part], whitened[part], stacked, prior_df, prior
        )
        if part.start == 0:
            observed = scores[:, 0].copy()
            scores = scores[:, 1:]
        # Equal but for rounding counts as equal: a set none of whose genes passes gets p = 1.
        bar = np.abs(observed[open_sets])[:, None] * (1 - 1e-9)
        reached[open_sets] += (np.abs(scores) >= bar).sum(axis=1)
        squares[open_sets] += np.einsum("ij,ij->i", scores, scores)
        asked[open_sets] += scores.shape[1]
        open_sets = open_sets[reached[open_sets] < CLEAR * first]
    spread = np.sqrt(squares / asked)
    scaled = np.divide(observed, spread, out=np.zeros_like(observed), where=spread > 0)
    return SetTest(scaled, (1 + reached) / (1 + asked))


def _score_sets(
    weights: csr_array,
    directions: Array,
    whitened: Array,
    stacked: Array,
    prior_df: float,
    prior: float,
) -> Array:
    """Return the thresholded mean of each set along each direction, sets × directions."""
    used = np.unique(weights.indices)
    columns, own = weights[:, used], np.ascontiguousarray(stacked[:, used].T)
    # A gene's moderated variance along a direction is what its squares leave over for it.
    df = len(stacked) - 1
    own_share = 0.0 if np.isinf(prior_df) else 1 / (df + prior_df)
    floor = prior if np.isinf(prior_df) else prior_df * prior * own_share
    largest = (floor + own_share * (own**2).sum(axis=1))[:, None]
    scores = np.empty((weights.shape[0], len(directions)))
    step = max(1, _CHUNK // max(len(used), 1))
    for start in range(0, len(directions), step):
        part = slice(start, start + step)
        deviation = own @ directions[part].T
        deviation *= deviation
        deviation *= -own_share
        deviation += largest
        np.maximum(deviation, floor, out=deviation)
        np.sqrt(deviation, out=deviation)
        t = own @ whitened[part].T
        t /= deviation
        t -= np.clip(t, -THRESHOLD, THRESHOLD)
        t /= deviation
        scores[:, part] = columns @ t
    return scores / set_sizes(weights)[:, None]


def _draw_directions(df: int, rotations: int, seed: int) -> Array:
    """Return (1 + rotations) × (1 + df) unit vectors, the contrast's own direction first.

    The others come in pairs that differ in the sign of the contrast's part.
    """
    if rotations < 2 or rotations % 2:
        raise ValueError("the number of rotations must be even and positive")
    half = np.random.default_rng(seed).standard_normal((rotations // 2, df + 1))
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    paired = np.repeat(half, 2, axis=0)
    paired[1::2, 0] *= -1
    own = np.zeros((1, df + 1))
    own[0, 0] = 1.0
    return np.vstack([own, paired])


def _whiten(directions: Array, scaled: Array) -> Array:
    """Return each direction's generalised-least-squares contrast, scaled to unit variance.

    Parameters
    ----------
    directions
        Rotations × effects, unit vectors.
    scaled
        Effects × genes, each gene of about unit variance.
    """
    shared = scaled @ scaled.T / scaled.shape[1]
    shared *= len(shared) / np.trace(shared)
    inverse = np.linalg.inv((shared + RIDGE * np.eye(len(shared))) / (1 + RIDGE))
    moved = directions @ inverse
    return np.asarray(moved / np.sqrt((moved * directions).sum(axis=1))[:, None])
