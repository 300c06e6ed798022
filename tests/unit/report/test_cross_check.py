"""What the page, the methods and the workbook say of the other engine."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from diffpath.cross_check import count_calls
from diffpath.report.contrast import render_contrast
from diffpath.report.cross_check import describe_cross_check, list_differing, name_engines
from diffpath.report.methods import write_methods
from diffpath.report.model import ContrastReport
from diffpath.report.workbook import write_workbook


def said(report: ContrastReport) -> str:
    found = describe_cross_check(report)
    assert found is not None
    return str(found.seen.en.unescape())


def change(report: ContrastReport, **columns: Any) -> ContrastReport:
    assert report.cross_check is not None
    return replace(report, cross_check=report.cross_check.assign(**columns))


def test_the_sentence_counts_what_the_table_holds(report: ContrastReport) -> None:
    genes = report.cross_check
    assert genes is not None
    ours, theirs = genes["padj"] < 0.05, genes["padj_check"] < 0.05
    found = describe_cross_check(report)
    assert found is not None
    text = found.seen.en.unescape()
    assert (
        f"Of {(ours | theirs).sum()} genes that diffpath 0.1.0 or pydeseq2 0.5.4 calls at "
        f"padj < 0.05, {(ours ^ theirs).sum()} are called by one alone: {(ours & ~theirs).sum()} "
        f"by diffpath 0.1.0, {(theirs & ~ours).sum()} by pydeseq2 0.5.4."
    ) in text
    assert re.search(r"Theme genes among those \(\d+\): [^.]*\bIL6\b", text)
    assert found.meaning is not None
    assert "none hangs on the engine" in found.meaning.en
    assert found.calls is not None
    assert found.calls["n_called"].sum() == (ours | theirs).sum()
    # The gene whose padj the other engine filters away.
    assert found.calls["n_without_padj"].tolist()[1:] == [1, 0]
    assert found.n_differing == (ours ^ theirs).sum() > 1


def test_differing_genes_say_theme_and_reason(report: ContrastReport) -> None:
    assert report.cross_check is not None
    table = list_differing(report)
    assert set(table["gene_id"]) == set(report.cross_check.query("differs")["gene_id"])
    by_symbol = table.set_index("symbol")
    assert by_symbol.loc["IL6", "themes"] == "Inflammation and SASP"
    assert by_symbol.loc["IL6", "padj_check"] == 0.21
    filtered = table[table["padj_check"].isna()]
    assert filtered["missing"].tolist() == ["independent_filtering"]
    smallest = table[["padj", "padj_check"]].min(axis=1)
    assert smallest.is_monotonic_increasing


def test_both_languages_carry_the_same_numbers(report: ContrastReport) -> None:
    found = describe_cross_check(report)
    assert found is not None

    def numbers(text: str) -> Counter[str]:
        return Counter(re.findall(r"\d+(?:\.\d+)*", text))

    assert numbers(found.seen.en) == numbers(found.seen.ja)


def test_agreement_without_a_difference_is_said(report: ContrastReport) -> None:
    assert report.cross_check is not None
    same = change(report, padj_check=report.cross_check["padj"], differs=False)
    n = int((report.cross_check["padj"] < 0.05).sum())
    assert f"call the same {n} genes at padj < 0.05" in said(same)
    assert "heme gene" not in said(same)
    none = change(report, padj=0.9, padj_check=0.9, differs=False)
    assert said(none).startswith("Neither diffpath 0.1.0 nor pydeseq2 0.5.4 calls a gene")


def test_no_theme_gene_among_them_is_said(report: ContrastReport) -> None:
    assert report.cross_check is not None
    symbols = report.cross_check["symbol"].where(~report.cross_check["differs"], "OTHER")
    assert "No theme gene is among those." in said(change(report, symbol=symbols))


def test_a_verdict_that_hangs_on_the_engine_is_named(report: ContrastReport) -> None:
    assert report.cross_check_themes is not None
    themes = report.cross_check_themes.copy()
    themes.loc[1, "verdict_check"], themes.loc[1, "differs"] = "higher", True
    found = describe_cross_check(replace(report, cross_check_themes=themes))
    assert found is not None
    assert found.meaning is not None
    assert f"would be another for {themes.loc[1, 'title']}." in found.meaning.en
    assert found.themes is not None
    assert found.themes.loc[1, "verdict_check"].en == "Theme genes higher in WS"
    weak = replace(report, status={"status": "exploratory", "reasons": []})
    found = describe_cross_check(weak)
    assert found is not None
    assert found.meaning is not None
    assert "no theme has a confirmatory verdict" in found.meaning.en


def test_a_fit_that_failed_is_said(report: ContrastReport) -> None:
    status = {"fitted": False, "reason": "the fit broke down", "engine": "pydeseq2 0.5.4"}
    empty = {f"{name}_check": np.nan for name in ("log2FoldChange", "lfcSE", "pvalue", "padj")}
    failed = replace(change(report, differs=False, **empty), cross_check_status=status)
    assert said(failed) == (
        "pydeseq2 0.5.4 could not fit this contrast, so there is nothing to compare: "
        "the fit broke down"
    )
    assert 'id="cross-seen"' in render_contrast(failed)
    assert 'id="cross-calls"' not in render_contrast(failed)
    assert "cross-check" not in write_methods(failed)
    ours = replace(report, status={"status": "failed", "reasons": ["rank deficient"]})
    assert said(ours).startswith("diffpath 0.1.0 could not fit this contrast")


def test_without_a_check_the_page_says_how_to_make_one(report: ContrastReport) -> None:
    off = replace(report, cross_check=None, cross_check_themes=None, cross_check_status=None)
    assert describe_cross_check(off) is None
    html = render_contrast(off)
    assert "No cross-check by another engine was made" in html
    assert "“cross_check: true” under “differ” in the config" in html
    assert "cross-check" not in write_methods(off)
    assert name_engines(off)["check"] == ""


def test_methods_and_workbook_have_it(report: ContrastReport, tmp_path: Path) -> None:
    genes = report.cross_check
    assert genes is not None
    calls = count_calls(genes, 0.05)
    text = write_methods(report)
    assert (
        f"of {calls['either']} genes that either called at an adjusted p below 0.05, "
        f"{calls['results'] + calls['check']} were called by one alone. "
        "Judged on its genes, the verdict of no theme was another."
    ) in text
    assert re.search(r"were fitted by pydeseq2 0\.5\.4 \[\d+, 1\]", text)
    write_workbook(report, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [cell.value for cell in book["cross_check"][1]] == list(genes.columns)
    assert book["cross_check"].max_row == len(genes) + 1
    assert book["cross_check_themes"].max_row == 4


@pytest.mark.parametrize("engine", ["diffpath 0.1.0", "pydeseq2 0.5.4"])
def test_the_page_names_the_engine(report: ContrastReport, engine: str) -> None:
    versions = {**report.provenance["versions"], "engine": engine}
    page = render_contrast(
        replace(report, provenance={**report.provenance, "versions": versions})
    )  # fmt: skip
    assert f"<td>engine</td><td>{engine}</td>" in page
