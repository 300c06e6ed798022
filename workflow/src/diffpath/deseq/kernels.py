"""Choice between the compiled and the plain sums, and their division among threads.

Every kernel works on a list of genes (`index`, rows of the full arrays) and fills
its output arrays; what is one value a *listed* gene (`log_alpha`, `beta`, `value`)
has the length of the list. Arrays are genes x samples here, so that one gene's
counts lie together; `level` is genes x cells (see `layout`), and a gene's mean in
a sample is ``max(level * scale, floor)``, with `scale` one row for all genes or one
row a gene.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from diffpath.compiled import choose_kernels
from diffpath.deseq import kernels_numpy

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# Temporaries of the plain path are kept to about this many values: 0.5 MB each.
BLOCK = 1 << 16


def _compiled() -> ModuleType:
    from diffpath.deseq import kernels_numba

    return kernels_numba


@cache
def _kernels() -> ModuleType:
    return choose_kernels(_compiled, kernels_numpy)


def compiled() -> bool:
    """Whether the compiled kernels are in use."""
    return _kernels() is not kernels_numpy


def _over_genes(genes: int, samples: int, threads: int, work: Callable[[slice], None]) -> None:
    if compiled():
        blocks = max(1, min(4 * threads, genes // 256)) if threads > 1 else 1
    else:
        blocks = max(1, -(-genes * samples // BLOCK))
    edges = np.linspace(0, genes, blocks + 1).astype(int)
    parts = [slice(a, b) for a, b in pairwise(edges) if b > a]
    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, parts))


def profile(
    index: Indices,
    counts: Floats,
    scale: Floats,
    level: Floats,
    cell: Indices,
    rows: Floats,
    log_alpha: Floats,
    floor: float,
    threads: int = 1,
) -> tuple[Floats, Floats]:
    """Evaluate the Cox-Reid adjusted profile likelihood of the dispersion.

    Parameters
    ----------
    index
        Genes to evaluate.
    counts, scale
        Counts and size factors (one row, or one a gene), genes x samples.
    level
        Fitted normalized means, genes x cells, of all genes.
    cell, rows
        Cell of each sample and the cells' design rows.
    log_alpha
        Natural logarithm of the dispersion of each listed gene.
    floor
        Least mean of a count.

    Returns
    -------
    tuple of NDArray
        Log likelihood less half the log determinant of X'WX, without the terms that
        depend on counts alone (see `left_out`), and its slope in the log dispersion.
    """
    value = np.empty(len(index))
    slope = np.empty(len(index))

    def work(part: slice) -> None:
        _kernels().profile(
            index[part], counts, scale, level, cell, rows, log_alpha[part], floor,
            value[part], slope[part],
        )  # fmt: skip

    _over_genes(len(index), len(cell), threads, work)
    return value, slope


def left_out(counts: Floats) -> Floats:
    """Give what to add to `profile` for the likelihood that DESeq2's paper writes.

    Counts of 10 and more enter `profile` without a term -y: their sum may be 1e8, and its
    rounding would decide whether a step of the search gained the 1e-6 that it must.
    """
    total: Floats = -np.where(counts >= kernels_numpy.SMALL, counts, 0.0).sum(axis=1)
    return total


def likelihood_constant(index: Indices, counts: Floats, alpha: Floats, threads: int = 1) -> Floats:
    """Sum the part of the negative-binomial log likelihood that no mean enters.

    That is log Γ(y + 1/α) − log Γ(1/α) + y log α − log y!, over a gene's samples.
    """
    value = np.empty(len(index))

    def work(part: slice) -> None:
        _kernels().likelihood_constant(index[part], counts, alpha[part], value[part])

    _over_genes(len(index), counts.shape[1], threads, work)
    return value


def likelihood_mean(
    index: Indices,
    counts: Floats,
    scale: Floats,
    level: Floats,
    cell: Indices,
    alpha: Floats,
    floor: float,
    threads: int = 1,
) -> Floats:
    """Sum the part of the log likelihood that the mean enters: y log µ − (y + 1/α) log(1 + αµ).

    Here `level` has one row a listed gene.
    """
    value = np.empty(len(index))

    def work(part: slice) -> None:
        _kernels().likelihood_mean(
            index[part], counts, scale, level[part], cell, alpha[part], floor, value[part]
        )

    _over_genes(len(index), len(cell), threads, work)
    return value


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
    threads: int = 1,
) -> Floats:
    """Take one step of iteratively reweighted least squares on the natural log scale.

    Here `level`, `alpha` and `beta` have one row a listed gene; `level` must be
    exp(rows beta). The step's coefficients are returned, nan where X'WX is singular.
    """
    new = beta.copy()

    def work(part: slice) -> None:
        _kernels().reweigh(
            index[part], counts, scale, level[part], cell, rows, alpha[part], floor, ridge,
            new[part],
        )  # fmt: skip

    _over_genes(len(index), len(cell), threads, work)
    return new
