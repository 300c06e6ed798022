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
LN2 = math.log(2)
BITS_ROOT_HALF = int(np.float64(math.sqrt(0.5)).view(np.int64))


def _compile(function: Function) -> Function:
    options = {"contract", "reassoc"}
    compiler = njit(cache=True, nogil=True, error_model="numpy", fastmath=options)
    return cast(Function, compiler(function))


def _compile_exact(function: Function) -> Function:
    """Compile without regrouping sums: the rounding of 1 + x is put to use."""
    compiler = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
    return cast(Function, compiler(function))


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


@_compile_exact
def _log1p_all(x: Floats, work: Floats, result: Floats, n: int) -> None:
    """Fill result with log(1 + x), x > -1, by arithmetic alone, so that it is vectorized.

    1 + x is split into a power of two and m in [√½, √2); log m = 2 artanh((m−1)/(m+1)).
    The last digits that 1 + x loses are given back to first order. Within 2 ulp.
    """
    bits = work.view(np.int64)
    for j in range(n):
        work[j] = 1.0 + x[j]
    for j in range(n):
        whole = work[j]
        power = (bits[j] - BITS_ROOT_HALF) >> 52
        result[j] = power * LN2 + (x[j] - (whole - 1.0)) / whole
        bits[j] -= power << 52
    for j in range(n):
        s = (work[j] - 1.0) / (work[j] + 1.0)
        z = s * s
        series = 2 / 19 + z * (2 / 21)
        series = 2 / 17 + z * series
        series = 2 / 15 + z * series
        series = 2 / 13 + z * series
        series = 2 / 11 + z * series
        series = 2 / 9 + z * series
        series = 2 / 7 + z * series
        series = 2 / 5 + z * series
        series = 2 / 3 + z * series
        result[j] += s * (2.0 + z * series)


@_compile
def _gather(
    counts: Floats, level: Floats, scale: Floats, cell: Indices, floor: float, mean: Floats,
    large: Floats, large_mean: Floats, small: Floats,
) -> int:  # fmt: skip
    """Fill one gene's means, its counts of 10 and more, and how many small ones exceed k."""
    small[:] = 0.0
    many = 0
    for j in range(len(cell)):
        mean[j] = max(level[cell[j]] * scale[j], floor)
        y = counts[j]
        large[many] = y
        large_mean[many] = mean[j]
        if y >= SMALL:
            many += 1
        else:
            small[int(y)] += 1.0
    for k in range(SMALL - 2, -1, -1):
        small[k] += small[k + 1]
    return many


@_compile
def _pairs(rows: Floats) -> tuple[Indices, Indices, Indices, Floats]:
    """List the products of two design values of a cell that are not 0: most are, with factors."""
    cells, p = rows.shape
    cell = np.empty(cells * p * p, dtype=np.int64)
    first = np.empty(cells * p * p, dtype=np.int64)
    second = np.empty(cells * p * p, dtype=np.int64)
    product = np.empty(cells * p * p)
    n = 0
    for c in range(cells):
        for a in range(p):
            for b in range(a + 1):
                value = rows[c, a] * rows[c, b]
                if value != 0.0:
                    cell[n], first[n], second[n], product[n] = c, a, b, value
                    n += 1
    return cell[:n], first[:n], second[:n], product[:n]


@_compile
def _trace_of_ratio(info: Floats, change: Floats, inverse: Floats, p: int) -> float:
    """Trace of A⁻¹B from A's Cholesky factor (`info`) and B's lower half (`change`)."""
    for a in range(p):
        inverse[a, a] = 1.0 / info[a, a]
        for b in range(a):
            total = 0.0
            for k in range(b, a):
                total -= info[a, k] * inverse[k, b]
            inverse[a, b] = total * inverse[a, a]
    trace = 0.0
    for a in range(p):
        for b in range(a + 1):
            total = 0.0
            for k in range(a, p):
                total += inverse[k, a] * inverse[k, b]
            trace += total * change[a, b] * (1.0 if a == b else 2.0)
    return trace


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
    shift = np.empty((p, p))
    inverse = np.empty((p, p))
    column = np.empty(p)
    pair, first, second, product = _pairs(rows)
    mean = np.empty(samples)
    large = np.empty(samples + 1)
    large_mean = np.empty(samples + 1)
    small = np.empty(SMALL)
    x = np.empty(samples + 1)
    logs = np.empty(samples)
    work = np.empty(samples)
    log_det_rows = 0.0
    if cells == p:
        log_det_rows = 2.0 * math.log(abs(np.linalg.det(rows)))
    for i in range(len(index)):
        g = index[i]
        many = _gather(
            counts[g], level[g], scale[g if scale.shape[0] > 1 else 0], cell, floor, mean, large,
            large_mean, small,
        )  # fmt: skip
        alpha = math.exp(log_alpha[i])
        r = 1.0 / alpha
        total = 0.0
        grow = 0.0
        for j in range(samples):
            work[j] = mean[j] / (1.0 + mean[j] * alpha)
        weight[:] = 0.0
        square[:] = 0.0
        for j in range(samples):
            w = work[j]
            weight[cell[j]] += w
            square[cell[j]] += w * w
        if many > 0:
            tail, tail_slope = _full_tail(r)
            for j in range(many):
                x[j] = (large[j] - large_mean[j]) * alpha / (1.0 + large_mean[j] * alpha)
            _log1p_all(x, work, logs, many)
            for j in range(many):
                y = large[j]
                v, d = _gamma_tail(y + r)
                total += (y + r) * logs[j] + v - tail
                grow += x[j] * r - r * (logs[j] + d - tail_slope)
                x[j] = y * alpha
            _log1p_all(x, work, logs, many)
            for j in range(many):
                total -= 0.5 * logs[j]
        if many < samples:
            few = 0
            for j in range(samples):
                y = counts[g, j]
                x[few] = mean[j] * alpha
                large[few] = y
                if y < SMALL:
                    few += 1
            _log1p_all(x, work, logs, few)
            for j in range(few):
                y = large[j]
                total -= (y + r) * logs[j]
                grow += r * logs[j] - (y + r) * x[j] / (1.0 + x[j])
        for k in range(1, SMALL - 1):
            # small[k + 1] is the number of small counts above k.
            above = small[k + 1]
            if above == 0.0:
                break
            step = k * alpha
            total += above * math.log1p(step)
            grow += above * step / (1.0 + step)
        if cells == p:
            log_det = log_det_rows
            change = 0.0
            for c in range(p):
                log_det += math.log(weight[c])
                change += square[c] / weight[c]
        else:
            info[:, :] = 0.0
            shift[:, :] = 0.0
            for k in range(len(product)):
                info[first[k], second[k]] += weight[pair[k]] * product[k]
                shift[first[k], second[k]] += square[pair[k]] * product[k]
            column[:] = 0.0
            log_det = _solve_cholesky(info, column, p)
            change = _trace_of_ratio(info, shift, inverse, p)
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
    pair, first, second, product = _pairs(rows)
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
        info[:, :] = 0.0
        for k in range(len(product)):
            info[first[k], second[k]] += weight[pair[k]] * product[k]
        for a in range(p):
            entry = 0.0
            for c in range(cells):
                entry += score[c] * rows[c, a]
            beta[i, a] = entry
            info[a, a] += ridge
        if math.isnan(_solve_cholesky(info, beta[i], p)):
            beta[i, :] = math.nan
