"""Rotation test of whole sets against donor-to-donor variation: the donor key.

Self-contained: do the set's genes move together by more than the units' own scatter of
their mean? Correlation between genes is in that scatter, so it needs no model of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtri

from diffpath.enrich.linear import (
    Effects,
    SetTest,
    pool_variances,
    set_sizes,
    squeeze_variances,
    two_sided,
)

Array = NDArray[np.float64]

# Giner & Smyth 2016: without its largest of d+1 squares a gene's variance has about
# .92 d degrees of freedom.
_EFFICIENCY = 0.92


def run_fry(effects: Effects, weights: csr_array) -> SetTest:
    """Test each set's mean effect against its mean residual effects, t with df of the design.

    The limit of roast for infinitely many rotations, each gene scaled by a robust
    posterior standard deviation (Wu et al. 2010, Bioinformatics 26:2176; Giner & Smyth
    2016, F1000Research 5:2605): t = Ē₀ / √mean(Ē_k²).

    Parameters
    ----------
    effects
        From `rotate`; at least one residual effect.
    weights
        Sets × genes, +1 or −1 for members.

    Raises
    ------
    ValueError
        If the design leaves no residual degree of freedom.
    """
    if effects.df < 1:
        raise ValueError("a design without residual degrees of freedom has no rotation test")
    stacked = np.vstack([effects.contrast, effects.residual])
    stacked = stacked / np.sqrt(robust_variances(stacked))
    means = (weights @ stacked.T) / set_sizes(weights)[:, None]
    t = means[:, 0] / np.sqrt((means[:, 1:] ** 2).mean(axis=1))
    return SetTest(t, two_sided(t, effects.df))


def robust_variances(stacked: Array) -> Array:
    """Return each gene's posterior variance, its largest squared effect left out.

    The variance from the smaller squares is moderated towards the prior of the ordinary
    residual variances.

    Parameters
    ----------
    stacked
        (1 + df) × genes: the contrast's and the residual effects.
    """
    squares = stacked**2
    df = len(stacked) - 1
    rest = np.maximum(squares.sum(axis=0) - squares.max(axis=0), 0.0)
    variances = rest / (df + 1 - expect_largest_square(df + 1))
    _, prior_df, prior = squeeze_variances(squares[1:].mean(axis=0), df)
    return pool_variances(variances, _EFFICIENCY * df, prior_df, prior)


def expect_largest_square(count: int) -> float:
    """Return the mean of the largest of ``count`` squared standard normals.

    The integral of the quantile function against count · u^(count − 1), by Gauss-Legendre
    quadrature with 128 nodes, which is within .002 of it up to a count of 24.
    """
    nodes, weights = np.polynomial.legendre.leggauss(128)
    u = (nodes + 1) / 2
    quantiles = ndtri((1 + u) / 2) ** 2
    return float((weights / 2 * count * u ** (count - 1) * quantiles).sum())
