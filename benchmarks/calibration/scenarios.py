"""Comparisons with a known answer, made of real counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.calibration.cohort import Cohort
from diffpath.gene_sets import Collection, GeneSet

Generator = np.random.Generator
Sizes = tuple[int, int]  # donors in the test and in the reference group

PLANTED_SHARE, PLANTED_FOLD = 0.3, 1.5
OUTLIER_SHARE, OUTLIER_FOLD = 0.6, 4.0
INTRACLASS, CLONES = 0.8, 3


@dataclass(frozen=True)
class Split:
    """A comparison to be fitted: counts (units × genes), test units, and what was planted."""

    counts: pd.DataFrame
    test: NDArray[np.bool_]
    theme: str | None = None


def split_null(cohort: Cohort, sizes: Sizes, generator: Generator) -> Split:
    """Draw donors for a test and a reference group of these sizes."""
    drawn = generator.permutation(len(cohort.counts))[: sum(sizes)]
    return Split(cohort.counts.iloc[drawn], np.arange(sum(sizes)) < sizes[0])


def plant_change(cohort: Cohort, sizes: Sizes, theme: Collection, generator: Generator) -> Split:
    """Raise 30% of a theme's expressed genes by half in the test group of a null split."""
    split = split_null(cohort, sizes, generator)
    genes = _draw_genes(cohort, split, theme, PLANTED_SHARE, generator)
    return Split(_scale(split.counts, split.test, genes, PLANTED_FOLD, generator), split.test,
                 theme.name)  # fmt: skip


def spoil_sample(cohort: Cohort, sizes: Sizes, theme: Collection, generator: Generator) -> Split:
    """Raise 60% of a theme's expressed genes fourfold in one test sample of a null split."""
    split = split_null(cohort, sizes, generator)
    genes = _draw_genes(cohort, split, theme, OUTLIER_SHARE, generator)
    one = np.arange(len(split.test)) == 0
    return Split(_scale(split.counts, one, genes, OUTLIER_FOLD, generator), split.test, theme.name)


def nest_clones(cohort: Cohort, sizes: Sizes, generator: Generator) -> tuple[Split, Split]:
    """Return a null split with three clones a donor as samples, and with them summed per donor.

    A clone is its donor's profile moved by another, unused donor's deviation from the
    cohort's mean, scaled so that donors make up 80% of the variance between clones; the
    genes' correlation is thereby that of real donors. Counts are Poisson around it.
    """
    split = split_null(cohort, sizes, generator)
    logs = np.log2(cohort.counts.to_numpy() + 0.5)
    logs -= logs.mean(axis=1, keepdims=True)
    deviation = logs - logs.mean(axis=0)
    unused = np.flatnonzero(~cohort.counts.index.isin(split.counts.index))
    scale = np.sqrt((1 - INTRACLASS) / INTRACLASS)
    clones, sums = [], []
    for row in split.counts.to_numpy():
        movers = generator.choice(unused, CLONES, replace=False)
        moved = row * 2.0 ** (scale * deviation[movers])
        moved *= row.sum() / moved.sum(axis=1, keepdims=True)
        drawn = generator.poisson(moved)
        clones.append(drawn)
        sums.append(drawn.sum(axis=0))
    columns = split.counts.columns
    return (
        Split(pd.DataFrame(np.vstack(clones), columns=columns), np.repeat(split.test, CLONES)),
        Split(pd.DataFrame(np.array(sums), columns=columns), split.test),
    )


def draw_random_sets(symbols: list[str], sizes: list[int], generator: Generator) -> Collection:
    """Return sets of random tested genes."""
    sets = tuple(
        GeneSet(f"R{i:03d}", tuple(sorted(generator.choice(symbols, size, replace=False))))
        for i, size in enumerate(sizes)
    )
    return Collection("random", "random sets", sets, "")


def pair_donors(
    cohort: Cohort, column: str, test: str, reference: str, n: int, generator: Generator
) -> tuple[Split, list[str]]:
    """Return n donors' paired samples of two conditions, and the donor of each."""
    sides = []
    for level in (test, reference):
        chosen = cohort.donors[cohort.sheet[column] == level]
        sides.append(dict(zip(chosen, chosen.index, strict=True)))
    both = sorted(set(sides[0]) & set(sides[1]))
    drawn = sorted(generator.permutation(both)[:n])
    names = [side[donor] for side in sides for donor in drawn]
    return Split(cohort.counts.loc[names], np.arange(len(names)) < len(drawn)), drawn * 2


def _draw_genes(
    cohort: Cohort, split: Split, theme: Collection, share: float, generator: Generator
) -> NDArray[np.intp]:
    smaller = min(split.test.sum(), (~split.test).sum())
    counted = (split.counts.to_numpy() >= 10).sum(axis=0) >= smaller
    named = cohort.symbols.reindex(split.counts.columns).isin(theme.symbols).to_numpy()
    there = np.flatnonzero(counted & named)
    signs = {s: set_.sign for set_ in theme.sets for s in set_.genes}
    positive = cohort.symbols.iloc[there].map(signs).to_numpy() > 0
    there = there[positive]
    return generator.choice(there, round(share * len(there)), replace=False)


def _scale(
    counts: pd.DataFrame,
    rows: NDArray[np.bool_],
    genes: NDArray[np.intp],
    fold: float,
    generator: Generator,
) -> pd.DataFrame:
    # Poisson noise on what is added, so that scaled counts are not multiples.
    out = counts.to_numpy().copy()
    where = np.ix_(np.flatnonzero(rows), genes)
    out[where] += generator.poisson((fold - 1) * out[where])
    return pd.DataFrame(out, counts.index, counts.columns)
