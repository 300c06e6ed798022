"""The table of contrasts held against the sample sheet."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from diffpath.check.config import load_schema
from diffpath.check.samples import RESERVED
from diffpath.check.sheet import ROW, read_sheet
from diffpath.design import DesignError, formula_variables
from diffpath.findings import Findings
from diffpath.subset import SubsetError, select_rows


def check_contrasts(
    path: str, samples: pd.DataFrame, numeric: Sequence[str]
) -> tuple[pd.DataFrame, Findings]:
    """Read the contrasts (indexed by name) and check that each can be asked of the sheet."""
    table, findings = read_sheet(path, load_schema("contrasts"))
    if table.empty or samples.empty:
        return table, findings
    for name, rows in table.groupby("contrast", sort=True)[ROW]:
        if len(rows) > 1:
            findings.error(
                "contrast_twice",
                path,
                f"rows {', '.join(map(str, rows))}, column 'contrast'",
                found=f"'{name}' {len(rows)} times",
                expected="each contrast once",
                mend="rename the others",
            )
    pattern = load_schema("contrasts")["properties"]["contrast"]["pattern"]
    bad = ~table["contrast"].str.match(pattern) & (table["contrast"] != "")
    for _, row in table[bad].iterrows():
        findings.error(
            "contrast_name",
            path,
            f"row {row[ROW]}, column 'contrast'",
            found=f"'{row['contrast']}'",
            expected="letters, digits, '_', '-' and '.'; it names a folder",
            mend="rename the contrast",
        )
    columns = [name for name in samples.columns if name not in (*RESERVED, ROW)]
    for _, row in table.iterrows():
        if row["design"] and row["variable"] and row["test"] and row["reference"]:
            _check_row(row, samples[columns], samples[ROW], path, numeric, findings)
    return table.set_index("contrast", drop=False), findings


def _check_row(
    row: pd.Series,
    sheet: pd.DataFrame,
    lines: pd.Series,
    path: str,
    numeric: Sequence[str],
    findings: Findings,
) -> None:
    def place(column: str) -> str:
        return f"row {row[ROW]} (contrast '{row['contrast']}'), column '{column}'"

    known = f"columns of the sample sheet: {', '.join(sheet.columns)}"
    try:
        names = formula_variables(row["design"])
    except DesignError as error:
        findings.error(
            "formula",
            path,
            place("design"),
            found=str(error),
            expected="'~' and column names joined by + : * ( )",
            mend="rewrite the formula",
        )
        return
    absent = [name for name in dict.fromkeys([*names, row["variable"]]) if name not in sheet]
    for name in absent:
        near = get_close_matches(name, sheet.columns, 1)
        findings.error(
            "unknown_covariate",
            path,
            place("design" if name in names else "variable"),
            found=f"'{name}'",
            expected=known,
            mend=f"write '{near[0]}'" if near else "name a column of the sheet, or add it",
        )
    if absent:
        return
    try:
        kept = sheet[select_rows(sheet, row["subset"])]
    except SubsetError as error:
        findings.error(
            "subset",
            path,
            place("subset"),
            found=str(error),
            expected="comparisons of columns joined by and, or, not",
            mend="rewrite the subset",
        )
        return
    if row["variable"] not in names:
        findings.error(
            "variable_not_in_design",
            path,
            place("design"),
            found=f"'{row['design']}', which does not name '{row['variable']}'",
            expected="a formula with the variable that is compared",
            mend=f"add + {row['variable']}",
        )
    if row["variable"] in numeric:
        findings.error(
            "variable_numeric",
            path,
            place("variable"),
            found=f"'{row['variable']}', which the config lists as numeric",
            expected="a column of labels",
            mend="compare another column, or take this one off the numeric list",
        )
        return
    _check_levels(row, kept, path, place, findings)
    for name in names:
        empty = kept[name].isna() | (kept[name].astype(str) == "")
        if empty.any():
            rows = ", ".join(str(lines[sample]) for sample in kept.index[empty])
            findings.error(
                "covariate_missing",
                path,
                place("design"),
                found=f"'{name}' empty for samples {', '.join(kept.index[empty])} "
                f"(rows {rows} of the sample sheet)",
                expected="a value for every sample of the contrast",
                mend="fill the cells, exclude the samples, or take the column off the formula",
            )


def _check_levels(
    row: pd.Series, kept: pd.DataFrame, path: str, place: object, findings: Findings
) -> None:
    assert callable(place)
    levels = sorted(set(kept[row["variable"]]) - {""})
    if row["test"] == row["reference"]:
        findings.error(
            "test_is_reference",
            path,
            place("reference"),
            found=f"'{row['reference']}' on both sides",
            expected="two levels that differ",
            mend="correct test or reference",
        )
        return
    for side in ("test", "reference"):
        if row[side] not in levels:
            near = get_close_matches(row[side], levels, 1)
            what = "after the subset" if row["subset"] else "among the used samples"
            findings.error(
                "unknown_level",
                path,
                place(side),
                found=f"'{row[side]}', which no sample has in '{row['variable']}' {what}",
                expected=f"one of {', '.join(levels)}" if levels else "a level with samples",
                mend=f"write '{near[0]}'" if near else "correct the level or the subset",
            )
