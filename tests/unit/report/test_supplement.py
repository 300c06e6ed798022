"""The workbook and the figures that go with a paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from diffpath.report.figures import list_figures, write_figures
from diffpath.report.model import ContrastReport
from diffpath.report.workbook import write_workbook


def test_workbook_holds_the_tables_with_their_types(report: ContrastReport, tmp_path: Path) -> None:
    assert report.results is not None
    results = report.results.copy()
    odd = ["1-Mar", "=1+1", "http://example.org", "2023-03-01"]
    results.loc[:3, "symbol"] = odd
    results.loc[4, "biotype"] = "x" * 40_000
    path = tmp_path / "a.xlsx"
    write_workbook(replace(report, results=results), path)
    book = openpyxl.load_workbook(path)
    sheet = book["genes"]
    assert [cell.value for cell in sheet[1]] == list(results.columns)
    for row, expected in enumerate(odd, 2):
        cell = sheet.cell(row, 2)
        assert (cell.value, cell.data_type, cell.number_format) == (expected, "s", "@")
        assert cell.hyperlink is None
    for row, padj in enumerate(results["padj"], 2):
        value = sheet.cell(row, 9).value
        assert value is None if padj != padj else value == pytest.approx(padj, rel=1e-15)
    assert 32_000 <= len(sheet.cell(6, 3).value) <= 32_767
    outlier = list(report.units.columns).index("outlier") + 1
    assert book["units"].cell(2, outlier).value is False
    assert "SIMULATED DATA" in book["about"]["A1"].value


def test_workbook_bytes_are_the_same(report: ContrastReport, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(report, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def _names(report: ContrastReport) -> set[str]:
    return {name for name, _ in list_figures(report)}


def test_figures_are_written_in_both_widths_and_both_forms(
    report: ContrastReport, tmp_path: Path
) -> None:
    few = replace(report, results=None, distances=None, biotypes=None, associations=None)
    names = {"library_sizes", "components", "scree"}
    assert _names(few) == names
    paths = write_figures(few, tmp_path)
    assert {p.name for p in paths} == {
        f"{name}.{width}mm.{kind}"
        for name in names for width in (90, 180) for kind in ("svg", "pdf")
    }  # fmt: skip
    assert all("SIMULATED DATA" in p.read_text() for p in paths if p.suffix == ".svg")


def test_every_theme_has_its_figures(report: ContrastReport) -> None:
    names = _names(report)
    assert {"volcano", "ma", "pvalues", "dispersion", "distances", "biotypes"} <= names
    for theme in report.themes:
        kinds = ("scores", "sets", "leave_one_out", "heatmap")
        assert {f"{theme.name}.{kind}" for kind in kinds} <= names
    assert "inflammation.running_sum.NFKB_TARGETS" in names


def test_figures_without_data_are_left_out(report: ContrastReport) -> None:
    names = _names(replace(report, components=None, theme_scores=None, theme_sets=None))
    assert "components" not in names
    assert "volcano" in names
    assert not any(name.endswith((".scores", ".sets")) for name in names)
