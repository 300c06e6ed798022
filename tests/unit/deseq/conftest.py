"""One simulated data set for the tests of the fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray


@dataclass(frozen=True)
class Simulated:
    """Counts (samples x genes), design, and the changes they were drawn with."""

    counts: NDArray[np.int64]
    design: NDArray[np.float64]
    change: NDArray[np.float64]
    depth: NDArray[np.float64]


def simulate(samples: int = 12, genes: int = 600, seed: int = 5) -> Simulated:
    random = np.random.default_rng(seed)
    mean = np.exp(random.normal(4.5, 1.5, genes))
    change = np.where(np.arange(genes) % 5 == 0, random.normal(0, 2, genes), 0.0)
    depth = np.exp(random.normal(0, 0.3, samples))
    group = np.repeat([0, 1], samples // 2)
    batch = np.arange(samples) % 2
    dispersion = (0.05 + 2 / mean) * np.exp(random.normal(0, 0.5, genes))
    expected = mean * depth[:, None] * 2.0 ** (group[:, None] * change + 0.3 * batch[:, None])
    counts = random.negative_binomial(1 / dispersion, 1 / (1 + dispersion * expected))
    counts[:, 7] = 0
    design = np.column_stack([np.ones(samples), batch, group]).astype(float)
    return Simulated(counts.astype(np.int64), design, change, depth)


@pytest.fixture(scope="session")
def simulated() -> Simulated:
    return simulate()
