"""The distinct rows of a design: samples that share one share their fitted value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """A design matrix and the cells its distinct rows make.

    Attributes
    ----------
    matrix
        Design, samples x coefficients.
    rows
        Its distinct rows in order of first appearance, cells x coefficients.
    cell
        Cell of each sample, an index into `rows`.
    size
        Number of samples in each cell.
    """

    matrix: Floats
    rows: Floats
    cell: NDArray[np.int64]
    size: NDArray[np.int64]

    @property
    def samples(self) -> int:
        """Number of samples."""
        return int(self.matrix.shape[0])

    @property
    def coefficients(self) -> int:
        """Number of columns of the design."""
        return int(self.matrix.shape[1])

    @property
    def saturated(self) -> bool:
        """Whether there are as many cells as coefficients: each cell has its own mean."""
        return len(self.rows) == self.coefficients

    @property
    def intercept_only(self) -> bool:
        """Whether the design is one column of ones."""
        return self.coefficients == 1 and bool((self.matrix == 1).all())

    @property
    def two_groups(self) -> bool:
        """Whether the design is an intercept and one two-level factor."""
        has_intercept = bool((self.matrix == 1).all(axis=0).any())
        return self.coefficients == 2 and len(self.rows) == 2 and has_intercept

    def in_cells_of(self, least: float) -> NDArray[np.bool_]:
        """Mark the samples whose cell has at least `least` samples."""
        marked: NDArray[np.bool_] = self.size[self.cell] >= least
        return marked

    def sum_cells(self, values: Floats) -> Floats:
        """Sum genes x samples over the samples of each cell, giving genes x cells."""
        if len(self.rows) == self.samples:
            return values[:, np.argsort(self.cell, kind="stable")]
        indicator = np.zeros((self.samples, len(self.rows)))
        indicator[np.arange(self.samples), self.cell] = 1.0
        total: Floats = values @ indicator
        return total


def lay_out(design: Floats) -> Layout:
    """Find the distinct rows of a design matrix.

    Raises
    ------
    ValueError
        If the design is not a finite samples x coefficients matrix of full column
        rank, or has no more samples than coefficients.
    """
    matrix = np.ascontiguousarray(design, dtype=np.float64)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ValueError("the design must be a finite samples x coefficients matrix")
    samples, coefficients = matrix.shape
    if np.linalg.matrix_rank(matrix) < coefficients:
        raise ValueError(
            f"the design has {coefficients} columns but rank {np.linalg.matrix_rank(matrix)}: "
            "some coefficients cannot be told apart"
        )
    if samples <= coefficients:
        raise ValueError(
            f"the design has {coefficients} coefficients for {samples} samples: no residual "
            "degree of freedom is left to estimate dispersion"
        )
    _, first, inverse = np.unique(matrix, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    cell = rank[inverse.reshape(-1)].astype(np.int64)
    size = np.bincount(cell, minlength=len(order)).astype(np.int64)
    return Layout(matrix, np.ascontiguousarray(matrix[np.sort(first)]), cell, size)
