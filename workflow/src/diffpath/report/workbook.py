"""The supplementary workbook: typed columns, and names no spreadsheet turns into dates."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from diffpath import tables
from diffpath.report.methods import write_methods
from diffpath.report.model import ContrastReport
from diffpath.tables import Table

SHEETS: tuple[tuple[str, Table], ...] = (
    ("theme_verdicts", tables.THEME_VERDICTS),
    ("theme_sets", tables.THEME_SETS),
    ("theme_genes", tables.THEME_GENES),
    ("results", tables.RESULTS),
    ("gsea", tables.GSEA),
    ("ora", tables.ORA),
    ("exploratory", tables.EXPLORATORY),
    ("coverage", tables.COVERAGE),
    ("leave_one_out", tables.LEAVE_ONE_OUT),
    ("units", tables.UNITS),
    ("sample_qc", tables.SAMPLE_QC),
    ("findings", tables.FINDINGS),
)
CELL_LIMIT = 32_767  # characters a cell of a spreadsheet holds
ROW_LIMIT = 1_048_575


def write_workbook(report: ContrastReport, path: str | Path) -> None:
    """Write the tables of a contrast as one ``.xlsx``, the same bytes for the same report.

    The first sheet says what each sheet and column holds. Texts are written as texts and
    never as formulas or links; numbers as numbers; truth values as truth values. A text
    longer than a cell holds is cut and ends in "…"; the written table has all of it.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": False}
    book = xlsxwriter.Workbook(str(path), options)
    # The file's own time stamps would make two runs differ.
    book.set_properties({"created": datetime(2000, 1, 1), "title": _title(report)})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    given = [(name, table, getattr(report, name)) for name, table in SHEETS]
    kept = [(name, table, frame) for name, table, frame in given if frame is not None]
    about = book.add_worksheet("read me")
    for name, table, frame in kept:
        _write_sheet(book.add_worksheet(name), frame.head(ROW_LIMIT), table, formats)
    methods = book.add_worksheet("methods")
    methods.set_column(0, 0, 110, formats["wrap"])
    for row, line in enumerate(write_methods(report).splitlines()):
        methods.write_string(row, 0, line)
    _write_about(about, report, kept, formats)
    book.close()


def _title(report: ContrastReport) -> str:
    label = "SIMULATED DATA, " if report.simulated else ""
    return f"{label}{report.title}: {report.contrast['contrast']}"


def _write_about(sheet: Any, report: ContrastReport, kept: list[Any], formats: Any) -> None:
    sheet.set_column(0, 1, 26)
    sheet.set_column(2, 2, 90, formats["wrap"])
    sheet.write_string(0, 0, _title(report), formats["head"])
    sheet.write_string(1, 0, report.question)
    row = 3
    for column, word in enumerate(("sheet", "column", "meaning")):
        sheet.write_string(row, column, word, formats["head"])
    for name, table, _ in kept:
        for column in table.columns:
            row += 1
            for at, text in enumerate((name, column.name, column.meaning)):
                sheet.write_string(row, at, text)


def _write_sheet(sheet: Any, frame: pd.DataFrame, table: Table, formats: Any) -> None:
    types = {column.name: column.dtype for column in table.columns}
    sheet.freeze_panes(1, 1)
    for at, name in enumerate(frame.columns):
        text = types.get(name, "str") == "str"
        sheet.set_column(at, at, 18 if text else 12, formats["text"] if text else None)
        sheet.write_string(0, at, str(name), formats["head"])
        for row, value in enumerate(frame[name].tolist(), 1):
            _write_cell(sheet, row, at, value, formats["text"])
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write_cell(sheet: Any, row: int, at: int, value: Any, text: Any) -> None:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, at, value)
    else:
        shown = str(value)
        if len(shown) > CELL_LIMIT:
            shown = shown[: CELL_LIMIT - 1] + "…"
        sheet.write_string(row, at, shown, text)
