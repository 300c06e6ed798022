"""Shrunken fold changes of any contrast, for effect sizes and plots, never for ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.apeglm import posterior_modes, prior_scale
from diffpath.deseq.ash import shrink_normal_mixture
from diffpath.deseq.fit import LOG2E, Fit
from diffpath.deseq.wald import check_contrast, standard_errors

Floats = NDArray[np.float64]
Method = Literal["apeglm", "ash"]


@dataclass(frozen=True)
class Shrunk:
    """Shrunken estimates of every gene.

    Attributes
    ----------
    log2_fold_change, standard_error
        Posterior mode (``apeglm``) or mean (``ash``) of the contrast and its posterior
        standard deviation, log2 scale, nan where the gene has no fit.
    prior_scale
        Scale of the Cauchy prior, log2 scale; nan for ``ash``.
    """

    log2_fold_change: Floats
    standard_error: Floats
    prior_scale: float


def shrink(
    fit: Fit, contrast: Floats, *, method: Method = "apeglm", scale: float | None = None
) -> Shrunk:
    """Shrink a linear combination of coefficients in every gene.

    Parameters
    ----------
    fit
        The fitted model.
    contrast
        Weight of each coefficient.
    method
        ``apeglm``: Cauchy prior on the contrast in the count model itself, which is
        rewritten so that the contrast is a coefficient; ``ash``: mixture of normals on
        the estimates and their standard errors.
    scale
        Scale of the Cauchy prior, natural log scale; estimated if not given.

    Returns
    -------
    Shrunk
        See there.
    """
    vector = check_contrast(contrast, fit.layout.coefficients)
    estimate, error = fit.coef @ vector, standard_errors(fit, vector)
    if method == "ash":
        mean, spread = shrink_normal_mixture(estimate, error)
        return Shrunk(mean, spread, float("nan"))
    some = fit.fitted_genes
    if scale is None:
        scale = prior_scale(estimate[some] / LOG2E, error[some] / LOG2E)
    mode, spread = np.full(len(some), np.nan), np.full(len(some), np.nan)
    found = posterior_modes(
        fit.fitted_counts(), fit.dispersion[some], fit.coef[some] / LOG2E, vector, scale
    )
    mode[some], spread[some] = found[0] * LOG2E, found[1] * LOG2E
    return Shrunk(mode, spread, scale * LOG2E)
