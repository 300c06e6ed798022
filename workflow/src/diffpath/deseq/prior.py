"""Width of the dispersions' prior: the spread around the trend that is not sampling.

Paper: Love, Huber & Anders 2014. With over three residual degrees of freedom the
sampling variance of a log dispersion, trigamma(df / 2), is taken from the observed
one. With three or fewer the observed residuals are matched to simulated ones.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.smooth import smooth_loess

Floats = NDArray[np.float64]

LEAST_VARIANCE = 0.25
ABOVE_LEAST = 1e-6
FEW = 3


def residual_variance(gene_wise: Floats, trend: Floats) -> float:
    """Robust variance of the log dispersions around the trend (MAD squared)."""
    residuals = _residuals(gene_wise, trend)
    spread = 1.4826 * np.median(np.abs(residuals - np.median(residuals)))
    return float(spread**2)


def _residuals(gene_wise: Floats, trend: Floats) -> Floats:
    used = gene_wise >= ABOVE_LEAST
    if not used.any():
        raise ValueError("no gene has a dispersion above 1e-6: there is no spread to estimate")
    residuals: Floats = np.log(gene_wise[used]) - np.log(trend[used])
    return residuals


def _trigamma(x: float) -> float:
    total = 0.0
    while x < 10:
        total += 1.0 / x**2
        x += 1.0
    t = 1.0 / x**2
    series = 1 / 6 - t * (1 / 30 - t * (1 / 42 - t * (1 / 30 - t * (5 / 66 - t * 691 / 2730))))
    return total + 1.0 / x + 0.5 * t + t / x * series


def prior_variance(gene_wise: Floats, trend: Floats, freedom: int) -> float:
    """Estimate the variance of the log dispersions' prior.

    Parameters
    ----------
    gene_wise, trend
        Gene-wise and trended dispersions.
    freedom
        Residual degrees of freedom, samples less coefficients.

    Returns
    -------
    float
        Variance on the natural log scale, at least 0.25.
    """
    if freedom <= FEW:
        return max(_match(_residuals(gene_wise, trend), freedom), LEAST_VARIANCE)
    excess = residual_variance(gene_wise, trend) - _trigamma(freedom / 2)
    return max(excess, LEAST_VARIANCE)


def _match(residuals: Floats, freedom: int) -> float:
    """Find the variance whose simulated residuals are closest in Kullback-Leibler divergence."""
    # The draws are those of a fixed seed in R, kept by make_prior_table.R.
    with files(__package__).joinpath("prior_table.csv.gz").open("rb") as handle:
        table = np.loadtxt(_unzip(handle.read()), delimiter=",")
    simulated = table[table[:, 0] == freedom, 1:]
    variances = np.linspace(0, 8, len(simulated))
    kept = residuals[(residuals > -10) & (residuals < 10)]
    # A residual on an edge belongs to the bin below it.
    bins = np.clip(np.ceil((kept + 10) / 0.5).astype(int) - 1, 0, 39)
    observed = np.bincount(bins, minlength=40) / (len(kept) * 0.5)
    simulated /= simulated.sum(axis=1, keepdims=True) * 0.5
    divergence = np.empty(len(variances))
    for place, density in enumerate(simulated):
        both = np.concatenate([observed, density])
        small = both[both > 0].min()
        divergence[place] = (observed * np.log((observed + small) / (density + small))).sum()
    fine = np.linspace(0, 8, 1000)
    return float(fine[np.argmin(smooth_loess(variances, divergence, fine, 0.2))])


def _unzip(data: bytes) -> list[str]:
    import gzip

    return gzip.decompress(data).decode().splitlines()
