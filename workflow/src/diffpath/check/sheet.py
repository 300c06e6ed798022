"""Tab-separated sheets that users write, read strictly: nothing is guessed or dropped."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd

from diffpath.check.config import describe
from diffpath.findings import Findings

ROW = "_row"


def read_sheet(path: str | Path, schema: dict[str, Any]) -> tuple[pd.DataFrame, Findings]:
    """Read a sheet as text, with the line of each row in the column `ROW`.

    Empty lines and lines that start with ``#`` are passed over. Columns the
    schema names but the sheet lacks are added empty if they are optional.

    Returns
    -------
    tuple
        Rows × columns (text), and an error per fault; the frame is empty where
        the header cannot be used.
    """
    findings = Findings()
    file = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        findings.error(
            "sheet_missing",
            file,
            found="a folder" if isinstance(error, IsADirectoryError) else "no such file",
            expected="a tab-separated table",
            mend="write it, or correct its path in the config",
        )
        return pd.DataFrame(), findings
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(10) + 1  # line feeds before it
        findings.error(
            "sheet_encoding",
            file,
            f"row {row}",
            found="a byte that is not UTF-8",
            expected="UTF-8 text",
            mend="save the table as UTF-8 text",
        )
        return pd.DataFrame(), findings
    rows = _split(text, file, findings)
    if findings.errors:
        return pd.DataFrame(), findings
    if not rows:
        findings.error(
            "sheet_empty",
            file,
            found="no line",
            expected="a header line and at least one row",
            mend="write the table",
        )
        return pd.DataFrame(), findings
    header = rows[0][1]
    if not _check_header(header, schema, file, findings):
        return pd.DataFrame(), findings
    if len(rows) == 1:
        findings.error(
            "sheet_no_rows",
            file,
            found="a header and no row",
            expected="at least one row",
            mend="add the rows",
        )
    kept = []
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            findings.error(
                "sheet_ragged",
                file,
                f"row {number}",
                found=f"{len(cells)} fields",
                expected=f"{len(header)}, as in the header",
                mend="separate fields by one tab each, also around empty fields",
            )
            continue
        for name, cell in zip(header, cells, strict=True):
            if cell != cell.strip():
                findings.error(
                    "sheet_space",
                    file,
                    f"row {number}, column '{name}'",
                    found=f"{cell!r}, with a space at its edge",
                    expected=repr(cell.strip()),
                    mend="delete the space",
                )
        kept.append([number, *cells])
    frame = pd.DataFrame(kept, columns=[ROW, *header], dtype=object)
    for name in schema["properties"]:
        if name not in frame.columns:
            frame[name] = ""
    for name in schema["required"]:
        _check_cells(frame, name, schema["properties"][name], file, findings)
    return frame, findings


def _split(text: str, file: str, findings: Findings) -> list[tuple[int, list[str]]]:
    """Return the cells of each line that holds any, with its number; a quote ends in its line."""
    rows = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            cells = next(csv.reader([line], delimiter="\t", strict=True))
        except csv.Error:
            findings.error(
                "sheet_quote",
                file,
                f"row {number}",
                found="a cell that begins with a quotation mark and is not closed by one",
                expected="text without quotation marks, or a whole cell between two",
                mend="delete the mark, and any line break within the cell",
            )
            continue
        if any(cell.strip() for cell in cells):
            rows.append((number, cells))
    return rows


def _check_header(header: list[str], schema: dict[str, Any], file: str, findings: Findings) -> bool:
    faults = len(findings.errors)
    if len(header) == 1 and ("," in header[0] or ";" in header[0]):
        findings.error(
            "sheet_delimiter",
            file,
            "row 1",
            found="one column, with commas or semicolons in its name",
            expected="columns separated by tabs",
            mend="save the table as tab-separated text",
        )
        return False
    for name in schema["required"]:
        if name not in header:
            findings.error(
                "sheet_missing_column",
                file,
                f"column '{name}'",
                found=f"columns {', '.join(header)}",
                expected=describe(schema["properties"][name]),
                mend="add the column",
            )
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            findings.error(
                "sheet_double_column",
                file,
                f"column '{name}'",
                found=f"{header.count(name)} columns of that name",
                expected="one",
                mend="rename or delete the others",
            )
        known = schema.get("additionalProperties") is not False or name in schema["properties"]
        if not known:
            findings.error(
                "sheet_unknown_column",
                file,
                f"column '{name}'",
                found="a column that does not exist",
                expected=f"columns {', '.join(schema['properties'])}",
                mend="delete or rename it",
            )
        elif not (name.isidentifier() and name.isascii()):
            findings.error(
                "sheet_column_name",
                file,
                f"column '{name}'",
                found="a name that a formula cannot hold",
                expected="letters, digits and underscores, not starting with a digit",
                mend="rename the column",
            )
    return len(findings.errors) == faults


def _check_cells(
    frame: pd.DataFrame, name: str, schema: dict[str, Any], file: str, findings: Findings
) -> None:
    for row in frame.loc[frame[name] == "", ROW]:
        findings.error(
            "sheet_empty_cell",
            file,
            f"row {row}, column '{name}'",
            found="nothing",
            expected=describe(schema),
            mend="fill the cell",
        )
