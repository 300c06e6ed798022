"""The two sums over genes x samples that take nearly all the time, compiled."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., object])

SMALL = 10
HALF_LOG_2PI = 0.9189385332046728


def _compile(function: Function) -> Function:
    return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))


@_compile
def _gamma_tail(z: float) -> tuple[float, float]:
    """Give Stirling's remainder of log Γ and of its derivative's z + 1/2 log form, z >= 10."""
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


@_compile
def _full_tail(r: float) -> tuple[float, float]:
    """Give the same remainders for any r > 0, raising small r by the recurrence."""
    if r >= SMALL:
        return _gamma_tail(r)
    product = 1.0
    harmonic = 0.0
    z = r
    while z < SMALL:
        product *= z
        harmonic += 1.0 / z
        z += 1.0
    value, slope = _gamma_tail(z)
    log_z = math.log(z)
    log_r = math.log(r)
    log_gamma = (z - 0.5) * log_z - z + value - math.log(product)
    return log_gamma - ((r - 0.5) * log_r - r), log_z + slope - harmonic - log_r


@_compile
def _solve_cholesky(a: Floats, b: Floats, p: int) -> float:
    """Factor `a` in place, overwrite `b` by the solution, return log det (nan if not positive)."""
    log_det = 0.0
    for i in range(p):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            if i == j:
                if not total > 0.0:
                    return math.nan
                a[i, i] = math.sqrt(total)
                log_det += math.log(total)
            else:
                a[i, j] = total / a[j, j]
    for i in range(p):
        total = b[i]
        for k in range(i):
            total -= a[i, k] * b[k]
        b[i] = total / a[i, i]
    for i in range(p - 1, -1, -1):
        total = b[i]
        for k in range(i + 1, p):
            total -= a[k, i] * b[k]
        b[i] = total / a[i, i]
    return log_det


@_compile
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
    samples = len(cell)
    cells, p = rows.shape
    weight = np.empty(cells)
    square = np.empty(cells)
    info = np.empty((p, p))
    column = np.empty(p)
    log_det_rows = 0.0
    if cells == p:
        log_det_rows = 2.0 * math.log(abs(np.linalg.det(rows)))
    for i in range(len(index)):
        g = index[i]
        s = g if scale.shape[0] > 1 else 0
        alpha = math.exp(log_alpha[i])
        r = 1.0 / alpha
        tail, tail_slope = _full_tail(r)
        weight[:] = 0.0
        square[:] = 0.0
        total = 0.0
        grow = 0.0
        for j in range(samples):
            y = counts[g, j]
            mu = max(level[g, cell[j]] * scale[s, j], floor)
            x = mu * alpha
            inverse = 1.0 / (1.0 + x)
            log_mu = math.log1p(x)
            total -= (y + r) * log_mu
            grow += r * log_mu - (y + r) * x * inverse
            if y >= SMALL:
                log_y = math.log1p(y * alpha)
                v, d = _gamma_tail(y + r)
                total += (y + r - 0.5) * log_y - y + v - tail
                grow += y - r * (log_y + d - tail_slope)
            elif y > 1.0:
                product = 1.0
                change = 0.0
                step = alpha
                for _ in range(int(y) - 1):
                    change = change * (1.0 + step) + product * step
                    product *= 1.0 + step
                    step += alpha
                total += math.log(product)
                grow += change / product
            w = mu * inverse
            weight[cell[j]] += w
            square[cell[j]] += w * w
        if cells == p:
            log_det = log_det_rows
            change = 0.0
            for c in range(p):
                log_det += math.log(weight[c])
                change += square[c] / weight[c]
        else:
            for a in range(p):
                for b in range(a + 1):
                    entry = 0.0
                    for c in range(cells):
                        entry += weight[c] * rows[c, a] * rows[c, b]
                    info[a, b] = entry
            column[:] = 0.0
            log_det = _solve_cholesky(info, column, p)
            change = 0.0
            for c in range(cells):
                norm = 0.0
                for a in range(p):
                    entry = rows[c, a]
                    for k in range(a):
                        entry -= info[a, k] * column[k]
                    column[a] = entry / info[a, a]
                    norm += column[a] * column[a]
                change += square[c] * norm
        value[i] = total - 0.5 * log_det
        slope[i] = grow + 0.5 * alpha * change


@_compile
def likelihood_constant(index: Indices, counts: Floats, alpha: Floats, value: Floats) -> None:
    """Part of the log likelihood that no mean enters; see `kernels.likelihood_constant`."""
    samples = counts.shape[1]
    for i in range(len(index)):
        g = index[i]
        a = alpha[i]
        r = 1.0 / a
        tail = _full_tail(r)[0]
        total = 0.0
        for j in range(samples):
            y = counts[g, j]
            if y >= SMALL:
                total += (y + r - 0.5) * math.log1p(y * a) + _gamma_tail(y + r)[0] - tail
                z = y + 1.0
                total -= (z - 0.5) * math.log(z) - 1.0 + HALF_LOG_2PI + _gamma_tail(z)[0]
            elif y > 1.0:
                product = 1.0
                for k in range(1, int(y)):
                    product *= (1.0 + k * a) / (k + 1.0)
                total += math.log(product)
        value[i] = total


@_compile
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
    samples = len(cell)
    for i in range(len(index)):
        g = index[i]
        s = g if scale.shape[0] > 1 else 0
        r = 1.0 / alpha[i]
        total = 0.0
        for j in range(samples):
            y = counts[g, j]
            mu = max(level[i, cell[j]] * scale[s, j], floor)
            if y > 0.0:
                total += y * math.log(mu)
            total -= (y + r) * math.log1p(mu * alpha[i])
        value[i] = total


@_compile
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
    samples = len(cell)
    cells, p = rows.shape
    weight = np.empty(cells)
    score = np.empty(cells)
    info = np.empty((p, p))
    for i in range(len(index)):
        g = index[i]
        s = g if scale.shape[0] > 1 else 0
        weight[:] = 0.0
        score[:] = 0.0
        for j in range(samples):
            plain = level[i, cell[j]] * scale[s, j]
            mu = max(plain, floor)
            w = mu / (1.0 + mu * alpha[i])
            z = (counts[g, j] - mu) / mu
            if mu > plain:
                z += math.log(mu / plain)
            weight[cell[j]] += w
            score[cell[j]] += w * z
        for c in range(cells):
            eta = 0.0
            for a in range(p):
                eta += rows[c, a] * beta[i, a]
            score[c] += weight[c] * eta
        for a in range(p):
            entry = 0.0
            for c in range(cells):
                entry += score[c] * rows[c, a]
            beta[i, a] = entry
            for b in range(a + 1):
                entry = 0.0
                for c in range(cells):
                    entry += weight[c] * rows[c, a] * rows[c, b]
                info[a, b] = entry
            info[a, a] += ridge
        if math.isnan(_solve_cholesky(info, beta[i], p)):
            beta[i, :] = math.nan
