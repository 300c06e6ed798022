"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

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
