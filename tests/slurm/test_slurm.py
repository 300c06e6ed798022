"""The workflow on a real Slurm: same bytes, more memory when killed, clear words, resumed runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.slurm.cluster import Cluster, wait_for
from tests.slurm.conftest import environment_of, printed_in, run_on, start_on
from tests.workflow.conftest import ROOT, Project, write_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "project")


def tables_of(project: Project, contrast: str) -> dict[str, bytes]:
    return {
        name: data
        for name, data in project.tables().items()
        if name.startswith(f"contrasts/{contrast}/")
    }


def page_of(contrast: str) -> str:
    return f"results/contrasts/{contrast}/report.html"


def test_the_demo_gives_the_bytes_of_a_local_run(
    cluster: Cluster, demo: Path, tmp_path: Path
) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    project = Project(tmp_path, ROOT / "config" / "demo" / "config.yaml")
    process = start_on(cluster, project)
    comments: set[str] = set()

    def ended() -> bool:
        comments.update(comment for _, _, comment in cluster.jobs())
        return process.poll() is not None

    try:
        wait_for(ended, "the demo", seconds=600)
    finally:
        process.kill()
        process.wait()
    printed = printed_in(project).read_text()
    assert process.returncode == 0, printed[-6000:]
    there, here = tmp_path / "demo" / "results", demo / "results"
    local = Project(demo)
    remote = Project(tmp_path / "demo")
    first, second = local.tables(), remote.tables()
    assert len(first) > 30
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert (there / "index.html").is_file()
    assert (here / "index.html").is_file()
    # The queue says stage and contrast.
    assert "rule_differ_genes_wildcards_WS_vs_control" in comments
    # The verdicts and the cost are told once, not by every job.
    assert printed.count("Cost of these results") == 1
    assert printed.count("Inflammation and SASP: genes are higher") == 1
    # No job used more cores than it was given: here every rule has one thread.
    benchmarks = list((there / "logs").rglob("*.benchmark.tsv"))
    assert len(benchmarks) >= 14
    for path in benchmarks:
        row = pd.read_csv(path, sep="\t", na_values=["NA", "-"]).iloc[-1]
        assert not row["cpu_time"] > 1.1 * row["s"], f"{path.name}: {row['cpu_time']} CPU s"


def test_a_job_over_its_memory_is_retried_with_more(cluster: Cluster, project: Project) -> None:
    target = "results/contrasts/MSC/samples.h5ad"
    less = "read_counts:mem_mb=100 * 8 ** (attempt - 1)"  # the Snakemakes around a job take 345
    printed = run_on(cluster, project, "--set-resources", less, "--", target)
    assert (project.folder / target).is_file()
    assert "Trying to restart job" in printed
    assert re.search(r"mem_mb=100\b", printed)
    assert re.search(r"mem_mb=800\b", printed)
    assert "FAILED:" not in printed


def test_a_job_killed_for_its_memory_says_memory(cluster: Cluster, project: Project) -> None:
    less = "read_counts:mem_mb=100"
    target = "results/contrasts/MSC/samples.h5ad"
    printed = run_on(
        cluster, project, "--set-resources", less, "--retries", "0", "--", target, ok=False
    )
    assert "FAILED: read_counts of contrast MSC: out of memory" in printed
    assert "--set-resources read_counts:mem_mb=MB" in printed
    assert "exceeded memory limit" in printed


def test_a_job_that_fails_says_what_and_where(cluster: Cluster, project: Project) -> None:
    counts = pd.read_csv(project.folder / "counts.tsv", sep="\t", index_col=0)
    counts["WS_2"] = counts["WS_2"] / 2.5
    counts.to_csv(project.folder / "counts.tsv", sep="\t")
    target = "results/contrasts/MSC/samples.h5ad"
    printed = run_on(cluster, project, "--retries", "0", "--", target, ok=False)
    said = printed[printed.index("FAILED: ") :]
    assert said.startswith("FAILED: read_counts of contrast MSC: a fault in the input")
    assert "sample WS_2" in said
    assert "log: results/logs/contrasts/MSC/read_counts.log" in said
    assert "Traceback" not in said


def test_killed_mid_run_it_resumes_to_the_same_bytes(
    cluster: Cluster, project: Project, finished: Project
) -> None:
    process = start_on(cluster, project, "--", page_of("MSC"))
    done = project.results / "contrasts" / "MSC" / "units.h5ad"
    wait_for(lambda: done.is_file() and bool(cluster.jobs("RUNNING")), "a running job", 120)
    process.kill()
    process.wait()
    orphans = [job for job, _, _ in cluster.jobs()]
    assert orphans
    refused = run_on(cluster, project, "--", page_of("MSC"), ok=False)
    assert "Directory cannot be locked" in refused
    cluster.call("scancel", *orphans)
    wait_for(lambda: not cluster.jobs(), "an empty queue")
    run_on(cluster, project, "--unlock")
    before = done.stat().st_mtime_ns
    run_on(cluster, project, "--", page_of("MSC"))
    assert done.stat().st_mtime_ns == before
    assert tables_of(project, "MSC") == tables_of(finished, "MSC")


def test_a_node_drained_mid_run_costs_no_byte(
    cluster: Cluster, project: Project, finished: Project
) -> None:
    process = start_on(cluster, project, "--", page_of("SVF"))
    nodes: dict[str, str] = {}

    def ended() -> bool:
        nodes.update({job: node for job, node, _ in cluster.jobs("RUNNING")})
        return process.poll() is not None

    try:
        wait_for(lambda: bool(cluster.jobs("RUNNING")), "a running job", 120)
        first, drained, _ = cluster.jobs("RUNNING")[0]
        cluster.call("scontrol", "update", f"NodeName={drained}", "State=DRAIN", "Reason=test")
        try:
            wait_for(ended, "the end of the run", 600)
        finally:
            cluster.call("scontrol", "update", f"NodeName={drained}", "State=RESUME")
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, printed_in(project).read_text()[-6000:]
    later = {job: node for job, node in nodes.items() if int(job) > int(first)}
    assert len(later) >= 4
    assert drained not in later.values()
    assert tables_of(project, "SVF") == tables_of(finished, "SVF")


def test_one_allocation_of_any_scheduler_runs_it_all(
    cluster: Cluster, project: Project, finished: Project
) -> None:
    script = ROOT / "profiles" / "generic-cluster" / "submit.sh"
    environment = environment_of(cluster, project.folder)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    config = str(project.folder / "config.yaml")
    command = ["sbatch", "--wait", "--cpus-per-task=2", "--mem=4G", f"--chdir={ROOT}"]
    command += [f"--output={project.folder}/job.log", str(script), config]
    command += ["--directory", str(project.folder), "--", page_of("MSC")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    printed = (project.folder / "job.log").read_text()
    assert done.returncode == 0, printed[-6000:]
    assert "Provided cores: 2" in printed
    assert tables_of(project, "MSC") == tables_of(finished, "MSC")
