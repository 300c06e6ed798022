"""What an edit makes run again, and what it leaves alone."""

from __future__ import annotations

import base64
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd

from tests.workflow.conftest import ROOT, Project, write_project

CHAIN = (
    "read_counts",
    "sum_units",
    "normalize_units",
    "differ_genes",
    "leave_out_donors",
    "enrich_sets",
    "judge_themes",
)
INDEX = {"report_index"}
PAGES = {f"{rule} {c}" for rule in ("report_contrast", "publish_contrast") for c in ("MSC", "SVF")}


def chain(contrast: str) -> set[str]:
    return {f"{rule} {contrast}" for rule in (*CHAIN, "report_contrast", "publish_contrast")}


def test_a_second_run_does_nothing(finished: Project) -> None:
    assert "Nothing to be done" in finished.run()


def test_make_goes_on_after_snakemake_was_killed(finished: Project, tmp_path: Path) -> None:
    """A killed run leaves marks at what was half made; Snakemake alone then refuses to start."""
    project = finished.copy(tmp_path / "project")
    half = "results/contrasts/MSC/status.tsv"
    mark = project.folder / ".snakemake" / "incomplete" / base64.b64encode(half.encode()).decode()
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    assert "IncompleteFiles" in project.run("--dry-run", ok=False)
    command = ["make", "--dry-run", "--no-print-directory", "--old-file", f"{sys.prefix}/ready"]
    command += [f"VENV={sys.prefix}", "run", f"CONFIG={project.folder / 'config.yaml'}"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    run = [*shlex.split(made.splitlines()[-1]), "--directory", str(project.folder), "--dry-run"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rule differ_genes" in done.stdout + done.stderr


def test_added_samples_rerun_only_what_depends_on_them(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    sheet = pd.read_csv(project.folder / "samples.tsv", sep="\t", dtype=str)
    counts = pd.read_csv(project.folder / "counts.tsv", sep="\t", index_col=0)
    new = sheet[sheet["tissue"] == "SVF"].iloc[[0, 3]].copy()
    extra = counts[list(new["sample"])] + 3
    new["sample"] += "_new"
    new["donor"] += "_new"
    extra.columns = list(new["sample"])
    extra.to_csv(project.folder / "more.tsv", sep="\t")
    pd.concat([sheet, new]).to_csv(project.folder / "samples.tsv", sep="\t", index=False)
    project.edit("config.yaml", "annotation:", "- name: more\n  file: more.tsv\nannotation:")
    assert project.planned() == chain("SVF") | {"read_counts cohort"} | INDEX


def test_a_new_contrast_runs_only_itself_and_the_index(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    table = project.folder / "contrasts.tsv"
    table.write_text(table.read_text() + "all\t~ tissue + condition\tcondition\tWS\tcontrol\t\t\n")
    assert project.planned() == chain("all") | INDEX


def test_the_index_asks_memory_by_the_number_of_contrasts(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    table = project.folder / "contrasts.tsv"
    row = table.read_text().splitlines()[1]
    asked = []
    for more in ("", "".join(row.replace("MSC", f"c{i}", 1) + "\n" for i in range(50))):
        table.write_text(table.read_text() + more)
        planned = project.run("--dry-run", "--", "results/index.html")
        block = planned[planned.index("rule report_index:") :].split("\n\n")[0]
        asked.append(int(re.search(r"mem_mb=(\d+)", block)[1]))  # type: ignore[index]
    assert asked[1] - asked[0] == 50 * 8


def test_a_changed_title_reruns_only_the_reports(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    config = project.folder / "config.yaml"
    config.write_text(config.read_text() + "report:\n  title: Another title\n")
    assert project.planned() == PAGES | INDEX
    project.run()
    assert "Another title" in (project.results / "index.html").read_text()


def test_a_removed_contrast_counts_no_more(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    table = project.folder / "contrasts.tsv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:2]))
    project.run()
    cost = pd.read_csv(project.results / "logs" / "run_cost.tsv", sep="\t").set_index("rule")
    assert cost.loc["differ_genes", "jobs"] == 1
    assert (project.results / "logs/contrasts/SVF/differ_genes.benchmark.tsv").is_file()


def test_a_changed_alpha_leaves_the_counts_alone(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    config = project.folder / "config.yaml"
    config.write_text(config.read_text() + "differ:\n  alpha: 0.1\n")
    rules = {job.split()[0] for job in project.planned()}
    assert rules == {
        "differ_genes",
        "leave_out_donors",
        "enrich_sets",
        "judge_themes",
        "report_contrast",
        "publish_contrast",
        "report_index",
    }


def test_asking_for_a_cross_check_adds_its_jobs_alone(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    project.ask_for_cross_check()
    checks = {
        f"{rule} {c}" for rule in ("cross_check_genes", "cross_check_themes")
        for c in ("MSC", "SVF")
    }  # fmt: skip
    assert project.planned() == checks | PAGES | INDEX


def test_a_cross_check_switched_off_leaves_the_page(checked: Project, tmp_path: Path) -> None:
    project = checked.copy(tmp_path / "project")
    project.edit("config.yaml", "cross_check: true", "cross_check: false")
    assert project.planned() == PAGES | INDEX
    project.run("--until", "report_contrast")
    folder = project.results / "contrasts" / "MSC"
    assert (folder / "cross_check.tsv.gz").exists()
    assert "No cross-check by another engine was made" in (folder / "report.html").read_text()


def test_touched_inputs_of_the_same_content_rerun_nothing(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy(tmp_path / "project")
    os.utime(project.folder / "samples.tsv")
    os.utime(project.folder / "contrasts.tsv")
    assert "Nothing to be done" in project.run("--dry-run")


def test_cores_and_order_change_no_byte(checked: Project, tmp_path: Path) -> None:
    shuffled = write_project(tmp_path / "shuffled", shuffle=True)
    shuffled.ask_for_cross_check()
    shuffled.run(cores=1)
    first, second = checked.tables(), shuffled.tables()
    assert "contrasts/MSC/cross_check.tsv.gz" in first
    # sources.tsv holds the hash of the input file, which the shuffle changes.
    names = [name for name in first if not name.endswith("sources.tsv")]
    assert len(names) > 20
    assert first.keys() == second.keys()
    assert [name for name in names if first[name] != second[name]] == []
