"""Pages at the edges: hostile names, failed fits, few donors, nothing significant, no themes."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.report.contrast import render_contrast
from diffpath.report.dots import draw_upset
from diffpath.report.index import correlate_contrasts, render_index
from diffpath.report.model import Collection, ContrastReport, GeneSet
from diffpath.tables import RESULTS, conform

EVIL = "<script>window.hit=1</script>"
CLOSE = "</style></script><img src=x onerror=window.hit=2>"
QUOTES = "\"'`&amp;<b>%{x}${1}{{7*7}}"


def _hostile(report: ContrastReport) -> ContrastReport:
    assert report.results is not None
    assert report.expression is not None
    assert report.design_matrix is not None
    results = report.results.copy()
    results.loc[0, "symbol"] = EVIL
    results.loc[1, "symbol"] = QUOTES
    results.loc[2, ["symbol", "biotype"]] = CLOSE
    names = dict(zip(report.units["unit"], report.units["unit"], strict=True))
    names |= {"WS1": EVIL, "WS2": QUOTES, "CT1": CLOSE}
    units = report.units.replace(names)
    units["samples"] = units["samples"] + QUOTES
    assert report.cross_check is not None
    cross_check = report.cross_check.copy()
    cross_check.loc[0, "symbol"] = EVIL
    cross_check.loc[0, "padj_check"] = 0.9
    cross_check.loc[0, "differs"] = True
    assert report.theme_scores is not None
    assert report.components is not None
    assert report.distances is not None
    sets = {
        "inflammation": {EVIL: GeneSet([EVIL, "IL6", QUOTES], CLOSE, 1, QUOTES)},
        **{k: v for k, v in report.gene_sets.items() if k != "inflammation"},
    }
    findings = report.findings.copy()
    findings.loc[0, ["found", "place"]] = [EVIL, CLOSE]
    return replace(
        report,
        title=f"{EVIL}{QUOTES}",
        question=f"Is {CLOSE} {QUOTES}?",
        contrast={**report.contrast, "test": EVIL, "reference": QUOTES, "note": CLOSE},
        units=units,
        results=results,
        cross_check=cross_check,
        expression=report.expression.rename(index=names),
        design_matrix=report.design_matrix.rename(index=names, columns={"Intercept": EVIL}),
        theme_scores=report.theme_scores.replace(names),
        components=report.components.replace(names),
        distances=report.distances.replace(names),
        findings=findings,
        gene_sets=sets,
        themes=[Collection("inflammation", CLOSE), *report.themes[1:]],
    )


def test_hostile_names_show_as_text(factory: ModuleType, open_html: Callable[..., Any]) -> None:
    report = _hostile(factory.make_report(n_genes=400, broad=5))
    opened = open_html(render_contrast(report))
    page = opened.go("overview")
    assert page.title() == f"SIMULATED DATA · WS_vs_control · {EVIL}{QUOTES}"
    assert page.locator("h2.question").inner_text() == f"Is {CLOSE} {QUOTES}?"
    for section in [
        "design",
        "qc",
        "genes",
        "themes",
        "collections",
        "panels",
        "methods",
        "findings",
    ]:
        opened.turn(section)
    page.fill("#find", "<scr")
    page.wait_for_selector("#found li b")
    assert page.locator("#found li b").first.inner_text() == EVIL
    page.keyboard.press("Enter")
    page.wait_for_selector("#gene-card[data-gene=ENSG00000000000] .plot[data-drawn]")
    assert page.locator("#gene-card h3").inner_text() == EVIL
    ticks = page.locator("#gene-card .plot .xtick").all_text_contents()
    assert EVIL in ticks
    assert page.evaluate("window.hit") is None
    assert page.locator("main img").count() == 0
    assert opened.complaints == []
    assert opened.outside() == []


@pytest.mark.parametrize("part", [EVIL, CLOSE, "<img src=x"])
def test_no_name_reaches_the_source_as_markup(factory: ModuleType, part: str) -> None:
    report = _hostile(factory.make_report(n_genes=100, broad=3))
    text = render_contrast(report)
    assert part not in text
    assert html_module.escape(EVIL, quote=False) in text


def _open_all(open_html: Callable[..., Any], html: str, sections: str) -> Any:
    opened = open_html(html)
    opened.go("overview")
    for section in sections.split():
        opened.turn(section)
    assert opened.complaints == []
    return opened


EVERY = "design qc genes themes collections panels methods findings provenance overview"


def test_nothing_significant_is_not_called_unchanged(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    report = factory.make_report(n_genes=300, broad=5)
    results = report.results.assign(
        padj=report.results["padj"].where(report.results["padj"].isna(), 0.9)
    )
    opened = _open_all(open_html, render_contrast(replace(report, results=results)), EVERY)
    text = opened.page.locator("#overview").inner_text()
    assert "none differs at an adjusted p below 0.05. That is not proof of equality." in text
    assert "unchanged" not in text


def test_a_failed_fit_still_describes(factory: ModuleType, open_html: Callable[..., Any]) -> None:
    report = factory.make_report(n_genes=300, broad=5)
    results = report.results.copy()
    results[RESULTS.names[4:-1]] = np.nan
    results["reason"] = "not_fitted"
    empty = {
        name: getattr(report, name).iloc[:0]
        for name in ("coverage", "gsea", "ora", "exploratory", "theme_sets", "theme_genes",
                     "theme_scores", "theme_overlap", "leave_one_out", "claims")
    }  # fmt: skip
    verdicts = report.theme_verdicts.assign(verdict="refused", reason="the design is confounded")
    verdicts[["p_holm", "p_donor", "p_ulm", "effect", "detectable_effect", "loo_max_p"]] = np.nan
    failed = replace(
        report,
        results=conform(results, RESULTS),
        status={"status": "failed", "reasons": ["the design matrix is rank deficient: a = b"]},
        theme_verdicts=verdicts,
        design_matrix=None,
        contrast_vector=None,
        **empty,
    )
    opened = _open_all(open_html, render_contrast(failed), EVERY)
    text = opened.page.locator("#overview").inner_text()
    assert "the design matrix is rank deficient: a = b" in text
    assert text.count("Verdict refused") == 3
    assert "No gene could be tested in this contrast." in text


def test_without_verdicts_the_first_screen_carries_the_caveat(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    report = factory.make_report(n_genes=300, broad=5)
    names = ("theme_verdicts", "theme_sets", "theme_genes", "theme_scores", "theme_overlap",
             "leave_one_out", "claims", "exploratory")  # fmt: skip
    bare = replace(report, **dict.fromkeys(names))
    opened = _open_all(open_html, render_contrast(bare), EVERY)
    text = opened.page.locator("#overview").inner_text()
    assert "They do not account for variation between donors" in text
    assert "tested theme genes" in text


def test_two_donors_and_missing_symbols(factory: ModuleType, open_html: Callable[..., Any]) -> None:
    report = factory.make_report(n_genes=300, per_group=1, broad=5)
    results = report.results.assign(symbol=None)
    status = {"status": "exploratory", "reasons": ["one donor in a group"]}
    html = render_contrast(replace(report, results=conform(results, RESULTS), status=status))
    opened = _open_all(open_html, html, EVERY)
    text = opened.page.locator("#overview").inner_text()
    assert "2 donors: 1 WS, 1 control" in text
    assert "Exploratory only" in text
    page = opened.turn("genes")
    page.wait_for_selector("#gene-table tbody tr")
    assert page.locator("#gene-table tbody tr td").first.inner_text() == "–"


def test_paired_donors_are_counted_once(factory: ModuleType) -> None:
    report = factory.make_report(n_genes=100, broad=3)
    units = report.units.assign(donor=["d1", "d2", "d3", "d4"] * 2)
    text = render_contrast(replace(report, units=units))
    assert "4 donors, each in both WS and control (16 libraries" in text


def test_changes_since_the_last_run_stand_on_the_first_screen(factory: ModuleType) -> None:
    report = factory.make_report(n_genes=100, broad=3)
    assert "What changed since the last run" not in render_contrast(report)
    changes = pd.DataFrame([("genes higher", "12", "<15>")], columns=["what", "before", "after"])
    text = render_contrast(replace(report, changes=changes))
    assert "What changed since the last run" in text
    assert "<td>12</td><td>&lt;15&gt;</td>" in text


def test_real_data_carry_no_simulated_label(factory: ModuleType) -> None:
    report = factory.make_report(n_genes=100, broad=3)
    real = replace(report, cohort={**report.cohort, "simulated": False})
    shown = render_contrast(real)
    assert 'class="simulated"' not in shown
    assert "<title>WS_vs_control" in shown
    assert 'class="simulated"' in render_contrast(report)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_index_opens(factory: ModuleType, open_html: Callable[..., Any], count: int) -> None:
    index = factory.make_index(count)
    opened = _open_all(
        open_html, render_index(index), "overlap concordance inputs findings provenance overview"
    )
    page = opened.page
    assert page.locator("#verdict-grid tbody tr").count() == count
    href = page.locator("#verdict-grid tbody th a").first.get_attribute("href")
    assert href == "contrasts/arm_1/report.html"
    results = index.contrasts[0].results
    up = int(((results["padj"] < 0.05) & (results["log2FoldChange"] > 0)).sum())
    cells = page.locator("#counts tbody tr").first.locator("td").all_inner_texts()
    assert cells[7] == str(up)
    assert opened.outside() == []
    told = page.locator("#overview .lead").inner_text()
    assert ("one contrast;" if count == 1 else f"{count} contrasts;") in told
    if count > 1:
        opened.turn("overlap")
        members = [set(e.results.loc[e.results["padj"] < 0.05, "gene_id"]) for e in index.contrasts]
        everywhere = len(set.intersection(*members))
        assert everywhere > 0
        label = " & ".join(e.contrast["contrast"] for e in index.contrasts)
        page.locator("#overlap summary").click()
        rows = page.locator("#combinations tbody tr").all_inner_texts()
        assert f"{label}\t{everywhere}" in rows


def test_many_contrasts_are_correlated_in_a_matrix(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    index = factory.make_index(20)
    pairs = correlate_contrasts(index)
    opened = open_html(render_index(index), viewport={"width": 800, "height": 900})
    page = opened.go("concordance")
    cells = page.locator("svg.matrix g")
    assert cells.count() == len(pairs) == 190
    shown = [text.split("\n") for text in cells.locator("title").all_text_contents()]
    for row, (text,) in zip(pairs.itertuples(), shown, strict=True):
        assert text == f"{row.first}, {row.second}: {row.spearman:.2f} ({row.genes})"
    assert pairs["spearman"].between(0.2, 0.99).all()
    # The scatter below counts the same genes.
    assert page.locator("#scatter-line").inner_text().startswith(f"{pairs['genes'][0]} genes")
    assert page.locator("#concordance-table").is_hidden()
    page.locator("#concordance summary").click()
    assert page.locator("#concordance-table tbody tr:visible").count() == 190
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.complaints == []


def test_index_tells_where_warnings_of_one_contrast_stand(factory: ModuleType) -> None:
    index = factory.make_index(2)
    none = replace(index, findings=index.findings.iloc[:0])
    for shown in map(render_index, (index, none)):
        assert "stands on its own page" in shown
        assert "No stage had a warning" not in shown


def test_counts_above_neighbouring_bars_do_not_meet(open_html: Callable[..., Any]) -> None:
    names = ["first", "second", "third"]
    figure = draw_upset(names, [(["first"], 18_361), (["second"], 18_192), (["third"], 11_420)])
    page = open_html(f"<body data-started><style>text{{font-size:10px}}</style>{figure}").go("")
    boxes = page.locator("g text").evaluate_all(
        "nodes => nodes.map((node) => node.getBBox()).map((box) => [box.x, box.x + box.width])"
    )
    assert page.locator("g text").all_text_contents() == ["18,361", "18,192", "11,420"]
    assert boxes[0][1] + 1 < boxes[1][0]
    assert boxes[1][1] + 1 < boxes[2][0]


def test_few_contrasts_are_correlated_in_a_list(factory: ModuleType) -> None:
    shown = render_index(factory.make_index(3))
    assert "class='matrix'" not in shown
    assert "class='matrix'" in render_index(factory.make_index(4))
    assert "id='concordance-table'" in shown


def test_index_prints_every_row_of_its_grid(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    opened = open_html(render_index(factory.make_index(20)))
    page = opened.go("overview")
    page.wait_for_selector("body[data-warm]", state="attached")
    data = page.pdf(format="A4")
    # A link on paper stays a link of the PDF, in plain bytes; one clipped away would not.
    linked = re.findall(rb"/URI \([^)]*contrasts/(arm_\d+)/report\.html", data)
    assert set(linked) == {b"arm_%d" % k for k in range(1, 21)}
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("main > section:visible").count() == 6
    assert page.locator("#verdict-grid tbody tr:visible").count() == 20
    assert page.locator("[data-plot=concordance][data-drawn]").count() == 1
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('.scroll')]
          .filter((box) => getComputedStyle(box).overflow !== 'visible').length"""
    )
    assert clipped == 0
    assert opened.complaints == []


@pytest.mark.parametrize("kind", ["contrast", "contrast, Japanese", "index"])
def test_no_table_leaves_the_sheet(
    factory: ModuleType, open_html: Callable[..., Any], kind: str
) -> None:
    """A4 with the margins of the style holds 703 px."""
    html = (
        render_index(factory.make_index(20))
        if kind == "index"
        else render_contrast(
            factory.make_report(
                n_genes=300, per_group=12, broad=5, language="ja" if "Japanese" in kind else "en"
            )
        )
    )
    opened = open_html(html, viewport={"width": 703, "height": 900})
    page = opened.go("overview")
    page.wait_for_selector("body[data-warm]", state="attached")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    wide = page.evaluate(
        """() => [...document.querySelectorAll('table.data')]
          .map((t) => [t.id, Math.round(t.getBoundingClientRect().right), t.style.zoom])
          .filter(([id, right]) => right > 703)"""
    )
    assert wide == []
    zooms = page.evaluate(
        "() => [...document.querySelectorAll('table.data')].map((t) => Number(t.style.zoom || 1))"
    )
    assert min(zooms) > 0.5  # of 7.5 pt: smaller than that is not read
    if kind == "contrast":
        left_out = page.locator(".theme .hint.paper").first.inner_text()
        assert left_out.startswith("On paper without leave-outs")
    assert opened.complaints == []


def test_a_p_without_logarithm_is_drawn_at_the_edge(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    report = factory.make_report(n_genes=300, broad=5)
    results = report.results.copy()
    results.loc[0, ["pvalue", "padj"]] = 0.0
    opened = open_html(render_contrast(replace(report, results=results)))
    page = opened.go("genes")
    page.wait_for_selector("[data-plot=volcano][data-drawn]")
    drawn = page.evaluate(
        """() => document.querySelector('[data-plot=volcano]').data
          .flatMap((trace) => (trace.customdata || []).map((gene, k) => [gene, trace.y[k]]))"""
    )
    assert dict(drawn)[0] == 300
    axis = "document.querySelector('[data-plot=volcano]').layout.yaxis.title.text"
    assert page.evaluate(axis) == "−log10 p (at most 300)"
    page.evaluate("location.hash = 'genes?g=IL1B'")
    ring = "document.querySelector('[data-plot=volcano]').layout.shapes[0]"
    page.wait_for_function(f"() => {ring}.visible")
    shown = page.evaluate(f"[{ring}.xanchor, {ring}.yanchor]")
    assert shown == [pytest.approx(results["log2FoldChange"][0], rel=1e-4), 300]
    assert opened.complaints == []


def test_opens_inside_another_document(factory: ModuleType, open_html: Callable[..., Any]) -> None:
    """`snakemake --report` shows a page in a frame from a blob, not from a file."""
    opened = open_html("<!DOCTYPE html><title>outer</title><body></body>")
    opened.page.goto(opened.path.as_uri())
    opened.page.evaluate(
        """html => {
          const frame = document.createElement("iframe");
          frame.style.cssText = "width: 1200px; height: 800px";
          frame.src = URL.createObjectURL(new Blob([html], { type: "text/html" }));
          document.body.append(frame);
        }""",
        render_contrast(factory.make_report(n_genes=200, broad=3)),
    )
    frame = opened.page.frame_locator("iframe")
    frame.locator("nav a[href='#genes']").click()
    frame.locator("#gene-table tbody tr").first.click()
    frame.locator("#gene-card .plot[data-drawn]").wait_for()
    assert opened.complaints == []
    assert opened.outside() == []


def test_pages_depend_on_the_report_alone(factory: ModuleType) -> None:
    first = render_contrast(factory.make_report(n_genes=200, broad=5))
    assert first == render_contrast(factory.make_report(n_genes=200, broad=5))
    index = render_index(factory.make_index(2))
    assert index == render_index(factory.make_index(2))
    assert not pd.Series([first, index]).str.contains(r"20\d\d-\d\d-\d\dT").any()
