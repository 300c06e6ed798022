"""Independent filtering on the mean.

Papers: Bourgon, Gentleman & Huber 2010; the choice of
threshold follows Love, Huber & Anders 2014.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.smooth import smooth_lowess
from diffpath.multiple import adjust_bh

Floats = NDArray[np.float64]

QUANTILES = 50
FEW_CALLS = 10


def filter_independently(
    means: Floats, pvalues: Floats, alpha: float = 0.05
) -> tuple[Floats, float]:
    """Adjust p-values, leaving out genes too weakly expressed to be found.

    Fifty quantiles of the mean are tried; the least is taken whose number of calls
    comes within one root mean square residual of the top of a smooth curve through
    all of them.

    Parameters
    ----------
    means
        Means of normalized counts.
    pvalues
        Their p-values, nan where there is none.
    alpha
        Level at which calls are counted.

    Returns
    -------
    tuple
        Adjusted p-values (nan below the threshold), and the threshold, in normalized
        counts.
    """
    lowest = float((means == 0).mean())
    highest = 0.95 if lowest < 0.95 else 1.0
    theta = np.linspace(lowest, highest, QUANTILES)
    thresholds = np.quantile(means, theta)
    calls = np.zeros(QUANTILES)
    for number, threshold in enumerate(thresholds):
        calls[number] = _count_calls(pvalues[means >= threshold], alpha)
    chosen = 0
    if calls.max() > FEW_CALLS:
        curve = smooth_lowess(theta, calls, 1 / 5)
        residual = (calls - curve)[calls > 0]
        bar = curve.max() - np.sqrt((residual**2).mean())
        above = np.flatnonzero(calls > bar)
        chosen = int(above[0]) if above.size else 0
    threshold = float(thresholds[chosen])
    adjusted = np.full(len(pvalues), np.nan)
    kept = means >= threshold
    adjusted[kept] = adjust_bh(pvalues[kept])
    return adjusted, threshold


def _count_calls(pvalues: Floats, alpha: float) -> int:
    known = np.sort(pvalues[~np.isnan(pvalues)])
    count = len(known)
    adjusted = known * (count / np.arange(1, count + 1))
    passing = np.flatnonzero(adjusted < alpha)
    return int(passing[-1]) + 1 if passing.size else 0
