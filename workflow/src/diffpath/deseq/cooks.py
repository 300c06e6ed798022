"""Cook's distances: which single count drives a gene's fit, and what replaces it.

Paper: Love, Huber & Anders 2014, with variances from trimmed means within cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq import kernels
from diffpath.deseq.coefficients import Coefficients, information, ridge_inverse, weights
from diffpath.deseq.counts import Counts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_DISPERSION = 0.04
LEAST_CELL = 3


def _trimmed_mean(values: Floats, trim: float) -> Floats:
    samples = values.shape[1]
    low = int(samples * trim)
    if low == 0:
        whole: Floats = values.mean(axis=1)
        return whole
    high = samples - low
    middle: Floats = np.partition(values, (low, high - 1), axis=1)[:, low:high].mean(axis=1)
    return middle


def _trimming(samples: int) -> tuple[float, float]:
    """Trimmed fraction, and what makes the trimmed variance unbiased for a normal."""
    if samples <= 3:
        return 1 / 3, 2.04
    if samples <= 23:
        return 1 / 4, 1.86
    return 1 / 8, 1.51


def robust_dispersion(counts: Counts) -> Floats:
    """Estimate dispersion by moments from trimmed variances, at least 0.04.

    The variance is the largest of those within cells of three or more samples;
    without such a cell, that over all samples.
    """
    layout, normalized = counts.layout, counts.normalized
    large = np.flatnonzero(layout.size >= LEAST_CELL)
    if large.size:
        variance = np.zeros(counts.genes)
        for cell in large:
            values = normalized[:, layout.cell == cell]
            trim, factor = _trimming(values.shape[1])
            centre = _trimmed_mean(values, trim)[:, None]
            spread = factor * _trimmed_mean((values - centre) ** 2, trim)
            variance = np.maximum(variance, spread)
    else:
        centre = _trimmed_mean(normalized, 1 / 8)[:, None]
        variance = 1.51 * _trimmed_mean((normalized - centre) ** 2, 1 / 8)
    mean = normalized.mean(axis=1)
    robust: Floats = np.maximum((variance - mean) / mean**2, LEAST_DISPERSION)
    return robust


def cooks_distances(counts: Counts, fitted: Coefficients, alpha: Floats) -> Floats:
    """Compute every count's Cook's distance.

    Parameters
    ----------
    counts, fitted, alpha
        Counts, their fit and its dispersions.

    Returns
    -------
    NDArray
        Distances, genes x samples.
    """
    layout = counts.layout
    robust = robust_dispersion(counts)
    inverse = ridge_inverse(information(counts, fitted.hat_level, alpha))
    p = layout.coefficients
    norm = ((inverse @ layout.rows.T) * layout.rows.T).sum(axis=1)
    result = np.empty(counts.values.shape)
    step = max(1, kernels.BLOCK // layout.samples)
    for start in range(0, counts.genes, step):
        part = slice(start, start + step)
        scale = counts.scale if len(counts.scale) == 1 else counts.scale[part]
        mean = fitted.level[part][:, layout.cell] * scale
        leverage = weights(counts, fitted.hat_level, alpha, part) * norm[part][:, layout.cell]
        pearson = (counts.values[part] - mean) ** 2 / (mean + robust[part, None] * mean**2)
        result[part] = pearson / p * leverage / (1 - leverage) ** 2
    return result


def largest_distance(cooks: Floats, counts: Counts, ignored: Bools | None = None) -> Floats:
    """Give each gene's largest distance among samples in cells of three or more.

    Samples in `ignored` count as 0; without a cell of three the result is nan.
    """
    used = counts.layout.in_cells_of(LEAST_CELL)
    if not used.any():
        return np.full(len(cooks), np.nan)
    shown = cooks if ignored is None else np.where(ignored, 0.0, cooks)
    top: Floats = shown[:, used].max(axis=1)
    return top


def cutoff(samples: int, coefficients: int) -> float:
    """Give the 99% quantile of F(coefficients, samples - coefficients)."""
    from scipy.special import fdtri

    return float(fdtri(coefficients, samples - coefficients, 0.99))


def replace_outliers(counts: Counts, cooks: Floats, replaceable: Bools) -> tuple[Floats, Bools]:
    """Replace outlying counts by the gene's trimmed mean, scaled to the sample.

    Parameters
    ----------
    counts, cooks
        Counts and their Cook's distances.
    replaceable
        Samples whose counts may be replaced.

    Returns
    -------
    tuple of NDArray
        New counts, genes x samples, and which genes have an outlier anywhere.
    """
    layout = counts.layout
    outlying = cooks > cutoff(layout.samples, layout.coefficients)
    centre = _trimmed_mean(counts.normalized, 0.2)[:, None]
    stand_in = np.floor(centre * counts.scale)
    values = np.where(outlying & replaceable, stand_in, counts.values)
    return values, np.asarray(outlying.any(axis=1))
