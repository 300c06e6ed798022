"""Shrinkage of a contrast under a heavy-tailed prior.

Paper: Zhu, Ibrahim & Love 2019, Bioinformatics 35:2084. The contrast has a Cauchy
prior whose scale is estimated from all genes, the other coefficients a normal one of
standard deviation 15 (natural log scale). The posterior has one mode near zero or one
near the maximum likelihood estimate, or both; the higher is reported.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq import kernels
from diffpath.deseq.counts import Counts

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

OTHERS_SD = 15.0
LARGEST_SCALE = 1.0
LEAST_VARIANCE, LARGEST_VARIANCE = 1e-6, 400.0
FARTHEST_START = 10.0
ITERATIONS = 200
TOLERANCE = 1e-10
LEAST_CURVATURE = 1e-12


def prior_scale(estimates: Floats, errors: Floats) -> float:
    """Estimate the Cauchy scale from maximum likelihood estimates (Efron & Morris 1975).

    Parameters
    ----------
    estimates, errors
        Estimates and standard errors, natural log scale, nan where there is none.

    Returns
    -------
    float
        Scale within [0.001, 1], natural log scale.
    """
    known = np.isfinite(estimates) & np.isfinite(errors) & (errors > 0)
    square, variance = estimates[known] ** 2, errors[known] ** 2

    def excess(prior: float) -> float:
        weight = 0.5 / (prior + variance) ** 2
        return float(((square - variance) * weight).sum() / weight.sum()) - prior

    low, high = LEAST_VARIANCE, LARGEST_VARIANCE
    if not known.any() or excess(low) < 0:
        return float(np.sqrt(low))
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return min(float(np.sqrt((low + high) / 2)), LARGEST_SCALE)


def reparametrize(contrast: Floats) -> tuple[Floats, Floats, int]:
    """Replace one coefficient by the contrast.

    Returns
    -------
    tuple
        The matrix that turns new coefficients into old ones, its inverse, and the place of the
        contrast: that of the largest weight.
    """
    place = int(np.argmax(np.abs(contrast)))
    forward: Floats = np.eye(len(contrast))
    forward[place] = contrast
    back = np.linalg.inv(forward).astype(np.float64)
    return back, forward, place


def posterior_modes(
    counts: Counts, alpha: Floats, start: Floats, contrast: Floats, scale: float
) -> tuple[Floats, Floats]:
    """Find each gene's posterior mode of the contrast and its curvature.

    Parameters
    ----------
    counts, alpha
        Counts and dispersions.
    start
        Maximum likelihood coefficients, natural log scale, genes x coefficients.
    contrast
        Weight of each coefficient.
    scale
        Scale of the Cauchy prior, natural log scale.

    Returns
    -------
    tuple of NDArray
        Mode of the contrast, and its standard deviation from the curvature of the log
        posterior at the mode; natural log scale.
    """
    back, forward, place = reparametrize(contrast)
    rows = counts.layout.rows @ back
    search = _Search(counts, alpha, rows, place, scale)
    # Without counts in a group the estimate runs off; logarithms of counts start nearer.
    logs, design = np.log(counts.normalized + 0.1), counts.layout.matrix @ back
    wild = (np.abs(start) > FARTHEST_START).any(axis=1, keepdims=True)
    near = search.climb(np.where(wild, logs @ np.linalg.pinv(design).T, start @ forward.T))
    centred = np.zeros(start.shape)
    others = np.arange(start.shape[1]) != place
    centred[:, others] = logs @ np.linalg.pinv(design[:, others]).T
    middle = search.climb(centred)
    better = middle[1] > near[1]
    best = np.where(better[:, None], middle[0], near[0])
    curvature = search.curvature(counts.every(), best)
    spread = np.linalg.inv(curvature)[:, place, place]
    return best[:, place], np.sqrt(spread)


class _Search:
    """Newton's method on the log posterior of every gene at once."""

    def __init__(
        self, counts: Counts, alpha: Floats, rows: Floats, place: int, scale: float
    ) -> None:
        self.counts, self.alpha, self.rows = counts, alpha, rows
        self.place, self.scale = place, scale
        self.precision = np.full(rows.shape[1], OTHERS_SD**-2)
        self.precision[place] = 0.0
        cells, p = rows.shape
        self.outer = (rows[:, :, None] * rows[:, None, :]).reshape(cells, p * p)

    def posterior(self, genes: Indices, beta: Floats) -> Floats:
        with np.errstate(over="ignore"):
            level = np.exp(beta @ self.rows.T)
        likelihood = kernels.likelihood_mean(
            genes, self.counts.values, self.counts.scale, level, self.counts.layout.cell,
            self.alpha[genes], 0.0, self.counts.threads,
        )  # fmt: skip
        prior = 0.5 * (self.precision * beta**2).sum(axis=1)
        cauchy = np.log1p((beta[:, self.place] / self.scale) ** 2)
        total: Floats = likelihood - prior - cauchy
        return total

    def _sums(self, genes: Indices, beta: Floats) -> tuple[Floats, Floats]:
        """Slope and (positive) curvature of the log likelihood."""
        layout = self.counts.layout
        slope = np.empty(beta.shape)
        curvature = np.empty((*beta.shape, beta.shape[1]))
        step = max(1, kernels.BLOCK // layout.samples)
        for begin in range(0, len(genes), step):
            part = slice(begin, begin + step)
            index = genes[part]
            scale = self.counts.scale if len(self.counts.scale) == 1 else self.counts.scale[index]
            mean = np.exp(beta[part] @ self.rows.T)[:, layout.cell] * scale
            y, a = self.counts.values[index], self.alpha[index, None]
            shrunk = 1.0 / (1.0 + a * mean)
            score = layout.sum_cells((y - mean) * shrunk)
            weight = layout.sum_cells(mean * (1.0 + a * y) * shrunk**2)
            slope[part] = score @ self.rows
            curvature[part] = (weight @ self.outer).reshape(-1, *curvature.shape[1:])
        return slope, curvature

    def curvature(self, genes: Indices, beta: Floats) -> Floats:
        """Curvature of the negative log posterior, genes x p x p."""
        _, total = self._sums(genes, beta)
        x2, s2 = beta[:, self.place] ** 2, self.scale**2
        total += np.diag(self.precision)
        total[:, self.place, self.place] += 2 * (s2 - x2) / (s2 + x2) ** 2
        return total

    def climb(self, start: Floats) -> tuple[Floats, Floats]:
        """Climb from `start`; return the place reached and its log posterior."""
        beta = start.copy()
        value = self.posterior(self.counts.every(), beta)
        active = self.counts.every()
        for _ in range(ITERATIONS):
            here = beta[active]
            slope, curvature = self._sums(active, here)
            x, s2 = here[:, self.place], self.scale**2
            slope -= self.precision * here
            slope[:, self.place] -= 2 * x / (s2 + x**2)
            curvature += np.diag(self.precision)
            # The Cauchy density is concave in the log only within its scale. Where its curvature
            # would make the sum indefinite, that of its tangent parabola takes its place.
            exact = 2 * (s2 - x**2) / (s2 + x**2) ** 2
            curvature[:, self.place, self.place] += LEAST_CURVATURE
            profile = 1.0 / np.linalg.inv(curvature)[:, self.place, self.place]
            safe = np.where(profile + exact > 1e-3 * profile, exact, 2 / (s2 + x**2))
            curvature[:, self.place, self.place] += safe
            step = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0].astype(np.float64)
            gain = (slope * step).sum(axis=1)
            there, reached = self._backtrack(active, here, step, gain, value[active])
            beta[active], value[active] = there, reached
            moving = (np.abs(there - here).max(axis=1) > TOLERANCE) & (gain > 1e-20)
            active = active[moving]
            if not active.size:
                break
        return beta, value

    def _backtrack(
        self, genes: Indices, here: Floats, step: Floats, gain: Floats, value: Floats
    ) -> tuple[Floats, Floats]:
        """Halve each gene's step until the posterior does not fall."""
        there, reached = here.copy(), value.copy()
        waiting = np.arange(len(genes))
        rate = np.ones(len(genes))
        for _ in range(40):
            trial = here[waiting] + rate[waiting, None] * step[waiting]
            found = self.posterior(genes[waiting], trial)
            # Close to the mode the gain drowns in rounding of the sum.
            noise = 1e-12 * (1 + np.abs(value[waiting]))
            good = found >= value[waiting] + 1e-4 * rate[waiting] * gain[waiting] - noise
            there[waiting[good]], reached[waiting[good]] = trial[good], found[good]
            waiting = waiting[~good]
            if not waiting.size:
                break
            rate[waiting] /= 2
        return there, reached
