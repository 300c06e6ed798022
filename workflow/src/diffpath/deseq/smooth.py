"""Local regression in one dimension: lowess, and loess by blending of vertices.

Papers: Cleveland 1979 (lowess, robust weights); Cleveland & Grosse 1991 (loess
evaluated at the vertices of a k-d tree and blended by cubic Hermite polynomials);
Loader 1999 (local likelihood on an adaptive grid).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _tricube(relative: Floats) -> Floats:
    weight: Floats = (1 - np.minimum(relative, 1.0) ** 3) ** 3
    return weight


def hermite(vertices: Floats, values: Floats, slopes: Floats, x: Floats) -> Floats:
    """Interpolate by the cubic that has the given values and slopes at sorted vertices."""
    left = np.clip(np.searchsorted(vertices, x, side="right") - 1, 0, len(vertices) - 2)
    width = vertices[left + 1] - vertices[left]
    t = (x - vertices[left]) / width
    result: Floats = (
        (1 + 2 * t) * (1 - t) ** 2 * values[left]
        + t * (1 - t) ** 2 * width * slopes[left]
        + t**2 * (3 - 2 * t) * values[left + 1]
        + t**2 * (t - 1) * width * slopes[left + 1]
    )
    return result


def _cut(x: Floats, most: int) -> list[float]:
    """Cut sorted points at their median until no cell holds more than `most`."""
    if len(x) <= most:
        return []
    middle = (len(x) + 1) // 2
    return [*_cut(x[:middle], most), float(x[middle - 1]), *_cut(x[middle:], most)]


def smooth_loess(x: Floats, y: Floats, at: Floats, span: float) -> Floats:
    """Smooth y over sorted, distinct x by local quadratics and read the curve elsewhere.

    Parameters
    ----------
    x, y
        Points, x ascending.
    at
        Where to read the curve, within the range of x.
    span
        Fraction of the points that a local fit uses.
    """
    near = int(len(x) * span + 1e-5)
    margin = 0.005 * (x[-1] - x[0])
    most = int(len(x) * span * 0.2)
    vertices = np.array([x[0] - margin, *_cut(x, most), x[-1] + margin])
    values, slopes = np.empty(len(vertices)), np.empty(len(vertices))
    for number, vertex in enumerate(vertices):
        away = np.abs(x - vertex)
        root = np.sqrt(_tricube(away / np.partition(away, near - 1)[near - 1]))
        basis = np.vander(x - vertex, 3, increasing=True)
        answer = np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
        values[number], slopes[number] = answer[0], answer[1]
    return hermite(vertices, values, slopes, at)


def smooth_lowess(x: Floats, y: Floats, fraction: float) -> Floats:
    """Smooth y over sorted x by robust local lines (three reweightings).

    Parameters
    ----------
    x, y
        Points, x ascending.
    fraction
        Fraction of the points that a local fit uses.
    """
    n = len(x)
    near = int(np.clip(int(fraction * n + 1e-7), 2, n))
    distance = np.abs(x[:, None] - x)
    # Of the windows of `near` consecutive points, the one whose farther end is closest.
    starts = np.arange(n - near + 1)
    reach = np.maximum(distance[:, starts], distance[:, starts + near - 1])
    width = reach.min(axis=1)[:, None]
    kernel = np.where(
        distance <= 0.001 * width,
        1.0,
        np.where(distance <= 0.999 * width, _tricube(distance / np.where(width, width, 1)), 0.0),
    )
    robust = np.ones(n)
    fitted = y.astype(np.float64)
    for _ in range(4):
        weight = kernel * robust
        total = weight.sum(axis=1, keepdims=True)
        weight /= np.where(total > 0, total, 1.0)
        centre = (weight * x).sum(axis=1)
        offset = x[None, :] - centre[:, None]
        spread = (weight * offset**2).sum(axis=1)
        sloped = np.sqrt(spread) > 0.001 * (x[-1] - x[0])
        tilt = np.where(sloped, (x - centre) / np.where(sloped, spread, 1.0), 0.0)
        # Where the rounding of a perfect fit has left no weight, the point stands for itself.
        line = (weight * (1 + tilt[:, None] * offset) * y).sum(axis=1)
        fitted = np.where(total[:, 0] > 0, line, y)
        residual = np.abs(y - fitted)
        scale = 6 * np.median(residual)
        if scale < 1e-7 * residual.mean():
            break
        bisquare = (1 - np.minimum(residual / scale, 1) ** 2) ** 2 if scale > 0 else robust
        robust = np.where(residual <= 0.001 * scale, 1.0, bisquare)
        robust = np.where(residual > 0.999 * scale, 0.0, robust)
    return fitted
