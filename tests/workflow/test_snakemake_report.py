"""Our pages within `snakemake --report report.zip`, offline."""

from __future__ import annotations

import zipfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.workflow.conftest import Project

LOCAL = ("file:", "blob:", "data:", "about:")
# Snakemake's own page inlines Tailwind, which says this of itself.
NOT_OURS = "cdn.tailwindcss.com should not be used in production"


def test_the_page_opens_from_within(finished: Project, browser: Browser, tmp_path: Path) -> None:
    target = tmp_path / "report.zip"
    finished.run("--report", str(target))
    with zipfile.ZipFile(target) as packed:
        packed.extractall(tmp_path)
    target = tmp_path / "report" / "report.html"
    complaints: list[str] = []
    requests: list[str] = []
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.goto(target.as_uri())
    page.get_by_text("Contrasts", exact=True).first.click()
    page.locator("tr", has_text="MSC").locator("a[iconname=eye]").click()
    ours = page.frame_locator("iframe").first
    ours.locator("body[data-started]").wait_for(state="attached", timeout=60_000)
    assert ours.locator("#overview h2.question").inner_text() == "Is it changed?"
    ours.locator("nav a[href='#genes']").click()
    ours.locator("#gene-table tbody tr", has_text="GENE1").first.click()
    ours.locator("#gene-card .plot[data-drawn]").wait_for(timeout=60_000)
    context.close()
    assert [text for text in complaints if NOT_OURS not in text] == []
    assert [url for url in requests if not url.startswith(LOCAL)] == []
