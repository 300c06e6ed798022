"""Size of a page of the usual largest study; `benchmarks/report` measures its speed."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from diffpath.report.contrast import render_contrast

MEGABYTE = 1_000_000


def test_20000_genes_24_samples_3_collections(
    factory: ModuleType, open_html: Callable[..., Any]
) -> None:
    report = factory.make_report(n_genes=20_000, per_group=12, broad=1500)
    html = render_contrast(report)
    assert len(html.encode()) < 6 * MEGABYTE
    opened = open_html(html)
    page = opened.go("genes?g=IL6")
    page.wait_for_selector("body[data-warm]", state="attached", timeout=60_000)
    assert page.locator("#gene-card h3").inner_text() == "IL6"
    assert opened.complaints == []
