"""What a job imports before its work: heavy libraries only where they are used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.overhead.__main__ import imports_of, scripts

HEAVY = (
    "scanpy", "sklearn", "matplotlib", "scipy.stats", "gseapy", "pydeseq2", "plotly", "numba",
    "formulaic",
)  # fmt: skip
ALLOWED = {
    "enrich_sets": {"scipy.stats"},  # the hypergeometric distribution
    "publish_contrast": {"matplotlib"},  # the figures
}


def test_every_job_script_is_found() -> None:
    assert {"read_counts", "report_index"} <= {path.stem for path in scripts()}


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
def test_a_script_imports_heavy_libraries_only_where_used(script: Path, root: Path) -> None:
    code = f"{imports_of(script)}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{root}/workflow/src:{root}/workflow/scripts"},
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= ALLOWED.get(script.stem, set())


def test_reading_the_snakefile_loads_no_heavy_library(root: Path) -> None:
    """Each Snakemake reads it: the user's, and two around each job of a cluster."""
    text = (root / "workflow" / "rules" / "common.smk").read_text()
    lines = re.findall(r"^from diffpath.*$", text, re.M)
    heavy = (*HEAVY, "anndata", "scipy")
    code = "\n".join([*lines, "import sys", f"print(*[m for m in {heavy!r} if m in sys.modules])"])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{root}/workflow/src"},
    )
    assert len(lines) >= 4
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
