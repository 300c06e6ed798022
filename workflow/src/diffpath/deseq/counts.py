"""The counts of one fit together with what scales them and what explains them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq.layout import Layout

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Counts of the genes of one fit, gene after gene.

    Attributes
    ----------
    values
        Counts as floats, genes x samples.
    scale
        Size factors, 1 x samples, or one row a gene.
    layout
        The design and its cells.
    threads
        Threads the sums may use.
    """

    values: Floats
    scale: Floats
    layout: Layout
    threads: int = 1

    @cached_property
    def normalized(self) -> Floats:
        """Counts over size factors, genes x samples."""
        scaled: Floats = self.values / self.scale
        return scaled

    @property
    def genes(self) -> int:
        """Number of genes."""
        return int(self.values.shape[0])

    def every(self) -> Indices:
        """Index of every gene."""
        return np.arange(self.genes)

    def take(self, genes: NDArray[np.bool_] | Indices) -> Counts:
        """Return the same fit's counts for some genes only."""
        scale = self.scale if len(self.scale) == 1 else np.ascontiguousarray(self.scale[genes])
        values = np.ascontiguousarray(self.values[genes])
        return Counts(values, scale, self.layout, self.threads)
