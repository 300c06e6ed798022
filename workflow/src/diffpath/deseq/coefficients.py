"""Coefficients of the negative-binomial model by iteratively reweighted least squares.

Paper: Love, Huber & Anders 2014. The ridge is that of a zero-centred normal prior
with variance 1e6 on the log2 scale: it leaves estimates as they are and keeps the
equations solvable where a group has no counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq import kernels
from diffpath.deseq.bounded import minimize_bounded
from diffpath.deseq.counts import Counts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_MEAN = 0.5
RIDGE = 1e-6 / np.log(2) ** 2
LARGEST = 30.0
TOLERANCE = 1e-8
ITERATIONS = 100


@dataclass(frozen=True)
class Coefficients:
    """A fitted model of every gene.

    Attributes
    ----------
    beta
        Coefficients on the natural log scale, genes x coefficients.
    level
        exp of the linear predictor, genes x cells.
    hat_level
        The same as the least-squares iteration left it, for leverages.
    log_likelihood
        Full log likelihood at the fitted means.
    converged
        False where neither the iteration nor the bounded search settled.
    """

    beta: Floats
    level: Floats
    hat_level: Floats
    log_likelihood: Floats
    converged: Bools


def _level(beta: Floats, rows: Floats) -> Floats:
    with np.errstate(over="ignore"):
        level: Floats = np.exp(beta @ rows.T)
    return level


def _intercept(counts: Counts, alpha: Floats) -> Coefficients:
    beta = np.log(counts.normalized.mean(axis=1))[:, None]
    level = np.exp(beta)
    likelihood = log_likelihood(counts, level, alpha)
    return Coefficients(beta, level, level, likelihood, np.ones(counts.genes, dtype=bool))


def log_likelihood(counts: Counts, level: Floats, alpha: Floats) -> Floats:
    """Log likelihood of every gene at the means ``level * scale`` (not floored)."""
    index = counts.every()
    return kernels.likelihood_constant(
        index, counts.values, alpha, counts.threads
    ) + kernels.likelihood_mean(
        index, counts.values, counts.scale, level, counts.layout.cell, alpha, 0.0, counts.threads
    )


def fit_coefficients(counts: Counts, alpha: Floats) -> Coefficients:
    """Fit every gene's coefficients at a given dispersion.

    Parameters
    ----------
    counts
        Counts, size factors and design.
    alpha
        Dispersion of each gene.

    Returns
    -------
    Coefficients
        See there. With an intercept alone the estimate is the mean of normalized
        counts, in closed form.
    """
    layout = counts.layout
    if layout.intercept_only:
        return _intercept(counts, alpha)
    rows, cell, threads = layout.rows, layout.cell, counts.threads
    projection = np.linalg.pinv(layout.matrix).T
    beta = np.log(counts.normalized + 0.1) @ projection
    level = _level(beta, rows)
    constant = kernels.likelihood_constant(counts.every(), counts.values, alpha, threads)
    settled = np.zeros(counts.genes, dtype=bool)
    deviance = np.zeros(counts.genes)
    active = counts.every()
    for step in range(ITERATIONS):
        new = kernels.reweigh(
            active, counts.values, counts.scale, level[active], cell, rows, alpha[active],
            LEAST_MEAN, RIDGE, beta[active], threads,
        )  # fmt: skip
        beta[active] = new
        within = (np.abs(new) <= LARGEST).all(axis=1)
        active, new = active[within], new[within]
        new_level = _level(new, rows)
        level[active] = new_level
        now = -2.0 * (
            constant[active]
            + kernels.likelihood_mean(
                active, counts.values, counts.scale, new_level, cell, alpha[active],
                LEAST_MEAN, threads,
            )
        )  # fmt: skip
        with np.errstate(invalid="ignore"):
            change = np.abs(now - deviance[active]) / (np.abs(now) + 0.1)
        deviance[active] = now
        done = (change < TOLERANCE) & (step > 0) & (step < ITERATIONS - 1)
        settled[active[done]] = True
        active = active[~done & np.isfinite(change)]
        if not active.size:
            break
    hat_level = level.copy()
    failed = np.flatnonzero(~settled)
    if failed.size:
        start = beta[failed] / np.log(2)
        unusable = ~(np.abs(start) < LARGEST).all(axis=1)
        start[unusable] = np.log(counts.normalized[failed[unusable]] + 0.1) @ projection
        found, good = minimize_bounded(counts.take(failed), alpha[failed], start)
        beta[failed] = found * np.log(2)
        level[failed] = _level(beta[failed], rows)
        settled[failed] = good
    likelihood = log_likelihood(counts, level, alpha)
    return Coefficients(beta, level, hat_level, likelihood, settled)


def information(counts: Counts, level: Floats, alpha: Floats) -> Floats:
    """Fisher information X'WX of every gene with means floored at 0.5, genes x p x p."""
    rows = counts.layout.rows
    cells, p = rows.shape
    outer = (rows[:, :, None] * rows[:, None, :]).reshape(cells, p * p)
    result = np.empty((counts.genes, p, p))
    step = max(1, kernels.BLOCK // counts.layout.samples)
    for start in range(0, counts.genes, step):
        part = slice(start, start + step)
        weight = counts.layout.sum_cells(weights(counts, level, alpha, part))
        result[part] = (weight @ outer).reshape(-1, p, p)
    return result


def weights(counts: Counts, level: Floats, alpha: Floats, part: slice) -> Floats:
    """Working weights of some genes with means floored at 0.5, genes x samples."""
    scale = counts.scale if len(counts.scale) == 1 else counts.scale[part]
    mean = np.maximum(level[part][:, counts.layout.cell] * scale, LEAST_MEAN)
    weight: Floats = mean / (1.0 + alpha[part, None] * mean)
    return weight


def ridge_inverse(info: Floats) -> Floats:
    """Invert X'WX + ridge for every gene, genes x p x p."""
    inverse: Floats = np.linalg.inv(info + RIDGE * np.eye(info.shape[1]))
    return inverse
