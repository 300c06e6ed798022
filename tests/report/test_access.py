"""Accessibility as axe-core sees it, in light and dark, and in both languages."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from diffpath.report.contrast import render_contrast
from diffpath.report.index import render_index

AXE = "axe-core@4.14.1"


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the text of axe-core, fetched with npm; without npm or network it is skipped."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm, which brings axe-core, is absent")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", AXE]
    if subprocess.run(command, cwd=folder, capture_output=True, timeout=120).returncode:
        pytest.skip("npm could not bring axe-core")
    return Path(folder, "node_modules", "axe-core", "axe.min.js").read_text(encoding="utf-8")


def _check(opened: Any, axe: str, sections: str) -> None:
    page = opened.go("overview")
    page.evaluate(axe)
    found = []
    for section in sections.split():
        opened.turn(section)
        # The inside of the plots is the plotting library's and has thousands of nodes.
        result = page.evaluate("axe.run({ exclude: ['.plot svg'] })")
        found += [
            (section, v["id"], v["nodes"][0]["html"][:120])
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
        ]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_page(
    factory: ModuleType, open_html: Callable[..., Any], axe: str, scheme: str
) -> None:
    language = "en" if scheme == "light" else "ja"
    report = factory.make_report(n_genes=300, broad=5, language=language)
    opened = open_html(render_contrast(report), color_scheme=scheme)
    _check(opened, axe, "overview design qc genes themes collections panels methods findings")


def test_index_page(factory: ModuleType, open_html: Callable[..., Any], axe: str) -> None:
    opened = open_html(render_index(factory.make_index()))
    _check(opened, axe, "overview overlap concordance inputs findings provenance")
