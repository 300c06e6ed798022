"""The synthetic contrast and a headless Chromium that notes errors and requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

LOCAL = ("file:", "blob:", "data:", "about:")


@dataclass
class Opened:
    """A page with everything it complained about or asked for."""

    page: Page
    path: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, target: str = "overview") -> Page:
        """Open a section anew, and wait until it is drawn."""
        self.page.goto("about:blank")
        self.page.goto(self.path.as_uri() + (f"#{target}" if target else ""))
        self.page.wait_for_selector("body[data-started]", state="attached", timeout=60_000)
        return self.page

    def turn(self, section: str) -> Page:
        """Go to a section within the open page, and wait until it is drawn."""
        self.page.evaluate("hash => { location.hash = hash; }", section)
        self.page.wait_for_selector(f"body[data-ready={section}]", state="attached", timeout=60_000)
        return self.page

    def outside(self) -> list[str]:
        """Return the requests that left the file."""
        return [url for url in self.requests if not url.startswith(LOCAL)]


Opener = Callable[..., Opened]


@pytest.fixture
def open_html(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Return a function that writes HTML to a file and opens it in a fresh context."""
    contexts = []

    def open_it(html: str, **options: object) -> Opened:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "accept_downloads": True, **options}
        )
        contexts.append(context)
        page = context.new_page()
        opened = Opened(page, path)
        page.on(
            "console",
            lambda message: (
                opened.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("request", lambda request: opened.requests.append(request.url))
        return opened

    yield open_it
    for context in contexts:
        context.close()
