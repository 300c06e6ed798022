"""The same random sets as `null_numba`, to the last bit, in plain NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Words = NDArray[np.uint64]

STEP = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def mix(key: Words, number: Indices | int) -> Words:
    """Give the number-th 64-bit draw of each stream (splitmix64, Steele et al. 2014)."""
    # One draw at least: arrays wrap around in silence, single numbers warn.
    z = key + (np.atleast_1d(number).astype(np.uint64) + np.uint64(1)) * STEP
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    word: Words = z ^ (z >> np.uint64(31))
    return word


def below(half: Words, bound: int) -> Indices:
    """Turn 32 random bits into whole numbers below a bound."""
    return ((half * np.uint64(bound)) >> HALF).astype(np.int64)


def _insert(total: Floats, misses: Floats, weights: Floats, miss: Indices) -> tuple[Floats, Floats]:
    rows, k = total.shape
    q = (misses <= miss[:, None]).sum(axis=1)[:, None]
    w = weights[miss + q[:, 0]][:, None]
    at = np.arange(k + 1)
    pad = np.zeros((rows, 1))
    before = np.hstack([pad, total])
    after = np.hstack([total, pad])
    total = np.where(at < q, after, before + w)
    kept = np.hstack([misses, pad])
    moved = np.hstack([pad, misses - 1.0])
    misses = np.where(at < q, kept, np.where(at > q, moved, miss[:, None]))
    return total, misses


def _peak(total: Floats, misses: Floats, absent: int) -> Floats:
    inverse = 1.0 / total[:, -1:]
    peak: Floats = (total * inverse - misses * (1.0 / max(absent, 1))).max(axis=1)
    return peak


def _trough(total: Floats, misses: Floats, absent: int) -> Floats:
    whole = total[:, -1:]
    rest = whole - np.hstack([np.zeros_like(whole), total[:, :-1]])
    fall = 1.0 / max(absent, 1)
    trough: Floats = (rest * (1.0 / whole) - (absent - misses) * fall).max(axis=1)
    return trough


def draw(
    weights: Floats, key: np.uint64, first: int, sizes: Indices, peaks: Floats, troughs: Floats
) -> None:
    """Fill peaks and troughs (sizes x draws) of nested random sets; see `null.draw`."""
    n, draws = len(weights), peaks.shape[1]
    streams = mix(np.full(draws, key), first + np.arange(draws))
    total, misses = np.empty((draws, 0)), np.empty((draws, 0))
    place = 0
    for k in range(1, sizes[-1] + 1):
        miss = below(mix(streams, k) >> HALF, n - k + 1)
        total, misses = _insert(total, misses, weights, miss)
        if k == sizes[place]:
            peaks[place] = _peak(total, misses, n - k)
            troughs[place] = _trough(total, misses, n - k)
            place += 1


def redraw(
    weights: Floats, key: np.uint64, number: int, k: int, total: Floats, misses: Floats
) -> None:
    """Make the first k genes of one of the draws again."""
    stream = mix(np.full(1, key), number)
    made, missed = np.empty((1, 0)), np.empty((1, 0))
    for i in range(1, k + 1):
        miss = below(mix(stream, i) >> HALF, len(weights) - i + 1)
        made, missed = _insert(made, missed, weights, miss)
    total[:k], misses[:k] = made[0], missed[0]


def score(total: Floats, misses: Floats, absent: int, peaks: Floats, troughs: Floats) -> None:
    """Fill peak and trough of every row of hits."""
    peaks[:] = _peak(total, misses, absent)
    troughs[:] = _trough(total, misses, absent)


def move(
    weights: Floats, total: Floats, misses: Floats, level: float, streams: Words,
    proposals: int, peaks: Floats, troughs: Floats,
) -> None:  # fmt: skip
    """Walk each row of hits by swaps that keep its peak above the level; see `null.climb`."""
    rows, k = total.shape
    absent = len(weights) - k
    each = np.arange(rows)
    for j in range(proposals):
        drawn = mix(streams, j)
        p = below(drawn >> HALF, k)
        miss = below(drawn & LOW, absent)
        q = (misses <= miss[:, None]).sum(axis=1)
        hits = (misses + np.arange(k)).astype(np.int64)
        hits[each, p] = miss + q
        hits.sort(axis=1)
        changed = np.cumsum(weights[hits], axis=1)
        missed = hits - np.arange(k, dtype=float)
        kept = _peak(changed, missed, absent) > level
        total[kept], misses[kept] = changed[kept], missed[kept]
    score(total, misses, absent, peaks, troughs)
