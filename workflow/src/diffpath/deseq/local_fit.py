"""Local quadratic likelihood fit on an adaptive grid, for the local dispersion trend.

Reference: Loader 1999, Local Regression and Likelihood: nearest-neighbour bandwidth
of 70% of the points, tricube kernel, evaluated at the ends and halves of intervals
until none is long against its bandwidth, and blended by cubic Hermite polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.smooth import hermite

Floats = NDArray[np.float64]

NEAREST = 0.7
LONGEST = 0.8


@dataclass(frozen=True)
class LocalFit:
    """A fitted curve: vertices with values and slopes, and the curvature beyond the ends.

    The local fits are blended as departures from one quadratic through all points, so
    that beyond the ends the curve bends as that quadratic does.
    """

    vertices: Floats
    values: Floats
    slopes: Floats
    bend: float

    def __call__(self, x: Floats) -> Floats:
        """Read the curve at x."""
        inside = np.clip(x, self.vertices[0], self.vertices[-1])
        beyond = x - inside
        slope = np.where(beyond < 0, self.slopes[0], self.slopes[-1])
        curve = hermite(self.vertices, self.values, self.slopes, inside)
        result: Floats = curve + slope * beyond + self.bend * beyond**2
        return result


def fit_local(x: Floats, y: Floats, weights: Floats) -> LocalFit:
    """Fit y over x with prior weights; see the module."""
    near = int(len(x) * NEAREST + 1e-9)

    def at(vertex: float) -> tuple[float, float, float]:
        away = np.abs(x - vertex)
        width = np.partition(away, near - 1)[near - 1]
        root = np.sqrt((1 - np.minimum(away / width, 1.0) ** 3) ** 3 * weights)
        basis = np.column_stack([np.ones_like(x), x - vertex, (x - vertex) ** 2 / 2])
        answer = np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
        return float(answer[0]), float(answer[1]), float(width)

    low, high = float(x.min()), float(x.max())
    fitted: dict[float, tuple[float, float, float]] = {}
    waiting = [(low, high)]
    while waiting:
        left, right = waiting.pop()
        for vertex in (left, right):
            if vertex not in fitted:
                fitted[vertex] = at(vertex)
        if right - left > LONGEST * min(fitted[left][2], fitted[right][2]):
            middle = (left + right) / 2
            waiting += [(left, middle), (middle, right)]
    vertices = np.array(sorted(fitted))
    values = np.array([fitted[v][0] for v in vertices])
    slopes = np.array([fitted[v][1] for v in vertices])
    root = np.sqrt(weights)
    basis = np.vander(x - x.mean(), 3, increasing=True)
    whole = np.linalg.lstsq(basis * root[:, None], y * root, rcond=None)[0]
    return LocalFit(vertices, values, slopes, float(whole[2]))
