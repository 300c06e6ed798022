"""The tables of a contrast as one spreadsheet file, typed so that no gene becomes a date."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from diffpath.report.model import ContrastReport
from diffpath.tables import (
    CLAIMS,
    CROSS_CHECK,
    CROSS_CHECK_THEMES,
    EXPLORATORY,
    FINDINGS,
    GSEA,
    LEAVE_ONE_OUT,
    ORA,
    RESULTS,
    THEME_GENES,
    THEME_SETS,
    THEME_VERDICTS,
    UNITS,
    Table,
    conform,
)

# A fixed date: the same tables give the same bytes.
CREATED = datetime.datetime(2000, 1, 1)


def write_workbook(report: ContrastReport, path: str | Path) -> None:
    """Write the tables of a contrast to an ``.xlsx``: a sheet a table and one that explains.

    Texts are written as texts, so that ``MARCH1`` stays a gene; numbers keep full
    precision; a missing value is an empty cell.
    """
    frames: list[tuple[str, Table, pd.DataFrame | None]] = [
        ("verdicts", THEME_VERDICTS, report.theme_verdicts),
        ("theme_sets", THEME_SETS, report.theme_sets),
        ("theme_genes", THEME_GENES, report.theme_genes),
        ("leave_one_out", LEAVE_ONE_OUT, report.leave_one_out),
        ("claims", CLAIMS, report.claims),
        ("genes", RESULTS, report.results),
        ("cross_check", CROSS_CHECK, report.cross_check),
        ("cross_check_themes", CROSS_CHECK_THEMES, report.cross_check_themes),
        ("exploratory", EXPLORATORY, report.exploratory),
        ("gsea", GSEA, report.gsea),
        ("ora", ORA, report.ora),
        ("units", UNITS, report.units),
        ("findings", FINDINGS, report.findings),
    ]
    # The options keep a text that looks like a number, a formula or a link a text.
    book = xlsxwriter.Workbook(
        str(path),
        {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False},
    )
    title = report.title + (" - SIMULATED DATA" if report.simulated else "")
    book.set_properties({"title": title, "subject": report.question, "created": CREATED})
    head = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("about")
    lines: list[list[str]] = [[title], [report.question], [""], ["sheet", "column", "meaning"]]
    lines += [
        [name, column.name, column.meaning]
        for name, table, frame in frames
        if frame is not None
        for column in table.columns
    ]
    for row, cells in enumerate(lines):
        for column_number, cell in enumerate(cells):
            sheet.write_string(row, column_number, cell, text)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 90)
    for name, table, frame in frames:
        if frame is not None:
            _write_sheet(book.add_worksheet(name), conform(frame, table), head, text)
    book.close()


def _write_sheet(sheet: Worksheet, frame: pd.DataFrame, head: Format, text: Format) -> None:
    for number, name in enumerate(frame.columns):
        sheet.write_string(0, number, str(name), head)
        values = frame[name]
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        for row, value in enumerate(values, 1):
            if pd.isna(value):
                continue
            if numeric:
                sheet.write_number(row, number, float(value))
            elif isinstance(value, bool) or pd.api.types.is_bool_dtype(values):
                sheet.write_boolean(row, number, bool(value))
            else:
                # A cell of a spreadsheet holds 32,767 characters; longer lists stay in the TSV.
                sheet.write_string(row, number, str(value)[:32_000], text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(frame), 1), max(frame.shape[1] - 1, 0))
    sheet.set_column(0, frame.shape[1], 16)
