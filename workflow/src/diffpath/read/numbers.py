"""Cells of a matrix as numbers, and those that are none."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.layout import MISSING, Layout
from diffpath.read.wording import listed

# A rounded mantissa, as spreadsheets write large counts: 1.23E+05. R writes exact
# multiples as 1e+05, without a decimal point.
ROUNDED = re.compile(r"[-+]?\d[.,]\d+[eE]\+\d+")
THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+")
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?|[-+]?\d+,")


def read_numbers(
    frame: pd.DataFrame, layout: Layout, file: str, findings: Findings
) -> tuple[pd.DataFrame, list[tuple[int, int, str]]]:
    """Return rows × samples as numbers, and (row, column, text) of each cell that is none."""
    cells: list[tuple[int, int, str]] = []
    commas: list[str] = []
    out: dict[int, pd.Series] = {}
    for i in layout.samples:
        column = frame[i]
        if column.dtype == object or column.dtype == bool:
            text = column.where(column.isna(), column.astype(str).str.strip())
            given = text.notna() & ~text.isin(MISSING)
            if _has_decimal_comma(text[given]):
                commas.append(layout.names[i])
                text = text.str.replace(",", ".", regex=False)
            column = pd.to_numeric(text, errors="coerce").astype("float64")
            bad = frame.loc[given & column.isna(), i]
            cells += zip(bad.index.tolist(), [i] * len(bad), map(str, bad), strict=True)
        out[i] = as_integers(column)
    if commas:
        findings.note(
            "decimal_comma",
            file,
            f"{'column' if len(commas) == 1 else 'columns'} {listed(commas)}",
            values={"columns": cut(commas)},
            found="numbers with a decimal comma",
            expected="a decimal point",
            mend="nothing: the comma is read as a decimal point",
        )
    return pd.DataFrame(out, index=frame.index), cells


def _has_decimal_comma(text: pd.Series) -> bool:
    with_comma = text[text.str.contains(",", regex=False)]
    if with_comma.empty or not with_comma.str.fullmatch(DECIMAL_COMMA.pattern).all():
        return False
    return not with_comma.str.fullmatch(THOUSANDS.pattern).all()


def as_integers(column: pd.Series) -> pd.Series:
    """Return a column as int64 if all its values are whole, else as float64."""
    if column.dtype == np.int64:
        return column
    values = column.to_numpy(dtype=np.float64)
    # 2**53: beyond it neighbouring whole numbers are the same double.
    if np.isfinite(values).all() and (values == np.rint(values)).all():
        return column.astype("int64") if np.abs(values).max(initial=0) < 2**53 else column
    return column.astype("float64")


def find_rounded(
    data: bytes, layout: Layout, genes: NDArray[np.bool_]
) -> list[tuple[int, int, str]]:
    """Return (row, column, text) of the numbers whose last digits a spreadsheet cut off."""
    cells = []
    lines = [line for line in data.split(b"\n")[layout.header + 1 :] if line.strip()]
    for row, line in enumerate(lines):
        if not genes[row] or b"e+" not in line.lower():
            continue
        texts = line.decode("utf-8").replace('"', "").split(layout.delimiter)
        if len(texts) == len(layout.names):
            cells += [(row, i, texts[i]) for i in layout.samples if ROUNDED.fullmatch(texts[i])]
    return cells
