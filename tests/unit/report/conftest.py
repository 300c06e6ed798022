"""The synthetic contrast of the report's tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from diffpath.report import ContrastReport


@pytest.fixture(scope="session")
def factory(root: Path) -> ModuleType:
    path = root / "tests" / "report" / "factory.py"
    spec = importlib.util.spec_from_file_location("report_factory", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def report(factory: ModuleType) -> ContrastReport:
    made: ContrastReport = factory.make_report(n_genes=300, broad=5)
    return made
