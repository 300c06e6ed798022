"""Rules that join p-values: two keys, Simes, Cauchy combination, Holm."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

CAP = 0.99  # a p of 1 would outweigh any other in the Cauchy sum


def join_keys(p_donor: Array, t_donor: Array, p_specific: Array, t_specific: Array) -> Array:
    """Return the two-key p: the larger of both, and 1 where the directions disagree."""
    agree = np.sign(t_donor) == np.sign(t_specific)
    return np.where(agree, np.maximum(p_donor, p_specific), 1.0)


def combine_simes(pvalues: ArrayLike) -> float:
    """Return Simes' p that none of the hypotheses is false (Simes 1986, Biometrika 73:751)."""
    p = np.sort(np.asarray(pvalues, dtype=float))
    if not len(p):
        raise ValueError("there is no p-value to combine")
    return float(min((p * len(p) / np.arange(1, len(p) + 1)).min(), 1.0))


def combine_cauchy(pvalues: ArrayLike) -> float:
    """Return the Cauchy combination of p-values, each capped at .99.

    Holds under dependence in the tail (ACAT; Liu & Xie 2020, J Am Stat Assoc 115:393).
    """
    p = np.minimum(np.asarray(pvalues, dtype=float), CAP)
    if not len(p):
        raise ValueError("there is no p-value to combine")
    # 1/(πp) is tan((½ − p)π) where p is too small for the difference to be formed.
    small = p < 1e-15
    terms = np.where(small, 1 / (np.pi * np.where(small, p, 1)), np.tan((0.5 - p) * np.pi))
    return float(np.arctan2(1.0, terms.mean()) / np.pi)


def adjust_holm(pvalues: ArrayLike, declared: int | None = None) -> Array:
    """Return Holm-adjusted p-values; missing ones stay missing.

    Holm 1979, Scand J Stat 6:65.

    Parameters
    ----------
    declared
        Number of hypotheses that were declared. Those without a p-value count as if theirs
        were 1; by default they do not count.
    """
    p = np.asarray(pvalues, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = (len(order) if declared is None else declared) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted
