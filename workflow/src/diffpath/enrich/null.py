"""Peaks of the running score of random gene sets: plain draws, and multilevel splitting beyond.

A set's null depends on the ranking and on the set's size alone. The k-th gene of random
draw r is the same whatever else is asked, and a climb's first levels are the same however
far it goes on, so that no answer depends on which other sets are in a call. Weights are
whole numbers held in doubles: their sums are exact in any order, and the compiled and the
plain path agree to the last bit.

A row of hits is held as two arrays in the order of the ranking: the weight summed up to
and with each hit, and the number of other genes before it.

Korotkevich et al. 2021, bioRxiv 060012 (splitting on gene sets by swaps of one gene);
Cérou & Guyader 2007, Stoch. Anal. Appl. 25:417, and Bréhier et al. 2016, Ann. Appl. Probab.
26:3559 (why the estimate is unbiased if what ties with the level is given up too).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import ModuleType

import numpy as np

from diffpath.compiled import choose_kernels
from diffpath.enrich import null_numpy
from diffpath.enrich.null_numpy import HALF, Floats, Indices, below, mix

PARTICLES = 101  # fgsea's default: random sets kept at each level
GIVEN_UP = PARTICLES // 2
BLOCK = 250  # draws a task


def _compiled() -> ModuleType:
    from diffpath.enrich import null_numba

    return null_numba


@cache
def _kernels() -> ModuleType:
    return choose_kernels(_compiled, null_numpy)


def make_key(*parts: int) -> np.uint64:
    """Return the key of a random stream of its own."""
    key = np.zeros(1, dtype=np.uint64)
    for part in parts:
        key = mix(key, part)
    return np.uint64(key[0])


def make_weights(values: Floats) -> Floats:
    """Return the weights of the genes, |values|, as whole numbers from 1 that sum to below 2^53.

    A gene of value 0 weighs 1, about 2e-16 of the whole: a set of such genes alone
    climbs in even steps, and in any other they do not count.
    """
    size = np.abs(values)
    largest = size.max(initial=0.0)
    if largest > 0:
        size = size / largest
        size = size / size.sum()
    whole: Floats = np.maximum(np.rint(size * 2.0**52), 1.0)
    return whole


def score(weights: Floats, hits: Indices) -> tuple[float, float]:
    """Return height of the peak and depth of the trough of a set's running score.

    Parameters
    ----------
    weights
        See `make_weights`; in the order of the ranking.
    hits
        Rising positions of the set's genes in it.
    """
    peak, trough = np.empty(1), np.empty(1)
    misses = hits - np.arange(len(hits), dtype=float)
    absent = len(weights) - len(hits)
    _kernels().score(np.cumsum(weights[hits])[None], misses[None], absent, peak, trough)
    return float(peak[0]), float(trough[0])


def draw(
    weights: Floats, key: np.uint64, sizes: Indices, draws: int, threads: int = 1
) -> tuple[Floats, Floats]:
    """Return peaks and troughs (sizes x draws) of random sets.

    Parameters
    ----------
    weights
        See `make_weights`; in the order of the ranking.
    sizes
        Rising sizes of the sets. The sets of one draw are nested.
    """
    peaks, troughs = np.empty((2, len(sizes), draws))

    def work(first: int) -> None:
        part = slice(first, min(first + BLOCK, draws))
        made, sunk = np.empty((2, len(sizes), part.stop - first))
        _kernels().draw(weights, key, first, sizes, made, sunk)
        peaks[:, part], troughs[:, part] = made, sunk

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(0, draws, BLOCK)))
    return peaks, troughs


def climb(
    weights: Floats,
    key: np.uint64,
    size: int,
    numbers: Indices,
    level: float,
    asked: Floats,
    *,
    ties: bool,
    smallest: float,
    backwards: bool = False,
) -> Floats:
    """Return the probability of reaching each score asked, given a peak above the level.

    Parameters
    ----------
    weights, key
        As given to `draw`.
    size
        Genes in the set.
    numbers
        Draws whose peak is above the level, at most `PARTICLES` and at least one.
    level
        Height of the running score that all of ``asked`` exceed.
    asked
        Rising scores.
    ties
        Whether a set counts whose trough is as deep as its peak is high.
    smallest
        Probability below which none is told.
    backwards
        Read the ranking from its other end: the peaks are then the troughs.
    """
    kernels = _kernels()
    total, misses = np.empty((2, PARTICLES, size))
    absent = len(weights) - size
    for row, number in enumerate(numbers):
        kernels.redraw(weights, key, number, size, total[row], misses[row])
    if backwards:
        hits = (misses + np.arange(size)).astype(np.int64)
        hits[len(numbers) :] = np.arange(size)
        hits = len(weights) - 1 - hits[:, ::-1]
        weights = np.ascontiguousarray(weights[::-1])
        total = np.cumsum(weights[hits], axis=1)
        misses = hits - np.arange(size, dtype=float)
    peaks, troughs = np.empty((2, PARTICLES))
    alive = np.arange(PARTICLES) < len(numbers)
    some = np.flatnonzero(alive)
    made, sunk = np.empty((2, len(some)))
    kernels.score(total[some], misses[some], absent, made, sunk)
    peaks[some], troughs[some] = made, sunk
    chance = np.full(len(asked), smallest)
    share, done, step = 1.0, 0, 0
    own = np.full(1, make_key(int(key), size, int(backwards)))
    while done < len(asked) and share > smallest:
        gone = np.flatnonzero(~alive)
        if len(gone):
            streams = mix(mix(own, step), np.arange(len(gone)))
            parents = np.flatnonzero(alive)
            parents = parents[below(mix(streams, -1) >> HALF, len(parents))]
            copy, missed = total[parents], misses[parents]
            made, sunk = np.empty((2, len(gone)))
            kernels.move(weights, copy, missed, level, streams, proposals(size), made, sunk)
            total[gone], misses[gone], peaks[gone], troughs[gone] = copy, missed, made, sunk
        counts = peaks >= troughs if ties else peaks > troughs
        level = float(np.partition(peaks, GIVEN_UP - 1)[GIVEN_UP - 1])
        alive = peaks > level
        while done < len(asked) and (asked[done] <= level or not alive.any()):
            reached = int(np.count_nonzero(counts & (peaks >= asked[done])))
            chance[done] = share * max(reached, 1) / PARTICLES
            done += 1
        share *= np.count_nonzero(alive) / PARTICLES
        step += 1
    told: Floats = np.maximum(chance, smallest)
    return told


def proposals(size: int) -> int:
    """Return how many swaps are proposed to a copy at each level."""
    return max(size, 20)
