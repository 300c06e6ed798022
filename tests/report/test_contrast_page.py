"""The page of a contrast, in Chromium, from a file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page

from diffpath.enrich.gsea import leading_edge, running_score
from diffpath.report.contrast import render_contrast
from diffpath.report.format import format_log2, format_p
from diffpath.report.model import ContrastReport

SECTIONS = (
    "overview design qc genes themes collections panels methods findings provenance"
)  # fmt: skip


@pytest.fixture(scope="module")
def report(factory: ModuleType) -> ContrastReport:
    made: ContrastReport = factory.make_report(n_genes=700, broad=20)
    return made


@pytest.fixture(scope="module")
def html(report: ContrastReport) -> str:
    return render_contrast(report)


def _wait_gene(page: Page, gene_id: str) -> None:
    page.wait_for_selector(f"#gene-card[data-gene='{gene_id}']")


def _gene(report: ContrastReport, symbol: str) -> pd.Series:
    assert report.results is not None
    row: pd.Series = report.results.set_index("symbol").loc[symbol]
    return row


def test_every_section_opens_without_error_or_request(
    html: str, open_html: Callable[..., Any]
) -> None:
    opened = open_html(html)
    opened.go("overview")
    for section in SECTIONS.split():
        page = opened.turn(section)
        page.wait_for_selector(f"section#{section}:not(.off)")
        assert page.locator("main > section:not(.off)").count() == 1
        drawn = page.locator(f"section#{section} [data-plot]:visible")
        for i in range(drawn.count()):
            assert drawn.nth(i).get_attribute("data-drawn") == "true"
    assert opened.complaints == []
    assert opened.outside() == []


def test_first_screen_needs_no_script(html: str, open_html: Callable[..., Any]) -> None:
    opened = open_html(html, java_script_enabled=False)
    opened.page.goto(opened.path.as_uri())
    text = opened.page.locator("#overview").inner_text()
    assert "Do Werner syndrome mesenchymal stem cells differ" in text
    assert "8 donors: 4 WS, 4 control (16 libraries" in text
    for answer in ("Theme genes higher in WS", "No evidence of a change", "Part of the theme"):
        assert answer in text
    assert "WS1_c1 (XIST 41.0, Y genes 0.1 CPM)" in text
    assert opened.page.locator("#overview svg.dots circle").count() == 3 * 8


def test_find_a_gene_and_see_its_numbers(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    opened = open_html(html)
    page = opened.go()
    page.fill("#find", "cdkn2")
    page.wait_for_selector("#found li:has-text('CDKN2A')")
    page.keyboard.press("Enter")
    row = _gene(report, "CDKN2A")
    _wait_gene(page, row["gene_id"])
    assert page.locator("#gene-card h3").inner_text() == "CDKN2A"
    value = page.locator("#gene-card [data-value='log2FoldChange']").inner_text()
    assert value.startswith(format_log2(row["log2FoldChange"]))
    assert page.locator("#gene-card [data-value='padj']").inner_text() == format_p(row["padj"])
    assert f"g={row['gene_id']}" in page.url
    assert report.expression is not None
    page.wait_for_selector("#gene-card .plot[data-drawn]")
    drawn = page.evaluate(
        "() => Object.fromEntries(document.querySelector('#gene-card .plot').data"
        ".flatMap(t => (t.text || []).map((u, i) => [u, t.y[i]])))"
    )
    expected = report.expression[row["gene_id"]]
    assert set(drawn) == set(expected.index)
    for unit, value in drawn.items():
        assert value == pytest.approx(expected[unit], abs=0.0051)
    page.wait_for_selector("#gene-card .sets li:has-text('Senescence core')")


def test_a_click_on_a_point_opens_the_gene(html: str, open_html: Callable[..., Any]) -> None:
    page = open_html(html).go("genes")
    page.wait_for_selector("[data-plot=volcano][data-drawn]")
    at = page.evaluate(
        """() => {
          const gd = document.querySelector('[data-plot=volcano]');
          const trace = gd.data.find((t) => t.name === 'up');
          const k = trace.y.indexOf(Math.max(...trace.y));
          const { xaxis, yaxis } = gd._fullLayout, box = gd.getBoundingClientRect();
          return { x: box.left + xaxis._offset + xaxis.l2p(trace.x[k]),
                   y: box.top + yaxis._offset + yaxis.l2p(trace.y[k]),
                   id: DP.genes.ids[trace.customdata[k]] };
        }"""
    )
    page.mouse.move(at["x"] - 1, at["y"])
    page.mouse.move(at["x"], at["y"], steps=4)
    page.wait_for_selector("[data-plot=volcano] .hoverlayer .hovertext")
    page.mouse.down()
    page.mouse.up()
    _wait_gene(page, at["id"])


def test_sort_filter_and_download_equal_the_table(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    assert report.results is not None
    page = open_html(html).go("genes")
    page.wait_for_selector("#gene-table tbody tr")
    first = page.locator("#gene-table tbody tr").first.locator("td").first
    assert first.inner_text() == report.results.sort_values("pvalue")["symbol"].iloc[0]
    page.locator("#gene-table th:has-text('base mean')").click()
    page.locator("#gene-table th:has-text('base mean')").click()
    by_mean = report.results.sort_values("baseMean", ascending=False)["symbol"].iloc[0]
    page.wait_for_function(
        "name => document.querySelector('#gene-table tbody td').textContent === name", arg=by_mean
    )
    page.fill("[data-filter=padj]", "0.05")
    with page.expect_download() as waited:
        page.click("#genes-tsv")
    assert waited.value.suggested_filename == "SIMULATED_WS_vs_control_genes.tsv"
    got = pd.read_csv(waited.value.path(), sep="\t").set_index("gene_id")
    want = report.results[report.results["padj"] <= 0.05].set_index("gene_id")
    assert set(got.index) == set(want.index)
    for name in ("baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj", "max_cooks"):
        np.testing.assert_allclose(got[name], want.loc[got.index, name], rtol=1e-5)
    assert got["symbol"].tolist() == want.loc[got.index, "symbol"].tolist()


def test_missing_values_sort_last_and_say_why(html: str, open_html: Callable[..., Any]) -> None:
    page = open_html(html).go("genes")
    page.wait_for_selector("#gene-table tbody tr")
    for _ in range(2):
        assert "–" not in page.locator("#gene-table tbody tr").first.inner_text().split("\t")[8]
        page.locator("#gene-table th:has-text('padj')").click()
    page.fill("#gene-table_wrapper input[type=search]", "no count in any unit")
    page.fill("#gene-table_wrapper input[type=search]", "all_zero")
    page.wait_for_function(
        "() => document.querySelector('#gene-table tbody').textContent.includes('no count in any')"
    )


def test_a_shared_link_restores_the_view(html: str, open_html: Callable[..., Any]) -> None:
    opened = open_html(html)
    page = opened.go("genes")
    page.wait_for_selector("#gene-table tbody tr")
    page.fill("[data-filter=list]", "IL1B, IL6 ensg00000000014")
    page.locator("#gene-table tbody tr", has_text="IL6").click()
    page.wait_for_selector("#gene-card[data-gene]")
    link = page.url.split("#", 1)[1]
    page = opened.go(link)
    page.wait_for_selector("#gene-table tbody tr")
    assert page.locator("#gene-card h3").inner_text() == "IL6"
    page.wait_for_function("() => document.querySelectorAll('#gene-table tbody tr').length === 3")
    assert page.input_value("[data-filter=list]") == "IL1B, IL6 ensg00000000014"


def test_language_switch_reaches_text_tables_and_figures(
    html: str, open_html: Callable[..., Any]
) -> None:
    opened = open_html(html)
    page = opened.go("genes")
    page.wait_for_selector("#gene-table tbody tr")
    page.click("#language")
    page.wait_for_function(
        "() => document.querySelector('#gene-table thead').textContent.includes('遺伝子ID')"
    )
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.locator("nav a[href='#genes']").inner_text() == "遺伝子"
    axis = "document.querySelector('[data-plot=volcano]').layout.xaxis.title.text"
    page.wait_for_function(f"() => {axis}.includes('log2変化量')")
    assert page.get_attribute("#find", "placeholder") == "遺伝子を検索（記号またはID）"
    assert (
        opened.go("overview")
        .locator(".answer .badge")
        .first.inner_text()
        .endswith("WSでテーマ遺伝子が高い")
    )
    assert opened.complaints == []


def test_static_tables_hold_the_exact_numbers(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    page = open_html(html).go()
    tables: dict[str, list[dict[str, str]]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('table.data')]
          .filter((t) => t.tHead && t.tHead.rows[0].cells[0].dataset.name)
          .map((t) => [t.id, [...t.tBodies[0].rows].map((r) => Object.fromEntries(
            [...r.cells].map((c, i) => [t.tHead.rows[0].cells[i].dataset.name,
              c.dataset.order ?? c.textContent])))]))"""
    )
    assert report.theme_sets is not None
    assert report.gsea is not None
    assert report.sample_qc is not None
    for identity, frame in (
        ("units", report.units),
        ("sample-qc", report.sample_qc),
        ("theme-sets-1", report.theme_sets[report.theme_sets["theme"] == "inflammation"]),
        ("theme-gsea-2", report.gsea[report.gsea["collection"] == "calcium"]),
    ):
        rows = tables[identity]
        assert len(rows) == len(frame)
        for shown, (_, row) in zip(rows, frame.iterrows(), strict=True):
            for name, text in shown.items():
                if isinstance(row[name], (float, np.floating, int, np.integer)) and not isinstance(
                    row[name], (bool, np.bool_)
                ):
                    assert float(text) == row[name]
    upright = {row["name"]: row["value"] for row in tables["verdict-1"]}
    assert report.theme_verdicts is not None
    assert float(upright["p_holm"]) == report.theme_verdicts["p_holm"].iloc[0]


def test_running_sum_and_leading_edge_are_those_of_the_enrichment(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    page = open_html(html).go("themes?t=inflammation&set=IL1_RESPONSE")
    page.wait_for_selector(".set-card[data-set=IL1_RESPONSE] .plot[data-drawn]")
    assert report.results is not None
    ranked = report.results.dropna(subset=["symbol", "pvalue"]).sort_values(
        ["stat", "symbol"], ascending=[False, True]
    )
    genes = set(report.gene_sets["inflammation"]["IL1_RESPONSE"].genes)
    hits = np.flatnonzero(ranked["symbol"].isin(genes))
    values = ranked["stat"].to_numpy(dtype=float)
    edge = ranked["symbol"].to_numpy()[leading_edge(values, hits)].tolist()
    shown = page.locator(".set-card[data-set=IL1_RESPONSE] p.links").first.inner_text()
    assert shown.split(", ") == edge
    curve = page.evaluate("document.querySelector('.set-card .plot').data[0].y")
    expected = running_score(values, hits).ravel()
    np.testing.assert_allclose(curve[1:-1], expected, atol=1e-4)


def test_collections_table_opens_a_set(
    html: str, report: ContrastReport, open_html: Callable[..., Any]
) -> None:
    opened = open_html(html)
    page = opened.go("collections?c=reactome")
    page.wait_for_selector("#collection-table tbody a")
    link = page.locator("#collection-table tbody a").first
    name = link.inner_text()
    link.click()
    page.wait_for_selector(f"#collection-set[data-set='{name}'] .plot[data-drawn]")
    assert report.gsea is not None
    row = report.gsea.set_index("gene_set").loc[name]
    assert format_p(row["pvalue"]) in page.locator("#collection-set").inner_text()
    assert opened.complaints == []


def test_print_draws_tabs_that_were_never_opened(html: str, open_html: Callable[..., Any]) -> None:
    opened = open_html(html, color_scheme="dark")
    page = opened.go("overview")
    page.wait_for_selector("body[data-warm]", state="attached")
    # Chromium prints what stands when the handlers of `beforeprint` have returned.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("main > section:visible").count() == len(SECTIONS.split())
    assert page.locator("main .theme:visible").count() == 3
    plots = page.locator("[data-plot]")
    assert plots.count() > 20
    for i in range(plots.count()):
        assert plots.nth(i).get_attribute("data-drawn") == "true", plots.nth(i)
        assert plots.nth(i).bounding_box()["width"] <= 720
    assert page.locator(".theme .set-card .plot[data-drawn]").count() == 3
    for table in ("#gene-table", "#theme-genes-3", "#collection-table"):
        assert page.locator(f"{table} tbody tr").count() > 3
    assert page.evaluate("document.documentElement.className") == "js printing"
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main > section:visible").count() == 1
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert opened.complaints == []


def test_a_saved_pdf_holds_every_tab(html: str, open_html: Callable[..., Any]) -> None:
    page = open_html(html).go("overview")
    page.wait_for_selector("body[data-warm]", state="attached")
    data = page.pdf(format="A4")
    assert data[:5] == b"%PDF-"
    # Thirty-odd pages with every tab; the first screen alone takes two.
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") > 20


@pytest.mark.parametrize("width", [360, 1280])
def test_no_sideways_scrolling(html: str, width: int, open_html: Callable[..., Any]) -> None:
    opened = open_html(html, viewport={"width": width, "height": 800}, color_scheme="dark")
    opened.go("overview")
    for section in SECTIONS.split():
        page = opened.turn(section)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, section
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_keyboard_alone_reaches_a_gene(html: str, open_html: Callable[..., Any]) -> None:
    page = open_html(html).go("")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("LMNB1")
    page.wait_for_selector("#found li[aria-selected=true]:has-text('LMNB1')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#gene-card:has-text('LMNB1')")


def test_script_and_page_round_p_alike(html: str, open_html: Callable[..., Any]) -> None:
    values = [0.0496, 0.04999, 0.05, 0.0503, 0.1004, 0.00998, 0.32, 0.001, 3e-7, 0.999, 2.2e-308]
    shown = open_html(html).go().evaluate("values => values.map(DP.p)", values)
    assert shown == [format_p(value) for value in values]
    assert shown[:4] == ["0.0496", "0.04999", "0.05", "0.0503"]


def test_tested_coefficients_are_those_with_a_weight(
    report: ContrastReport, html: str, open_html: Callable[..., Any]
) -> None:
    assert report.contrast_vector is not None
    weighed = report.contrast_vector[report.contrast_vector != 0]
    assert 0 < len(weighed) < len(report.contrast_vector)
    page = open_html(html).go("design")
    shown = page.locator("#contrast-vector tbody td:first-child").all_inner_texts()
    assert shown == list(weighed.index)
    assert "not listed has weight 0" in page.locator("#design").inner_text()


def test_badges_of_a_row_keep_their_own_height(open_html: Callable[..., Any], html: str) -> None:
    page = open_html(html).go()
    page.locator(".answer .badge").first.evaluate(
        "node => { node.textContent = 'long '.repeat(20); }"
    )
    heights = page.locator(".answer .badge").evaluate_all(
        "nodes => nodes.map((n) => n.offsetHeight)"
    )
    assert heights[0] > 1.5 * max(heights[1:])


def test_page_data_is_strict_json(html: str) -> None:
    start = html.index('id="meta">') + len('id="meta">')
    meta = json.loads(html[start : html.index("</script>", start)])
    assert meta["units"]["unit"] == [f"WS{i}" for i in (1, 2, 3, 4)] + [
        f"CT{i}" for i in (1, 2, 3, 4)
    ]
    assert io.StringIO(html).read(15) == "<!DOCTYPE html>"
