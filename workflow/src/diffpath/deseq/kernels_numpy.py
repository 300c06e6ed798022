"""The same sums as `kernels_numba`, in plain NumPy, for where nothing can be compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SMALL = 10
HALF_LOG_2PI = 0.9189385332046728


def _gamma_tail(z: Floats) -> tuple[Floats, Floats]:
    u = 1.0 / z
    t = u * u
    value = u * (
        1 / 12
        - t * (1 / 360 - t * (1 / 1260 - t * (1 / 1680 - t * (1 / 1188 - t * (691 / 360360)))))
    )
    slope = -0.5 * u - t * (
        1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t * (1 / 132 - t * (691 / 32760)))))
    )
    return value, slope


def _full_tail(r: Floats) -> tuple[Floats, Floats]:
    product = np.ones_like(r)
    harmonic = np.zeros_like(r)
    z = r.copy()
    for _ in range(SMALL):
        low = z < SMALL
        product[low] *= z[low]
        harmonic[low] += 1.0 / z[low]
        z[low] += 1.0
    value, slope = _gamma_tail(z)
    log_z = np.log(z)
    log_r = np.log(r)
    log_gamma = (z - 0.5) * log_z - z + value - np.log(product)
    raised = log_gamma - ((r - 0.5) * log_r - r), log_z + slope - harmonic - log_r
    plain = _gamma_tail(np.maximum(r, SMALL))
    high = r >= SMALL
    return np.where(high, plain[0], raised[0]), np.where(high, plain[1], raised[1])


def _rising(y: Floats, alpha: Floats) -> tuple[Floats, Floats]:
    """Give the product of 1 + kα over 0 < k < y for y < 10 and its slope in log α."""
    product = np.ones_like(y)
    change = np.zeros_like(y)
    for k in range(1, SMALL - 1):
        more = (y > k) & (y < SMALL)
        step = np.broadcast_to(k * alpha, y.shape)[more]
        change[more] = change[more] * (1.0 + step) + product[more] * step
        product[more] *= 1.0 + step
    return product, change


def _means(
    index: Indices, scale: Floats, level: Floats, cell: Indices, floor: float
) -> tuple[Floats, Floats]:
    plain = level[:, cell] * (scale[index] if len(scale) > 1 else scale)
    return plain, np.maximum(plain, floor)


def _cell_sums(values: Floats, cell: Indices, cells: int) -> Floats:
    indicator = np.zeros((len(cell), cells))
    indicator[np.arange(len(cell)), cell] = 1.0
    total: Floats = values @ indicator
    return total


def profile(
    index: Indices,
    counts: Floats,
    scale: Floats,
    level: Floats,
    cell: Indices,
    rows: Floats,
    log_alpha: Floats,
    floor: float,
    value: Floats,
    slope: Floats,
) -> None:
    """Cox-Reid profile log likelihood and its slope in log dispersion; see `kernels.profile`."""
    cells, p = rows.shape
    y = counts[index]
    alpha = np.exp(log_alpha)[:, None]
    r = 1.0 / alpha
    mu = _means(index, scale, level[index], cell, floor)[1]
    w = mu / (1.0 + mu * alpha)
    high = y >= SMALL
    large = np.maximum(y, SMALL)
    tail, tail_slope = _full_tail(r)
    v, d = _gamma_tail(large + r)
    # 1 + ratio is (1 + αy) / (1 + αµ): the two logarithms nearly cancel, so one is taken.
    ratio = (large - mu) * alpha / (1.0 + mu * alpha)
    log_ratio = np.log1p(ratio)
    log_mu = np.log1p(mu * alpha)
    product, change = _rising(y, alpha)
    total = np.where(
        high,
        (y + r) * log_ratio + v - tail - 0.5 * np.log1p(large * alpha),
        np.log(product) - (y + r) * log_mu,
    )
    grow = np.where(
        high,
        ratio * r - r * (log_ratio + d - tail_slope),
        change / product + r * log_mu - (y + r) * alpha * w,
    )
    weight = _cell_sums(w, cell, cells)
    square = _cell_sums(w * w, cell, cells)
    if cells == p:
        log_det = 2.0 * np.log(abs(np.linalg.det(rows))) + np.log(weight).sum(axis=1)
        adjust = (square / weight).sum(axis=1)
    else:
        info = np.einsum("gc,cp,cq->gpq", weight, rows, rows, optimize=True)
        log_det = np.linalg.slogdet(info)[1]
        inverse = np.linalg.inv(info)
        norm = np.einsum("cp,gpq,cq->gc", rows, inverse, rows, optimize=True)
        adjust = (square * norm).sum(axis=1)
    value[:] = total.sum(axis=1) - 0.5 * log_det
    slope[:] = grow.sum(axis=1) + 0.5 * alpha[:, 0] * adjust


def likelihood_constant(index: Indices, counts: Floats, alpha: Floats, value: Floats) -> None:
    """Part of the log likelihood that no mean enters; see `kernels.likelihood_constant`."""
    y = counts[index]
    a = alpha[:, None]
    r = 1.0 / a
    large = np.maximum(y, SMALL)
    z = large + 1.0
    total = (large + r - 0.5) * np.log1p(large * a) + _gamma_tail(large + r)[0] - _full_tail(r)[0]
    total -= (z - 0.5) * np.log(z) - 1.0 + HALF_LOG_2PI + _gamma_tail(z)[0]
    factorial = np.cumprod(np.maximum(np.arange(SMALL), 1.0))
    low = y < SMALL
    product = _rising(y, a)[0] / factorial[np.where(low, y, 0).astype(np.int64)]
    value[:] = np.where(low, np.log(product), total).sum(axis=1)


def likelihood_mean(
    index: Indices,
    counts: Floats,
    scale: Floats,
    level: Floats,
    cell: Indices,
    alpha: Floats,
    floor: float,
    value: Floats,
) -> None:
    """Part of the log likelihood that the mean enters; see `kernels.likelihood_mean`."""
    y = counts[index]
    a = alpha[:, None]
    mu = _means(index, scale, level, cell, floor)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(y > 0, y * np.log(mu), 0.0)
        value[:] = (first - (y + 1.0 / a) * np.log1p(mu * a)).sum(axis=1)


def reweigh(
    index: Indices,
    counts: Floats,
    scale: Floats,
    level: Floats,
    cell: Indices,
    rows: Floats,
    alpha: Floats,
    floor: float,
    ridge: float,
    beta: Floats,
) -> None:
    """One step of iteratively reweighted least squares; see `kernels.reweigh`."""
    cells, p = rows.shape
    plain, mu = _means(index, scale, level, cell, floor)
    w = mu / (1.0 + mu * alpha[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (counts[index] - mu) / mu + np.where(mu > plain, np.log(mu / plain), 0.0)
    weight = _cell_sums(w, cell, cells)
    score = _cell_sums(w * z, cell, cells) + weight * (beta @ rows.T)
    info = np.einsum("gc,cp,cq->gpq", weight, rows, rows, optimize=True) + ridge * np.eye(p)
    beta[:] = np.linalg.solve(info, (score @ rows)[:, :, None])[:, :, 0]
