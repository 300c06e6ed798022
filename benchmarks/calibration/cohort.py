"""A count cohort to take random donors from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.subset import select_rows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cohort:
    """Counts of independent donors.

    Attributes
    ----------
    counts
        Samples × genes (by gene id).
    sheet
        The same samples × columns.
    donors
        Donor of each sample.
    symbols
        Symbol of each gene; a symbol of several ids stays with the most counted one.
    """

    counts: pd.DataFrame
    sheet: pd.DataFrame
    donors: pd.Series
    symbols: pd.Series

    def select(self, rows: NDArray[np.bool_]) -> Cohort:
        """Return the cohort with some of its samples."""
        return Cohort(self.counts[rows], self.sheet[rows], self.donors[rows], self.symbols)


def read_cohort(
    counts: Path,
    metadata: Path,
    annotation: Path,
    *,
    donor: str | None = None,
    where: str = "",
) -> Cohort:
    """Read genes × samples counts, the sample sheet and the symbols.

    Parameters
    ----------
    metadata
        Tab- or comma-separated, first column the sample.
    annotation
        Tab-separated with ``ensgene`` and ``symbol``.
    donor
        Column of the donor; the sample itself where there is none.
    where
        Subset expression over the columns of the sheet.
    """
    sheet = pd.read_csv(metadata, sep=None, engine="python", index_col=0, dtype=str)
    table = pd.read_csv(counts, sep=None, engine="python", index_col=0)
    table.index = table.index.astype(str).str.replace(r"\.\d+$", "", regex=True)
    table = table[~table.index.duplicated()]
    sheet = sheet.loc[[name for name in sheet.index if name in table.columns]]
    sheet = sheet[select_rows(sheet, where)]
    names = pd.read_csv(annotation, sep="\t", dtype=str).drop_duplicates("ensgene")
    symbols = names.set_index("ensgene")["symbol"].reindex(table.index)
    order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
    repeated = symbols.loc[order].duplicated()
    symbols = symbols.mask(repeated.reindex(table.index))
    donors = sheet[donor] if donor else pd.Series(sheet.index, sheet.index)
    return Cohort(table[sheet.index].T, sheet, donors, symbols)
