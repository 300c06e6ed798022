"""The synthetic contrast of the report's tests."""

from __future__ import annotations

from types import ModuleType

import pytest

from diffpath.report.model import ContrastReport


@pytest.fixture(scope="session")
def report(factory: ModuleType) -> ContrastReport:
    made: ContrastReport = factory.make_report(n_genes=300, broad=5)
    return made
