"""Trend of dispersion over mean: parametric, local regression, or one mean value.

Paper: Love, Huber & Anders 2014 (α(µ) = a + b/µ by a gamma-family model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.local_fit import LocalFit, fit_local

Floats = NDArray[np.float64]
FitType = Literal["parametric", "local", "mean"]

LEAST = 1e-8


class TrendError(ValueError):
    """Raised where a kind of trend cannot be fitted to the data."""


@dataclass(frozen=True)
class Trend:
    """A fitted trend, called with means of normalized counts.

    Attributes
    ----------
    kind
        ``parametric``, ``local`` or ``mean``.
    coefficients
        ``parametric``: asymptotic dispersion and extra-Poisson part; ``mean``: the value.
    curve
        ``local``: log dispersion over log mean.
    """

    kind: FitType
    coefficients: tuple[float, ...] = ()
    curve: LocalFit | None = None

    def __call__(self, means: Floats) -> Floats:
        """Give the trended dispersion at each mean."""
        if self.curve is not None:
            local: Floats = np.exp(self.curve(np.log(means)))
            return local
        if self.kind == "mean":
            return np.full(np.shape(means), self.coefficients[0])
        return self.coefficients[0] + self.coefficients[1] / means


def _fit_gamma(x: Floats, y: Floats, start: Floats) -> tuple[Floats, bool]:
    """Fit y = a + bx with gamma errors, identity link; also say whether it settled."""
    basis = np.column_stack([np.ones_like(x), x])

    def deviance(fitted: Floats) -> float:
        with np.errstate(invalid="ignore"):
            return float(2 * np.sum((y - fitted) / fitted - np.log(y / fitted)))

    coefficients: NDArray[Any] = start
    fitted = basis @ coefficients
    before = deviance(fitted)
    for _ in range(25):
        trial = np.linalg.lstsq(basis / fitted[:, None], y / fitted, rcond=None)[0]
        for _ in range(25):
            if (basis @ trial > 0).all():
                break
            trial = (trial + coefficients) / 2
        else:
            raise TrendError("fitted dispersions are not all positive")
        coefficients = trial
        fitted = basis @ coefficients
        now = deviance(fitted)
        if abs(now - before) / (abs(now) + 0.1) < 1e-8:
            return coefficients, True
        before = now
    return coefficients, False


def _fit_parametric(means: Floats, dispersions: Floats) -> Trend:
    coefficients = np.array([0.1, 1.0])
    for _ in range(11):
        ratio = dispersions / (coefficients[0] + coefficients[1] / means)
        good = (ratio > 1e-4) & (ratio < 15)
        if good.sum() < 2:
            raise TrendError("fewer than two genes lie near the curve")
        new, settled = _fit_gamma(1 / means[good], dispersions[good], coefficients)
        if not (new > 0).all():
            raise TrendError("its coefficients are not all positive")
        change = float((np.log(new / coefficients) ** 2).sum())
        coefficients = new
        if change < 1e-6 and settled:
            return Trend("parametric", (float(new[0]), float(new[1])))
    raise TrendError("it did not settle within eleven rounds")


def _fit_mean(dispersions: Floats) -> Trend:
    used = np.sort(dispersions[dispersions > 10 * LEAST])
    drop = int(len(used) * 0.001)
    return Trend("mean", (float(used[drop : len(used) - drop].mean()),))


def _fit_local(means: Floats, dispersions: Floats) -> Trend:
    used = dispersions >= 10 * LEAST
    if len(np.unique(means[used])) < 4:
        raise TrendError("fewer than four genes have distinct means")
    curve = fit_local(np.log(means[used]), np.log(dispersions[used]), means[used])
    return Trend("local", curve=curve)


def fit_trend(
    means: Floats, gene_wise: Floats, kind: FitType = "parametric"
) -> tuple[Trend, list[str]]:
    """Fit the trend, falling back from parametric to local to mean where one fails.

    Parameters
    ----------
    means
        Means of normalized counts.
    gene_wise
        Gene-wise dispersions of the same genes.
    kind
        What to try first.

    Returns
    -------
    tuple
        The trend, and a sentence for each fall back.

    Raises
    ------
    ValueError
        If no gene has a gene-wise dispersion above 1e-6.
    """
    used = gene_wise > 100 * LEAST
    if not used.any():
        raise ValueError(
            "no gene has a dispersion above 1e-6: counts vary no more than Poisson counts do, "
            "so no trend can be fitted"
        )
    x, y = means[used], gene_wise[used]
    messages: list[str] = []
    if kind == "parametric":
        try:
            return _fit_parametric(x, y), messages
        except TrendError as error:
            messages.append(f"the parametric dispersion trend failed ({error}); local is used")
    if kind != "mean":
        try:
            return _fit_local(x, y), messages
        except TrendError as error:
            messages.append(f"the local dispersion trend failed ({error}); mean is used")
    return _fit_mean(y), messages
