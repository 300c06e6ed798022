"""Corrections for multiple testing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def adjust_bh(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Return Benjamini-Hochberg adjusted p-values; missing ones stay missing and do not count.

    Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289.
    """
    p = np.asarray(pvalues, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if len(known):
        order = known[np.argsort(-p[known], kind="stable")]
        ranks = np.arange(len(order), 0, -1)
        stepped = np.minimum.accumulate(p[order] * (len(order) / ranks))
        adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
