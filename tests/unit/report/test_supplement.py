"""The workbook and the figures that go with a paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from diffpath.report import ContrastReport, write_figures, write_workbook
from diffpath.report.figures import list_figures
from diffpath.report.workbook import CELL_LIMIT


def test_workbook_holds_the_tables_with_their_types(report: ContrastReport, tmp_path: Path) -> None:
    assert report.results is not None
    results = report.results.copy()
    results.loc[:3, "symbol"] = ["1-Mar", "=1+1", "http://example.org", "2023-03-01"]
    results.loc[4, "biotype"] = "x" * 40_000
    path = tmp_path / "a.xlsx"
    write_workbook(replace(report, results=results), path)
    book = openpyxl.load_workbook(path)
    sheet = book["results"]
    assert [cell.value for cell in sheet[1]] == list(results.columns)
    for row, expected in enumerate(results.itertuples(index=False), 2):
        symbol, value = sheet.cell(row, 2), sheet.cell(row, 9)
        if row < 6:
            assert symbol.value == expected.symbol
            assert symbol.data_type == "s"
            assert symbol.number_format == "@"
            assert symbol.hyperlink is None
        assert value.value == pytest.approx(expected.padj, rel=1e-15, nan_ok=True) or (
            value.value is None and expected.padj != expected.padj
        )
    assert len(sheet.cell(6, 3).value) == CELL_LIMIT
    assert book["units"]["G2"].value is False
    assert book["read me"]["A1"].value.startswith("SIMULATED DATA, WS-MSC")
    assert book["methods"]["A1"].value.startswith("We compared WS with control")


def test_workbook_bytes_are_the_same(report: ContrastReport, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(report, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_figures_are_written_in_both_widths_and_both_forms(
    report: ContrastReport, tmp_path: Path
) -> None:
    few = replace(report, results=None, themes=report.themes[:1], distances=None, biotypes=None,
                  associations=None, leave_one_out=None)  # fmt: skip
    names = {"library_sizes", "components", "scree", "scores.inflammation", "forest.inflammation"}
    assert set(list_figures(few)) == names
    paths = write_figures(few, tmp_path)
    assert {p.name for p in paths} == {
        f"{name}.{width}mm.{kind}"
        for name in names for width in (90, 180) for kind in ("svg", "pdf")
    }  # fmt: skip
    assert all("SIMULATED DATA" in p.read_text() for p in paths if p.suffix == ".svg")


def test_every_set_and_theme_has_its_figure(report: ContrastReport) -> None:
    names = set(list_figures(report))
    for theme in report.themes:
        assert {f"{kind}.{theme.name}" for kind in ("scores", "forest", "heatmap")} <= names
        for gene_set in report.gene_sets[theme.name]:
            assert f"running_sum.{theme.name}.{gene_set}" in names


def test_figures_without_data_are_left_out(report: ContrastReport) -> None:
    bare = replace(report, components=None, results=None, theme_scores=None, theme_sets=None)
    names = set(list_figures(bare))
    assert "volcano" not in names
    assert "components" not in names
    assert "library_sizes" in names
    assert not any(name.startswith(("scores", "forest", "heatmap")) for name in names)
