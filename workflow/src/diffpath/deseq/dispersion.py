"""Dispersion of each gene: starting values, line search on the log scale, shrinkage.

Papers: Love, Huber & Anders 2014; McCarthy, Chen & Smyth 2012 for the Cox-Reid
adjusted profile likelihood.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq import kernels
from diffpath.deseq.coefficients import LEAST_MEAN, fit_coefficients
from diffpath.deseq.counts import Counts

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEAST = 1e-8
ITERATIONS = 100
TOLERANCE = 1e-6
ARMIJO = 1e-4
LOG_LOWEST, LOG_HIGHEST = -30.0, 10.0
GRID = 20
OUTLIER_SD = 2.0


def largest(counts: Counts) -> float:
    """Upper bound of a dispersion: 10, or the number of samples if that is larger."""
    return float(max(10, counts.layout.samples))


def start_values(counts: Counts) -> tuple[Floats, Floats]:
    """Give the lesser of two quick dispersion estimates, and the means they rest on.

    The first divides the squared residuals of a linear fit by their degrees of
    freedom, the second takes the variance in excess of the Poisson part; the result
    lies within [1e-8, max(10, samples)].

    Returns
    -------
    tuple of NDArray
        Dispersions, and fitted normalized means (genes x cells).
    """
    layout, normalized = counts.layout, counts.normalized
    freedom = layout.samples - layout.coefficients
    level = (normalized @ np.linalg.pinv(layout.matrix).T) @ layout.rows.T
    fitted = np.maximum(level, 1.0)[:, layout.cell]
    rough = (((normalized - fitted) ** 2 - fitted) / fitted**2).sum(axis=1) / freedom
    mean = normalized.mean(axis=1)
    variance = normalized.var(axis=1, ddof=1)
    poisson = (1.0 / counts.scale.mean(axis=0)).mean()
    moments = (variance - poisson * mean) / mean**2
    start = np.minimum(np.maximum(rough, 0.0), moments)
    return np.clip(start, LEAST, largest(counts)), level


def _ascend(
    counts: Counts,
    level: Floats,
    start: Floats,
    prior_mean: Floats | None,
    prior_variance: float,
) -> tuple[Floats, Floats, Floats, Indices]:
    """Climb the (penalized) profile likelihood from `start` by backtracking line search.

    Returns the log dispersion, the likelihood at the start and at the end, and the
    number of steps tried.
    """
    layout = counts.layout

    def evaluate(index: Indices, place: Floats) -> tuple[Floats, Floats]:
        value, slope = kernels.profile(
            index, counts.values, counts.scale, level, layout.cell, layout.rows, place,
            LEAST_MEAN, counts.threads,
        )  # fmt: skip
        if prior_mean is not None:
            away = place - prior_mean[index]
            value -= 0.5 * away**2 / prior_variance
            slope -= away / prior_variance
        return value, slope

    place = np.log(start)
    active = counts.every()
    value, slope = evaluate(active, place)
    initial = value.copy()
    rate = np.ones(counts.genes)
    tried = np.zeros(counts.genes, dtype=np.int64)
    accepted = np.zeros(counts.genes, dtype=np.int64)
    lowest = np.log(LEAST / 10)
    for _ in range(ITERATIONS):
        tried[active] += 1
        here, steep, step = place[active], slope[active], rate[active]
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(here + step * steep < LOG_LOWEST, (LOG_LOWEST - here) / steep, step)
            step = np.where(here + step * steep > LOG_HIGHEST, (LOG_HIGHEST - here) / steep, step)
        there = here + step * steep
        new_value, new_slope = evaluate(active, there)
        gained = new_value >= value[active] + step * ARMIJO * steep**2
        moved = active[gained]
        accepted[moved] += 1
        rise = new_value[gained] - value[moved]
        place[moved] = there[gained]
        settled = rise < TOLERANCE
        sunk = ~settled & (place[moved] < lowest)
        value[moved] = np.where(sunk, value[moved], new_value[gained])
        slope[moved] = new_slope[gained]
        # A step that works may grow again a little, but every fifth is halved lest the
        # search overshoot.
        grown = np.minimum(step[gained] * 1.1, 1.0)
        rate[moved] = np.where(accepted[moved] % 5 == 0, grown / 2, grown)
        rate[active[~gained]] = step[~gained] / 2
        ended = np.zeros(len(active), dtype=bool)
        ended[gained] = settled | sunk
        active = active[~ended]
        if not active.size:
            break
    return place, initial, value, tried


def _search_grid(
    counts: Counts,
    level: Floats,
    prior_mean: Floats | None,
    prior_variance: float,
) -> Floats:
    """Take the best of 20 log dispersions, then of 20 around that one."""
    layout, index = counts.layout, counts.every()

    def best(grid: Floats) -> Floats:
        values = np.empty(grid.shape)
        for column in range(GRID):
            place = np.ascontiguousarray(grid[:, column])
            values[:, column], _ = kernels.profile(
                index, counts.values, counts.scale, level, layout.cell, layout.rows, place,
                LEAST_MEAN, counts.threads,
            )  # fmt: skip
            if prior_mean is not None:
                values[:, column] -= 0.5 * (place - prior_mean) ** 2 / prior_variance
        chosen: Floats = grid[index, values.argmax(axis=1)]
        return chosen

    coarse = np.linspace(np.log(LEAST), np.log(largest(counts)), GRID)
    centre = best(np.tile(coarse, (counts.genes, 1)))
    width = coarse[1] - coarse[0]
    return best(centre[:, None] + np.linspace(-width, width, GRID))


def estimate_gene_wise(counts: Counts) -> tuple[Floats, Floats]:
    """Estimate each gene's dispersion by itself.

    Means come from a linear fit of normalized counts where every cell of the design
    has its own mean, else from the negative-binomial model at the starting dispersion.

    Returns
    -------
    tuple of NDArray
        Dispersions within [1e-8, max(10, samples)], and the normalized means they rest
        on, genes x cells.
    """
    start, level = start_values(counts)
    if not counts.layout.saturated:
        level = fit_coefficients(counts, start).level
    place, initial, final, tried = _ascend(counts, level, start, None, 1.0)
    result = np.minimum(np.exp(place), largest(counts))
    whole = initial + kernels.left_out(counts.values)
    stuck = final - initial < np.abs(whole) / 1e6
    result[stuck] = start[stuck]
    doubtful = ((tried == ITERATIONS) | (tried == 1)) & (result > LEAST * 10)
    if doubtful.any():
        some = np.flatnonzero(doubtful)
        result[some] = np.exp(_search_grid(counts.take(some), level[some], None, 1.0))
    return np.clip(result, LEAST, largest(counts)), level


def estimate_map(
    counts: Counts, level: Floats, gene_wise: Floats, trend: Floats, prior_variance: float
) -> tuple[Floats, Bools]:
    """Shrink each gene's dispersion towards the trend.

    Parameters
    ----------
    counts, level
        Counts and the normalized means of the gene-wise step.
    gene_wise, trend
        Gene-wise and trended dispersions.
    prior_variance
        Variance of the log dispersion around the trend.

    Returns
    -------
    tuple of NDArray
        Posterior modes, and whether each search settled.
    """
    start = np.where(gene_wise > 0.1 * trend, gene_wise, trend)
    place, _, _, tried = _ascend(counts, level, start, np.log(trend), prior_variance)
    settled = tried < ITERATIONS
    if not settled.all():
        some = np.flatnonzero(~settled)
        place[some] = _search_grid(
            counts.take(some), level[some], np.log(trend[some]), prior_variance
        )
    return np.clip(np.exp(place), LEAST, largest(counts)), settled


def find_outliers(gene_wise: Floats, trend: Floats, residual_variance: float) -> Bools:
    """Mark genes whose log dispersion lies over two residual sd above the trend."""
    above: Bools = np.log(gene_wise) > np.log(trend) + OUTLIER_SD * np.sqrt(residual_variance)
    return above
