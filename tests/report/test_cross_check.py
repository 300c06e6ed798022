"""The section of the other engine, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.report.contrast import render_contrast
from diffpath.report.cross_check import list_differing
from diffpath.report.format import format_p
from diffpath.report.model import ContrastReport


@pytest.fixture(scope="module")
def report(factory: ModuleType) -> ContrastReport:
    made: ContrastReport = factory.make_report(n_genes=700, broad=5)
    return made


@pytest.fixture(scope="module")
def html(report: ContrastReport) -> str:
    return render_contrast(report)


def test_genes_are_found_and_lead_to_their_card(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    opened = open_html(html)
    page = opened.go("methods")
    page.wait_for_selector("#cross-genes tbody tr")
    want = list_differing(report)
    assert f"{len(want)} are called by one alone" in page.locator("#cross-seen").inner_text()
    assert page.locator("#cross-genes tbody tr").count() == min(15, len(want))
    first = page.locator("#cross-genes tbody tr").first.locator("td").all_inner_texts()
    assert first[0] == want["symbol"].iloc[0]
    assert first[6:8] == [format_p(want["padj"].iloc[0]), format_p(want["padj_check"].iloc[0])]
    page.fill("#cross-genes_wrapper input[type=search]", "Inflammation")
    shown = page.locator("#cross-genes tbody tr")
    page.wait_for_function("() => document.querySelector('#cross-genes tbody').rows.length < 9")
    themed = want[want["themes"].fillna("").str.contains("Inflammation")]
    assert shown.count() == len(themed) >= 1
    shown.filter(has_text="IL6").locator("a").click()
    page.wait_for_selector("#gene-card:has-text('IL6')")
    assert opened.complaints == []


def test_download_holds_the_shown_genes(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    page = open_html(html).go("methods")
    page.wait_for_selector("#cross-genes tbody tr")
    with page.expect_download() as waited:
        page.click("#cross-genes-tsv")
    assert waited.value.suggested_filename == "SIMULATED_WS_vs_control_cross_check.tsv"
    got = pd.read_csv(waited.value.path(), sep="\t")
    want = list_differing(report)
    assert got["gene_id"].tolist() == want["gene_id"].tolist()
    for name in ("log2FoldChange_check", "lfcSE", "pvalue_check", "padj", "padj_check"):
        np.testing.assert_allclose(got[name], want[name], rtol=1e-5)
    with page.expect_download() as waited:
        page.click("[data-download=cross-agreement]")
    table = pd.read_csv(waited.value.path(), sep="\t")
    assert table["name"].tolist() == ["log2FoldChange", "lfcSE", "pvalue", "padj"]


def test_the_language_reaches_the_table(html: str, open_html: Callable[..., Any]) -> None:
    opened = open_html(html)
    page = opened.go("methods")
    page.wait_for_selector("#cross-genes tbody tr")
    assert "mean too low" in page.locator("#cross-genes").inner_text()
    page.click("#language")
    page.wait_for_function(
        "() => document.querySelector('#cross-genes thead').textContent.includes('照合')"
    )
    assert "別の実装による照合" in page.locator("#cross-check").inner_text()
    assert opened.complaints == []
