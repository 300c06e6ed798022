"""Variance-stabilizing transformation by the fitted dispersion trend.

Paper: Anders & Huber 2010; the transformation equals log2 of normalized counts for
large counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.counts import Counts
from diffpath.deseq.dispersion import estimate_gene_wise
from diffpath.deseq.fit import check_counts, scale_of
from diffpath.deseq.layout import lay_out
from diffpath.deseq.size_factors import SizeFactorType
from diffpath.deseq.trend import FitType, Trend, fit_trend

Floats = NDArray[np.float64]

GRID = 1000


def vst(
    counts: NDArray[Any],
    *,
    size_factors: Floats | None = None,
    trend: Trend | None = None,
    size_factor_type: SizeFactorType = "ratio",
    fit_type: FitType = "parametric",
    threads: int = 1,
) -> Floats:
    """Transform counts to a log2-like scale of even variance.

    Parameters
    ----------
    counts
        Whole, non-negative counts, samples x genes.
    size_factors
        One factor a sample, or samples x genes; kept as given, estimated if not.
    trend
        Dispersion trend of a fit with a design (`Fit.trend`); without one the
        transformation is blind: every sample is taken for a replicate of the others.
    size_factor_type, fit_type, threads
        See `fit`.

    Returns
    -------
    NDArray
        Transformed values, samples x genes, log2 scale.
    """
    values = check_counts(counts)
    scale = scale_of(values, size_factors, size_factor_type)
    if trend is None:
        layout = lay_out(np.ones((values.shape[1], 1)))
        present = Counts(values, scale, layout, threads).take(np.asarray(values.any(axis=1)))
        gene_wise, _ = estimate_gene_wise(present)
        trend, _ = fit_trend(present.normalized.mean(axis=1), gene_wise, fit_type)
    normalized = values / scale
    if trend.kind == "parametric":
        result = _parametric(normalized, *trend.coefficients)
    elif trend.kind == "mean":
        result = _constant(normalized, trend.coefficients[0])
    else:
        result = _integrated(normalized, trend, float((1 / scale.mean(axis=0)).mean()))
    return np.ascontiguousarray(result.T)


def _parametric(x: Floats, asymptote: float, extra: float) -> Floats:
    inner = asymptote * x
    total = 1 + extra + 2 * inner + 2 * np.sqrt(inner * (1 + extra + inner))
    transformed: Floats = np.log2(total / (4 * asymptote))
    return transformed


def _constant(x: Floats, dispersion: float) -> Floats:
    root = np.arcsinh(np.sqrt(dispersion * x))
    transformed: Floats = (2 * root - np.log(dispersion) - np.log(4)) / np.log(2)
    return transformed


def _integrated(x: Floats, trend: Trend, poisson: float) -> Floats:
    """Integrate 1 / sd over the mean, and line the result up with log2 at high means."""
    from scipy.interpolate import CubicSpline

    grid = np.sinh(np.linspace(0, np.arcsinh(x.max()), GRID))[1:]
    density = 1 / np.sqrt(trend(grid) * grid**2 + poisson * grid)
    middle = np.arcsinh((grid[1:] + grid[:-1]) / 2)
    area = np.cumsum(np.diff(grid) * (density[1:] + density[:-1]) / 2)
    spline = CubicSpline(middle, area)
    low, high = np.quantile(x.mean(axis=1), [0.95, 0.999])
    at_low, at_high = spline(np.arcsinh([low, high]))
    slope = np.log2(high / low) / (at_high - at_low)
    transformed: Floats = np.log2(low) + slope * (spline(np.arcsinh(x)) - at_low)
    return transformed
