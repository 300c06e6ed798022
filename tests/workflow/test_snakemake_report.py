"""Our pages within `snakemake --report report.zip`, offline."""

from __future__ import annotations

import importlib.util
import os
import zipfile
from pathlib import Path

import pytest

from tests.workflow.conftest import Project

CHROMIUM = Path("/usr/bin/chromium")
LOCAL = ("file:", "blob:", "data:", "about:")
# Snakemake's own page inlines Tailwind, which says this of itself.
NOT_OURS = "cdn.tailwindcss.com should not be used in production"


@pytest.fixture(scope="module")
def ready() -> None:
    """Chromium is there; in CI its absence is a failure, elsewhere a skip."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is absent in CI")
        pytest.skip("Chromium is absent")
    assert importlib.util.find_spec("playwright") is not None


@pytest.mark.usefixtures("ready")
def test_the_page_opens_from_within(finished: Project, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    target = tmp_path / "report.zip"
    finished.run("--report", str(target))
    with zipfile.ZipFile(target) as packed:
        packed.extractall(tmp_path)
    target = tmp_path / "report" / "report.html"
    complaints: list[str] = []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
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
        browser.close()
    assert [text for text in complaints if NOT_OURS not in text] == []
    assert [url for url in requests if not url.startswith(LOCAL)] == []
