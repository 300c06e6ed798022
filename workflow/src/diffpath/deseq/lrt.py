"""Likelihood-ratio test of a full against a reduced design.

Paper: Love, Huber & Anders 2014 (analysis of deviance at the full model's dispersions).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.coefficients import fit_coefficients
from diffpath.deseq.counts import Counts
from diffpath.deseq.fit import Fit
from diffpath.deseq.layout import lay_out
from diffpath.deseq.wald import Test, check_contrast, finish, standard_errors

Floats = NDArray[np.float64]


def lrt(
    fit: Fit,
    reduced_design: Floats,
    *,
    contrast: Floats | None = None,
    alpha: float = 0.05,
    independent_filtering: bool = True,
    cooks: bool = True,
) -> Test:
    """Test whether the full design explains each gene better than a reduced one.

    Parameters
    ----------
    fit
        The full model.
    reduced_design
        Design within the full one's column space, samples x coefficients.
    contrast
        Combination of the full model's coefficients to report beside the test; the
        last coefficient if not given. The p-value does not depend on it.
    alpha, independent_filtering, cooks
        See `wald_test`.

    Returns
    -------
    Test
        `stat` is twice the difference of log likelihoods, chi-squared with as many
        degrees of freedom as coefficients were dropped.

    Raises
    ------
    ValueError
        If the reduced design is not nested in the full one or not smaller.
    """
    from scipy.special import chdtrc

    layout = lay_out(reduced_design)
    full = fit.layout
    if layout.samples != full.samples:
        raise ValueError(f"the reduced design has {layout.samples} rows, the full {full.samples}")
    freedom = full.coefficients - layout.coefficients
    together = np.linalg.matrix_rank(np.hstack([full.matrix, layout.matrix]))
    if freedom < 1 or together > full.coefficients:
        raise ValueError("the reduced design must be nested in the full one, and smaller")
    if contrast is None:
        contrast = np.eye(full.coefficients)[-1]
    vector = check_contrast(contrast, full.coefficients)
    some = fit.fitted_genes
    counts = Counts(fit.counts, fit.scale, layout, fit.threads).take(some)
    smaller = fit_coefficients(counts, fit.dispersion[some])
    stat = np.full(len(some), np.nan)
    stat[some] = 2 * (fit.log_likelihood[some] - smaller.log_likelihood)
    pvalue = chdtrc(freedom, np.maximum(stat, 0.0))
    change, error = fit.coef @ vector, standard_errors(fit, vector)
    return finish(fit, change, error, stat, pvalue, alpha, independent_filtering, cooks)
