"""A Slurm for the session and a way to run the workflow on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster, missing_programs
from tests.workflow.conftest import ROOT, Project


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes on this machine; in CI the absence of Slurm is a failure, elsewhere a skip."""
    if missing := missing_programs():
        reason = f"Slurm and munge are absent ({', '.join(missing)}): apt install slurm-wlm munge"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    started = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        started.start()
        yield started
    finally:
        started.stop()


def start_on(cluster: Cluster, project: Project, *arguments: str) -> subprocess.Popen[bytes]:
    """Start snakemake with the shipped profile; its jobs last seconds, so it looks after 6."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--directory", str(project.folder)]
    command += ["--workflow-profile", str(ROOT / "profiles" / "slurm")]
    command += ["--slurm-init-seconds-before-status-checks", "6"]
    command += ["--configfile", str(project.config or project.folder / "config.yaml"), *arguments]
    # To a file: a pipe that nobody reads would stop it.
    with printed_in(project).open("w") as out:
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            cwd=project.folder,
            env=environment_of(cluster, project.folder),
        )


def printed_in(project: Project) -> Path:
    """Return the file that the last run's output went to."""
    return project.folder / "printed.txt"


def environment_of(cluster: Cluster, folder: Path) -> dict[str, str]:
    """Return the environment of a user of the cluster."""
    return {**cluster.environment, "XDG_CACHE_HOME": str(folder / ".cache")}


def run_on(cluster: Cluster, project: Project, *arguments: str, ok: bool = True) -> str:
    """Run snakemake with the shipped profile to its end; return what it printed."""
    process = start_on(cluster, project, *arguments)
    process.wait(600)
    printed = printed_in(project).read_text()
    assert (process.returncode == 0) is ok, printed[-6000:]
    return printed
