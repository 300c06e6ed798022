"""Bounded search for the few genes whose least-squares iteration does not settle.

These are genes with no counts in some group: their likelihood rises without end
towards minus infinity, and only the bounds and the wide prior stop it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq import kernels
from diffpath.deseq.counts import Counts

Floats = NDArray[np.float64]

BOUND = 30.0
PRIOR_PRECISION = 1e-6
PRIOR_CONSTANT = 0.5 * np.log(2 * np.pi / PRIOR_PRECISION)
STEP = 1e-3
FORBIDDEN = 1e300


def minimize_bounded(
    counts: Counts, alpha: Floats, start: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Maximise each gene's posterior within ±30 on the log2 scale.

    Parameters
    ----------
    counts
        Counts of the genes at hand.
    alpha
        Their dispersions.
    start
        Coefficients to start from, log2 scale, genes x coefficients.

    Returns
    -------
    tuple of NDArray
        Coefficients on the log2 scale, and whether the search ended well.
    """
    # A third of a second to import, needed by a handful of genes in some data sets.
    from scipy.optimize import minimize

    found = start.copy()
    good = np.zeros(counts.genes, dtype=bool)
    design = counts.layout.matrix
    p = design.shape[1]
    one = np.eye(p, dtype=bool)
    constant = kernels.likelihood_constant(counts.every(), counts.values, alpha)
    for gene in range(counts.genes):
        y = counts.values[gene]
        a = alpha[gene]
        scale = counts.scale[gene if len(counts.scale) > 1 else 0]
        # The search stops by the cost's relative change, so its constants matter.
        whole = p * PRIOR_CONSTANT - constant[gene]

        def objective(
            beta: Floats,
            y: Floats = y,
            a: float = a,
            scale: Floats = scale,
            whole: float = whole,
        ) -> tuple[float, Floats]:
            above = np.minimum(beta + STEP, BOUND)
            below = np.maximum(beta - STEP, -BOUND)
            around = np.vstack([beta, np.where(one, above, beta), np.where(one, below, beta)])
            with np.errstate(over="ignore", invalid="ignore"):
                mean = scale * np.exp2(around @ design.T)
                likelihood = (y * np.log(mean) - (y + 1.0 / a) * np.log1p(a * mean)).sum(axis=1)
            cost = whole + 0.5 * PRIOR_PRECISION * (around**2).sum(axis=1) - likelihood
            cost = np.where(np.isfinite(cost), cost, FORBIDDEN)
            return float(cost[0]), (cost[1 : p + 1] - cost[p + 1 :]) / (above - below)

        answer = minimize(
            objective, start[gene], jac=True, method="L-BFGS-B", bounds=[(-BOUND, BOUND)] * p,
            options={"maxcor": 5, "ftol": 1e7 * np.finfo(float).eps, "gtol": 0.0, "maxiter": 100},
        )  # fmt: skip
        found[gene] = answer.x
        good[gene] = answer.success
    return found, good
