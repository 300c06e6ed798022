"""CPU and memory of the theme tests' methods: python -m benchmarks.calibration.speed."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from diffpath.enrich.camera import estimate_correlation, run_camera, run_preranked
from diffpath.enrich.combine import join_keys
from diffpath.enrich.fry import run_fry
from diffpath.enrich.linear import rotate, weight_matrix
from diffpath.enrich.rotation import run_rotation
from diffpath.enrich.ulm import run_ulm

GENES, UNITS, SETS, SMALLEST, LARGEST = 20_000, 12, 10_000, 10, 200
ROTATIONS = 9_998
Answer = TypeVar("Answer")


def main() -> None:
    """Time every method on 10,000 sets of 10-200 of 20,000 genes in 12 units."""
    generator = np.random.default_rng(1)
    values = generator.normal(size=(UNITS, GENES))
    design = np.column_stack([np.ones(UNITS), np.arange(UNITS) % 2.0])
    sizes = generator.integers(SMALLEST, LARGEST + 1, SETS)
    members = [generator.choice(GENES, size, replace=False) for size in sizes]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = 0.0

    def clock(name: str, call: Callable[[], Answer]) -> Answer:
        nonlocal total
        start = time.process_time()
        answer = call()
        spent = time.process_time() - start
        total += spent
        print(f"{name:<42}{spent:8.2f} s CPU")
        return answer

    weights = clock("weights of all sets", lambda: weight_matrix(members, GENES))
    effects = clock("rotation of the units", lambda: rotate(values, design, np.array([0.0, 1.0])))
    stat = effects.contrast
    donor = clock(
        f"donor key, {ROTATIONS} rotations",
        lambda: run_rotation(effects, weights, rotations=ROTATIONS),
    )
    ulm = clock("specificity key (ULM)", lambda: run_ulm(stat, weights))
    clock("two keys", lambda: join_keys(donor.p, donor.t, ulm.p, ulm.t))
    clock("fry", lambda: run_fry(effects, weights))
    clock("camera, estimated correlation", lambda: run_camera(effects, weights))
    rho = clock("correlations", lambda: estimate_correlation(effects, weights))
    clock("cameraPR", lambda: run_preranked(stat, weights, np.maximum(rho, 0.0)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'all':<42}{total:8.2f} s CPU")
    print(f"peak memory {peak:.0f} MB ({before:.0f} MB of it imports and the input)")


if __name__ == "__main__":
    main()
