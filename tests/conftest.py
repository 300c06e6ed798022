"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.report import factory as report_factory
from tests.workflow.conftest import Project, write_project

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs the workflow takes longest and goes first."""
    long = {"benchmarks", "workflow", "slurm"}
    items.sort(key=lambda item: item.path.relative_to(ROOT).parts[1] not in long)


@pytest.fixture(scope="session")
def root() -> Path:
    """Top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def factory() -> ModuleType:
    """Module that makes synthetic reports."""
    return report_factory


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the real data; in CI its absence is a failure, elsewhere a skip."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        if os.environ.get("CI"):
            pytest.fail("the real data in ../shared are absent in CI")
        pytest.skip("the real data in ../shared are absent")
    return folder


@cache
def _r_ready() -> bool:
    program = shutil.which("Rscript")
    if program is None:
        return False
    code = "for (p in c('DESeq2', 'limma', 'edgeR')) stopifnot(requireNamespace(p, quietly=TRUE))"
    return subprocess.run([program, "-e", code], capture_output=True).returncode == 0


@pytest.fixture(scope="session")
def rscript() -> str:
    """Path of an Rscript that has DESeq2, limma and edgeR; in CI its absence is a failure."""
    if not _r_ready():
        if os.environ.get("CI"):
            pytest.fail("Rscript with DESeq2, limma and edgeR is absent in CI")
        pytest.skip("Rscript with DESeq2, limma and edgeR is absent")
    return str(shutil.which("Rscript"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for all tests: Playwright's loop runs once a process."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium is absent in CI")
        pytest.skip("Chromium is absent")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran to the end; copy it before changing anything."""
    project = write_project(tmp_path_factory.mktemp("finished") / "project")
    project.run()
    return project


@pytest.fixture(scope="session")
def checked(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The finished project with the other engine's check as well; copy it before changing it."""
    project = finished.copy(tmp_path_factory.mktemp("checked") / "project")
    project.ask_for_cross_check()
    project.run()
    return project


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the demo cohort, run on this machine, with what the run printed."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "config").symlink_to(ROOT / "config")
    printed = Project(folder, folder / "config" / "demo" / "config.yaml").run()
    (folder / "demo" / "printed.txt").write_text(printed)
    return folder / "demo"
