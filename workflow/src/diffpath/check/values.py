"""Values of a matrix as read: raw counts, or something that only looks like them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.matrix import CountTable
from diffpath.read.numbers import ROUNDED
from diffpath.read.wording import counted, listed

# Sums of TPM and CPM columns are a million but for rounding and left-out genes.
MILLION = 1e6
SUM_TOLERANCE = 0.01
# Rounding TPM to whole numbers moves the sum by a few percent at most.
ROUNDED_TOLERANCE = 0.02
# log2 of the largest count of a deep library (10 million reads in one gene) is 23.
LARGEST_LOG = 30
# Whole numbers are exact doubles up to here.
EXACT = 2.0**53
Mask = NDArray[np.bool_]

RAW = "raw counts: whole numbers, 0 or more"


def check_values(table: CountTable) -> Findings:
    """Check that the values of a table are raw counts.

    Parameters
    ----------
    table
        Genes × samples as `read_counts` returns it.

    Returns
    -------
    Findings
        Errors: text in cells, rounded numbers in scientific notation, missing values, values
        too large to be exact, negative values, TPM or CPM (a column with decimals that sums to
        1,000,000 within 1%), log values (decimals and no value above 30), other values with
        decimals, and samples without a count. Warning: whole numbers whose columns all sum to
        1,000,000 within 2%.
    """
    findings = Findings()
    counts = table.counts
    if counts.empty:
        return findings
    cells = table.cells[table.cells["sample"].isin(counts.columns)]
    _check_cells(table, cells, findings)
    values = counts.to_numpy(dtype=np.float64)
    text = np.zeros(values.shape, dtype=bool)
    texts = cells[~cells["text"].map(_is_rounded).astype(bool)]
    rows = counts.index.get_indexer(pd.Index(texts["gene_id"]))
    text[rows, counts.columns.get_indexer(pd.Index(texts["sample"]))] = True
    _check_missing(table, np.isnan(values) & ~text, findings)
    infinite = np.abs(values) > EXACT
    if infinite.any():
        findings.error(
            "huge_values",
            table.file,
            _first(table, infinite),
            found=f"{counted(int(infinite.sum()), 'value')} beyond {EXACT:.0e}",
            expected=RAW,
            mend="give the raw counts",
        )
    values = np.where(np.isnan(values) | infinite, 0.0, values)
    decimals = values != np.rint(values)
    log = decimals.any(axis=0) & (values.max(axis=0) < LARGEST_LOG)
    negative = (values < 0) & ~log
    if negative.any():
        findings.error(
            "negative_values",
            table.file,
            _first(table, negative),
            found=f"{counted(int(negative.sum()), 'negative value')} in "
            f"{_samples(table, negative)}, the lowest {values.min():g}",
            expected=RAW,
            mend="give the raw counts, not log ratios, centred or batch-corrected values",
        )
    _check_scale(table, values, decimals, log, findings)
    empty = np.asarray((counts == 0).to_numpy().all(axis=0), dtype=np.bool_)
    if empty.any():
        findings.error(
            "empty_samples",
            table.file,
            "",
            found=f"no count in {_samples(table, empty)}",
            expected="counts in every sample",
            mend="count the sample again, or exclude it in the sample sheet with a reason",
        )
    return findings


def _is_rounded(text: str) -> bool:
    return ROUNDED.fullmatch(text) is not None


def _check_cells(table: CountTable, cells: pd.DataFrame, findings: Findings) -> None:
    rounded = cells["text"].map(_is_rounded).astype(bool)
    for chosen, code, what, mend in (
        (
            cells[~rounded],
            "text_in_cells",
            "cell that is no number",
            "write plain numbers, without thousands separators or units",
        ),
        (
            cells[rounded],
            "rounded_numbers",
            "number in scientific notation with its last digits lost",
            "export the counts again with all digits, not through a spreadsheet",
        ),
    ):
        if len(chosen):
            first = chosen.iloc[0]
            number = len(chosen)
            noun = what if number == 1 else what.replace("cell that is no", "cells that are no")
            noun = noun if number == 1 else noun.replace("number in", "numbers in")
            noun = noun.replace("its last", "its last" if number == 1 else "their last")
            findings.error(
                code,
                table.file,
                f"sample {first['sample']}, gene {first['gene_id']}",
                found=f"{number:,} {noun}: {listed(map(repr, chosen['text'].unique()))}",
                expected=RAW,
                mend=mend,
            )


def _check_missing(table: CountTable, missing: Mask, findings: Findings) -> None:
    if missing.any():
        findings.error(
            "missing_values",
            table.file,
            _first(table, missing),
            found=f"{counted(int(missing.sum()), 'missing value')} in {_samples(table, missing)}",
            expected="a count for every gene in every sample",
            mend="write 0 only where a gene was counted and had no read; leave out genes that "
            "were not counted in all samples",
        )


def _check_scale(
    table: CountTable,
    values: NDArray[np.float64],
    decimals: Mask,
    log: Mask,
    findings: Findings,
) -> None:
    sums = values.sum(axis=0)
    off = np.abs(sums / MILLION - 1)
    fraction = np.asarray(decimals.any(axis=0), dtype=np.bool_)
    tpm = fraction & (off < SUM_TOLERANCE)
    for chosen, code, what, mend in (
        (
            tpm,
            "tpm_values",
            "values with decimals that sum to 1,000,000 per sample, as TPM or CPM do",
            "give the raw counts; they cannot be had back from TPM or CPM",
        ),
        (
            log & ~tpm,
            "log_values",
            f"values with decimals, none above {LARGEST_LOG}, as logarithms are",
            "give the raw counts; logarithms are taken later where they are needed",
        ),
        (
            fraction & ~tpm & ~log,
            "decimal_values",
            "values with decimals",
            "give the raw counts; round a quantifier's estimated counts after summing "
            "transcripts per gene; FPKM and normalized values cannot be used",
        ),
    ):
        if chosen.any():
            part = decimals & chosen
            findings.error(
                code,
                table.file,
                _first(table, part),
                found=f"{what}, in {_samples(table, chosen)} (here {_example(values, part)})",
                expected=RAW,
                mend=mend,
            )
    whole = ~fraction & (off < ROUNDED_TOLERANCE)
    if whole.all() and len(whole) > 1:
        findings.warning(
            "million_sums",
            table.file,
            "",
            values={
                "n": int(whole.sum()),
                "total": len(whole),
                "samples": cut(table.counts.columns[whole]),
            },
            found=f"whole numbers that sum to about 1,000,000 in {_samples(table, whole)}",
            expected="raw counts, whose sums differ from sample to sample",
            mend="make sure that these are not rounded TPM or CPM",
        )


def _position(table: CountTable, where: Mask) -> tuple[int, int]:
    column = int(np.flatnonzero(where.any(axis=0))[0])
    return int(np.flatnonzero(where[:, column])[0]), column


def _first(table: CountTable, where: Mask) -> str:
    row, column = _position(table, where)
    return f"sample {table.counts.columns[column]}, gene {table.counts.index[row]}"


def _example(values: NDArray[np.float64], where: Mask) -> str:
    column = int(np.flatnonzero(where.any(axis=0))[0])
    return f"{values[np.flatnonzero(where[:, column])[0], column]:g}"


def _samples(table: CountTable, where: Mask) -> str:
    """Name the samples chosen, or those with any of the genes × samples chosen."""
    where = np.asarray(np.atleast_2d(where).any(axis=0), dtype=np.bool_)
    names = listed(table.counts.columns[where])
    if where.sum() == 1:
        return f"sample {names}"
    return f"{int(where.sum()):,} of {len(where):,} samples ({names})"
