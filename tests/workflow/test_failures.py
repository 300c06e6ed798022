"""What goes wrong is said once and loses nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd

from diffpath.tables import RESULTS, STATUS, read_table
from tests.workflow.conftest import ROOT, Project, write_project


def test_a_fault_stops_before_any_job_and_leaves_results(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    before = project.tables()
    project.edit("samples.tsv", "WS_1\tWS", "WS_1\tws")
    printed = project.run(ok=False)
    assert "samples.tsv, column 'condition': found 'WS' and 'ws'; expected one spelling" in printed
    assert "Traceback" not in printed
    assert project.tables() == before


def test_counts_that_are_none_stop_the_run_with_the_sample_named(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    counts = pd.read_csv(project.folder / "counts.tsv", sep="\t", index_col=0)
    counts["WS_2"] = counts["WS_2"] / 2.5
    counts.to_csv(project.folder / "counts.tsv", sep="\t")
    printed = project.run("--keep-going", ok=False)
    assert "WS_2" in printed
    assert "FAILED: read_counts of contrast MSC: a fault in the input" in printed
    assert "log: results/logs/contrasts/MSC/read_counts.log" in printed
    assert "To mend: " in printed
    # The contrast without that sample is made all the same.
    assert [path.parent.name for path in project.results.rglob("report.html")] == ["SVF"]
    assert not (project.results / "index.html").exists()


def test_where_the_cost_cannot_be_written_the_failure_is_still_told(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    counts = pd.read_csv(project.folder / "counts.tsv", sep="\t", index_col=0)
    (counts / 2.5).to_csv(project.folder / "counts.tsv", sep="\t")
    (project.results / "logs" / "run_cost.tsv").mkdir(parents=True)
    printed = project.run(ok=False)
    assert "FAILED: read_counts of " in printed
    assert ": a fault in the input" in printed
    assert "The cost was not written to results/logs/run_cost.tsv: " in printed
    assert "Traceback" not in printed


def test_one_contrast_that_cannot_be_fitted_loses_no_other(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    table = project.folder / "contrasts.tsv"
    row = "broken\t~ donor + condition\tcondition\tWS\tcontrol\ttissue == 'SVF'\t\n"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join([*lines[:2], row]))
    project.run()
    broken = project.results / "contrasts" / "broken"
    status = read_table(broken / "status.tsv", STATUS).iloc[0]
    assert not status["fitted"]
    assert status["reason"].startswith("the design matrix is rank deficient: ")
    assert "condition[T.WS]" in status["reason"]
    results = read_table(broken / "results.tsv.gz", RESULTS)
    assert set(results["reason"]) == {"not_fitted"}
    assert "rank deficient" in (broken / "report.html").read_text()
    good = read_table(project.results / "contrasts" / "MSC" / "status.tsv", STATUS).iloc[0]
    assert good["fitted"]
    assert good["n_up"] >= 20
    index = (project.results / "index.html").read_text()
    assert "broken" in index
    assert "MSC" in index


def test_an_environment_at_a_path_with_a_space_is_refused(
    finished: Project, tmp_path: Path
) -> None:
    """Snakemake does not quote its Python: each job would end with status 127."""
    place = tmp_path / "a b"
    place.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (place / name).symlink_to(Path(sys.prefix) / name)
    command = [str(place / "bin" / "python"), "-m", "snakemake", "--cores", "1", "--dry-run"]
    command += ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(finished.folder)]
    command += ["--configfile", str(finished.folder / "config.yaml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "expected a path without a space" in done.stdout + done.stderr
    assert "VENV=/path/without/space" in done.stdout + done.stderr
