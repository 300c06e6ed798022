"""Wald tests of any linear combination of coefficients.

Paper: Love, Huber & Anders 2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.deseq import cooks as outliers
from diffpath.deseq.coefficients import information, ridge_inverse
from diffpath.deseq.filtering import filter_independently
from diffpath.deseq.fit import LOG2E, Fit
from diffpath.multiple import adjust_bh

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Alternative = Literal["two-sided", "greater", "less", "less-abs"]

FORGIVING = 3


@dataclass(frozen=True)
class Test:
    """Result of a test of every gene; arrays are one value a gene.

    Attributes
    ----------
    log2_fold_change, standard_error
        Estimate of the contrast and its standard error, log2 scale.
    stat, pvalue, padj
        Statistic, p-value, and p-value adjusted by Benjamini and Hochberg.
    base_mean
        Mean of normalized counts.
    cooks_outlier
        Genes whose p-value is withheld because of an outlying count.
    filter_threshold
        Mean below which padj is withheld; nan without independent filtering.
    """

    log2_fold_change: Floats
    standard_error: Floats
    stat: Floats
    pvalue: Floats
    padj: Floats
    base_mean: Floats
    cooks_outlier: Bools
    filter_threshold: float

    def to_frame(self) -> pd.DataFrame:
        """Return the genes' values under the names of DESeq2's results table."""
        return pd.DataFrame(
            {
                "baseMean": self.base_mean,
                "log2FoldChange": self.log2_fold_change,
                "lfcSE": self.standard_error,
                "stat": self.stat,
                "pvalue": self.pvalue,
                "padj": self.padj,
            }
        )


def normal_tail(z: Floats) -> Floats:
    """Probability that a standard normal exceeds z."""
    from scipy.special import ndtr

    tail: Floats = ndtr(-z)
    return tail


def check_contrast(contrast: Floats, coefficients: int) -> Floats:
    """Return the contrast as floats, or raise ValueError if it fits no coefficient."""
    vector = np.asarray(contrast, dtype=np.float64)
    if vector.shape != (coefficients,) or not np.isfinite(vector).all() or not vector.any():
        raise ValueError(
            f"the contrast must have {coefficients} finite numbers, not all 0; it is {vector}"
        )
    return vector


def standard_errors(fit: Fit, contrast: Floats) -> Floats:
    """Give a combination of coefficients its standard error, log2 scale, nan where no fit."""
    counts = fit.fitted_counts()
    info = information(counts, fit.fitted_level(), fit.dispersion[fit.fitted_genes])
    direction = ridge_inverse(info) @ contrast
    variance = ((info @ direction[:, :, None])[:, :, 0] * direction).sum(axis=1)
    result = np.full(len(fit.dispersion), np.nan)
    result[fit.fitted_genes] = LOG2E * np.sqrt(np.maximum(variance, 0.0))
    return result


def _compared(fit: Fit, contrast: Floats, samples: Bools | None) -> Bools | None:
    """Tell which samples' counts the contrast rests on; None where that has no answer."""
    if samples is not None:
        return np.asarray(samples, dtype=bool)
    if (contrast >= 0).all() or (contrast <= 0).all():
        return None
    used: Bools = (fit.layout.matrix @ (contrast != 0)) != 0
    return used


def _against_threshold(
    change: Floats, error: Floats, threshold: float, alternative: Alternative
) -> tuple[Floats, Floats]:
    upper = (change - threshold) / error
    lower = (change + threshold) / error
    if alternative == "greater":
        return np.maximum(upper, 0.0), normal_tail(upper)
    if alternative == "less":
        return np.minimum(lower, 0.0), normal_tail(-lower)
    if alternative == "less-abs":
        stat = np.minimum(np.maximum(-upper, 0.0), np.maximum(lower, 0.0))
        return stat, np.maximum(normal_tail(-upper), normal_tail(lower))
    distance = (np.abs(change) - threshold) / error
    if threshold == 0:
        return change / error, 2 * normal_tail(distance)
    stat = np.sign(change) * np.maximum(distance, 0.0)
    return stat, np.minimum(1.0, 2 * normal_tail(distance))


def cooks_outliers(fit: Fit) -> Bools:
    """Mark genes whose p-value an outlying count makes untrustworthy.

    With an intercept and one two-level factor, a gene is forgiven whose outlying
    count is exceeded by three or more other samples.
    """
    layout = fit.layout
    bar = outliers.cutoff(layout.samples, layout.coefficients)
    with np.errstate(invalid="ignore"):
        flagged: Bools = fit.max_cooks > bar
    if layout.two_groups:
        for gene in np.flatnonzero(flagged):
            count = fit.original[gene, np.argmax(fit.cooks[gene])]
            if (fit.original[gene] > count).sum() >= FORGIVING:
                flagged[gene] = False
    return flagged


def finish(
    fit: Fit,
    change: Floats,
    error: Floats,
    stat: Floats,
    pvalue: Floats,
    alpha: float,
    independent_filtering: bool,
    cooks: bool,
) -> Test:
    """Withhold outliers' p-values and adjust the others.

    Genes whose only counts were outliers, now replaced, get change 0 and p 1.
    """
    emptied = fit.replaced & (fit.base_mean == 0)
    for values, instead in ((change, 0.0), (error, 0.0), (stat, 0.0), (pvalue, 1.0)):
        values[emptied] = instead
    flagged = cooks_outliers(fit) if cooks else np.zeros(len(change), dtype=bool)
    # Beyond |z| = 37.5 the tail is below what a double can hold; R writes 0.
    pvalue = np.where(flagged, np.nan, np.maximum(pvalue, np.finfo(float).tiny))
    threshold = float("nan")
    if independent_filtering:
        padj, threshold = filter_independently(fit.base_mean, pvalue, alpha)
    else:
        padj = adjust_bh(pvalue)
    return Test(change, error, stat, pvalue, padj, fit.base_mean, flagged, threshold)


def wald_test(
    fit: Fit,
    contrast: Floats,
    *,
    lfc_threshold: float = 0.0,
    alternative: Alternative = "two-sided",
    alpha: float = 0.05,
    independent_filtering: bool = True,
    cooks: bool = True,
    compared: Bools | None = None,
) -> Test:
    """Test a linear combination of coefficients in every gene.

    Parameters
    ----------
    fit
        The fitted model.
    contrast
        Weight of each coefficient.
    lfc_threshold
        Log2 fold change to test against, 0 or larger.
    alternative
        ``two-sided``: |change| above the threshold; ``greater``: above it; ``less``:
        below minus it; ``less-abs``: |change| below it.
    alpha
        Level at which independent filtering counts calls.
    independent_filtering
        Whether padj leaves out genes with a low mean.
    cooks
        Whether p-values of genes with an outlying count are withheld.
    compared
        Samples of the two groups that a contrast of factor levels compares: genes
        without a count in any of them get change 0 and p 1, as R does. By default the
        samples are found from a contrast with weights of both signs.

    Returns
    -------
    Test
        See there; nan where a gene has no counts.

    Raises
    ------
    ValueError
        If the contrast does not fit the model, or ``less-abs`` has no threshold.
    """
    vector = check_contrast(contrast, fit.layout.coefficients)
    if lfc_threshold < 0 or (alternative == "less-abs" and lfc_threshold == 0):
        raise ValueError("lfc_threshold must be 0 or larger, and larger than 0 for less-abs")
    change = fit.coef @ vector
    error = standard_errors(fit, vector)
    empty = np.zeros(len(change), dtype=bool)
    samples = _compared(fit, vector, compared)
    if samples is not None:
        empty = fit.fitted_genes & ~fit.original[:, samples].any(axis=1)
        change[empty] = 0.0
    stat, pvalue = _against_threshold(change, error, lfc_threshold, alternative)
    if lfc_threshold == 0:
        stat[empty], pvalue[empty] = 0.0, 1.0
    return finish(fit, change, error, stat, pvalue, alpha, independent_filtering, cooks)
