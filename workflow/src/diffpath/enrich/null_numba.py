"""Random gene sets and their peaks, compiled; see `null`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., object])
Whole = int | np.integer[Any]

STEP = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
LOW = np.uint64(0xFFFFFFFF)
HALF, S30, S27, S31 = np.uint64(32), np.uint64(30), np.uint64(27), np.uint64(31)
ONE = np.uint64(1)


def _compile(function: Function) -> Function:
    # No contraction and no regrouping: scores must be those of the plain path to the last bit.
    # Values are finite, and with that known the search for a maximum is vectorized.
    compiler = njit(cache=True, nogil=True, error_model="numpy", fastmath={"nnan", "nsz"})
    return cast(Function, compiler(function))


@_compile
def mix(key: np.uint64, number: Whole) -> np.uint64:
    """Give the number-th 64-bit draw of a stream (splitmix64, Steele et al. 2014)."""
    z = key + (np.uint64(number) + ONE) * STEP
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@_compile
def _hits_before(misses: Floats, k: int, miss: Whole) -> int:
    """Count the hits before the miss of that number; `misses` rises."""
    base = 0
    left = k
    while left > 1:
        half = left >> 1
        base = base + half if misses[base + half - 1] <= miss else base
        left -= half
    return base + 1 if left == 1 and misses[base] <= miss else base


@_compile
def _insert(total: Floats, misses: Floats, k: int, weights: Floats, miss: Whole) -> None:
    q = _hits_before(misses, k, miss)
    w = weights[miss + q]
    for i in range(k - 1, q - 1, -1):
        total[i + 1] = total[i] + w
        misses[i + 1] = misses[i] - 1.0
    total[q] = (total[q - 1] if q > 0 else 0.0) + w
    misses[q] = miss


@_compile
def _peak(total: Floats, misses: Floats, k: int, absent: int) -> float:
    inverse = 1.0 / total[k - 1]
    fall = 1.0 / max(absent, 1)
    best: float = -2.0
    for i in range(k):
        value = total[i] * inverse - misses[i] * fall
        best = max(best, value)
    return best


@_compile
def _trough(total: Floats, misses: Floats, k: int, absent: int) -> float:
    """Depth of the lowest point: the peak of the ranking read from its other end."""
    whole = total[k - 1]
    inverse = 1.0 / whole
    fall = 1.0 / max(absent, 1)
    best: float = whole * inverse - (absent - misses[0]) * fall
    for i in range(1, k):
        value = (whole - total[i - 1]) * inverse - (absent - misses[i]) * fall
        best = max(best, value)
    return best


@_compile
def draw(
    weights: Floats, key: np.uint64, first: int, sizes: Indices, peaks: Floats, troughs: Floats
) -> None:
    """Fill peaks and troughs (sizes x draws) of nested random sets; see `null.draw`."""
    n = len(weights)
    total = np.empty(sizes[-1] + 1)
    misses = np.empty(sizes[-1] + 1)
    for r in range(peaks.shape[1]):
        stream = mix(key, first + r)
        place = 0
        for k in range(1, sizes[-1] + 1):
            free = np.uint64(n - k + 1)
            _insert(
                total, misses, k - 1, weights, np.int64((mix(stream, k) >> HALF) * free >> HALF)
            )
            if k == sizes[place]:
                peaks[place, r] = _peak(total, misses, k, n - k)
                troughs[place, r] = _trough(total, misses, k, n - k)
                place += 1


@_compile
def redraw(
    weights: Floats, key: np.uint64, number: int, k: int, total: Floats, misses: Floats
) -> None:
    """Make the first k genes of one of the draws again."""
    n = len(weights)
    stream = mix(key, number)
    for i in range(1, k + 1):
        free = np.uint64(n - i + 1)
        _insert(total, misses, i - 1, weights, np.int64((mix(stream, i) >> HALF) * free >> HALF))


@_compile
def score(total: Floats, misses: Floats, absent: int, peaks: Floats, troughs: Floats) -> None:
    """Fill peak and trough of every row of hits."""
    for i in range(len(total)):
        k = total.shape[1]
        peaks[i] = _peak(total[i], misses[i], k, absent)
        troughs[i] = _trough(total[i], misses[i], k, absent)


@_compile
def _swap(
    total: Floats, misses: Floats, p: Whole, q: int, out: float, new: float, miss: Whole
) -> Whole:
    """Take hit p out and the miss before hit q in; return the place of the new hit."""
    k = len(total)
    if q > p:
        for i in range(p, q - 1):
            total[i] = total[i + 1] - out
            misses[i] = misses[i + 1] + 1.0
        place = q - 1
        misses[place] = miss + 1.0
        beyond = q
    else:
        for i in range(p - 1, q - 1, -1):
            total[i + 1] = total[i] + new
            misses[i + 1] = misses[i] - 1.0
        place = q
        misses[place] = miss
        beyond = p + 1
    total[place] = (total[place - 1] if place > 0 else 0.0) + new
    change = new - out
    for i in range(beyond, k):
        total[i] += change
    return place


@_compile
def _swapped_peak(
    total: Floats, misses: Floats, p: Whole, q: int, out: float, new: float, miss: Whole,
    fall: float,
) -> float:  # fmt: skip
    """Peak that `_swap` would lead to."""
    k = len(total)
    change = new - out
    inverse = 1.0 / (total[k - 1] + change)
    best: float = -2.0
    for i in range(min(p, q)):
        value = total[i] * inverse - misses[i] * fall
        best = max(best, value)
    if q > p:
        for i in range(p + 1, q):
            value = (total[i] - out) * inverse - (misses[i] + 1.0) * fall
            best = max(best, value)
        value = (total[q - 1] + change) * inverse - (miss + 1.0) * fall
        beyond = q
    else:
        for i in range(q, p):
            value = (total[i] + new) * inverse - (misses[i] - 1.0) * fall
            best = max(best, value)
        value = ((total[q - 1] if q > 0 else 0.0) + new) * inverse - miss * fall
        beyond = p + 1
    best = max(best, value)
    for i in range(beyond, k):
        value = (total[i] + change) * inverse - misses[i] * fall
        best = max(best, value)
    return best


@_compile
def _highest(total: Floats, misses: Floats, best: float, fall: float) -> int:
    k = len(total)
    inverse = 1.0 / total[k - 1]
    for i in range(k):
        if total[i] * inverse - misses[i] * fall >= best:
            return i
    return 0


@_compile
def move(
    weights: Floats, total: Floats, misses: Floats, level: float, streams: NDArray[np.uint64],
    proposals: int, peaks: Floats, troughs: Floats,
) -> None:  # fmt: skip
    """Walk each row of hits by swaps that keep its peak above the level; see `null.climb`."""
    n = len(weights)
    k = total.shape[1]
    absent = n - k
    fall = 1.0 / absent
    for row in range(len(total)):
        c, m = total[row], misses[row]
        peak = _peak(c, m, k, absent)
        # A hit whose score is above the level: while it stays so, the peak need not be sought.
        witness = _highest(c, m, peak, fall)
        for j in range(proposals):
            drawn = mix(streams[row], j)
            p = np.int64((drawn >> HALF) * np.uint64(k) >> HALF)
            miss = np.int64((drawn & LOW) * np.uint64(absent) >> HALF)
            q = _hits_before(m, k, miss)
            out = c[p] - (c[p - 1] if p > 0 else 0.0)
            new = weights[miss + q]
            kept = False
            moved = witness
            if witness != p:
                reached, missed = c[witness], m[witness]
                if witness > p:
                    reached -= out
                    missed += 1.0
                    moved -= 1
                if witness >= q:
                    reached += new
                    missed -= 1.0
                    moved += 1
                kept = reached * (1.0 / (c[k - 1] - out + new)) - missed * fall > level
            if kept:
                _swap(c, m, p, q, out, new, miss)
                witness = moved
            else:
                best = _swapped_peak(c, m, p, q, out, new, miss, fall)
                if best > level:
                    _swap(c, m, p, q, out, new, miss)
                    witness = _highest(c, m, best, fall)
        peaks[row] = _peak(c, m, k, absent)
        troughs[row] = _trough(c, m, k, absent)
