"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.workflow.conftest import Project, write_project

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """Top folder of the repository."""
    return ROOT


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
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran to the end; copy it before changing anything."""
    project = write_project(tmp_path_factory.mktemp("finished") / "project")
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
