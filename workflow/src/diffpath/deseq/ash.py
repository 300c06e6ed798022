"""Adaptive shrinkage of estimates with known standard errors.

Paper: Stephens 2017, Biostatistics 18:275: effects come from a mixture of normals
around zero whose weights all genes estimate together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NULL_WEIGHT = 10.0
ROUNDS = 1000
TOLERANCE = 1e-7
TINY = 1e-300


def shrink_normal_mixture(estimates: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Give posterior means and standard deviations under a mixture of normals.

    Parameters
    ----------
    estimates, errors
        Estimates and standard errors on any one scale; nan where there is none.

    Returns
    -------
    tuple of NDArray
        Posterior means and standard deviations, nan where the estimate or error is.
    """
    known = np.isfinite(estimates) & np.isfinite(errors) & (errors > 0)
    mean, spread = np.full(estimates.shape, np.nan), np.full(estimates.shape, np.nan)
    if not known.any():
        return mean, spread
    b, s2 = estimates[known], errors[known] ** 2
    least = np.sqrt(s2.min()) / 10
    largest = max(2 * np.sqrt(max(float((b**2 - s2).max()), 0.0)), 8 * least)
    steps = int(np.ceil(2 * np.log2(largest / least)))
    variance = np.concatenate([[0.0], (largest / 2 ** (np.arange(steps, -1, -1) / 2)) ** 2])
    total = variance + s2[:, None]
    log_density = -0.5 * (np.log(total) + b[:, None] ** 2 / total)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    prior = np.ones(len(variance))
    prior[0] = NULL_WEIGHT
    weight = _mixture_weights(density, prior)
    share = density * weight
    share /= share.sum(axis=1, keepdims=True)
    factor = variance / total
    centre = factor * b[:, None]
    mean[known] = (share * centre).sum(axis=1)
    second = (share * (centre**2 + factor * s2[:, None])).sum(axis=1)
    spread[known] = np.sqrt(np.maximum(second - mean[known] ** 2, 0.0))
    return mean, spread


def _mixture_weights(density: Floats, prior: Floats) -> Floats:
    """Estimate the weights by expectation-maximization, extrapolated (Varadhan & Roland 2008)."""

    def update(weight: Floats) -> Floats:
        new: Floats = weight * (density.T @ (1 / (density @ weight))) + prior - 1
        new /= new.sum()
        return new

    def likelihood(weight: Floats) -> float:
        return float(np.log(density @ weight).sum() + ((prior - 1) * np.log(weight + TINY)).sum())

    weight = np.full(len(prior), 1 / len(prior))
    best = likelihood(weight)
    for _ in range(ROUNDS):
        first = update(weight)
        second = update(first)
        step, bend = first - weight, second - 2 * first + weight
        length = float(np.sqrt((step**2).sum() / max(float((bend**2).sum()), TINY)))
        if np.abs(step).max() < TOLERANCE:
            break
        trial = np.maximum(weight + 2 * length * step + length**2 * bend, 0.0)
        trial = update(trial / trial.sum())
        value = likelihood(trial)
        if not value >= best:
            trial, value = second, likelihood(second)
        weight, best = trial, value
    return weight
