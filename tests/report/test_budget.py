"""Size and speed of a page of the usual largest study, in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from diffpath.report import render_contrast

MEGABYTE = 1_000_000


def test_20000_genes_24_samples_3_collections(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    report = factory.make_report(n_genes=20_000, per_group=12, broad=1500)
    html = render_contrast(report)
    assert len(html.encode()) < 6 * MEGABYTE
    opened = open_html(html)
    page = opened.go("")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.wait_for_selector("body[data-warm]", state="attached", timeout=60_000)
    lookups = page.evaluate(
        """async () => {
          await DP.chooseGene(DP.findGenes('IL6')[0]);
          const times = [];
          for (const name of ['IL1B', 'GENE15000', 'COL1A1', 'GENE777', 'CDKN2A']) {
            const start = performance.now();
            await DP.chooseGene(DP.findGenes(name)[0]);
            times.push(performance.now() - start);
          }
          return times.sort((a, b) => a - b);
        }"""
    )
    print(
        f"size {len(html.encode()) / MEGABYTE:.2f} MB, first paint {paint:.0f} ms, lookups", lookups
    )
    assert paint < 1500
    assert lookups[2] < 100
    assert opened.complaints == []
