"""The workflow imported by another one, and several cohorts in one run."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import ROOT, Project, run_snakemake, write_project

LOCAL = f'"{ROOT / "workflow" / "Snakefile"}"'
IMPORTER = """
configfile: "settings.yaml"


module diffpath:
    snakefile:
        {snakefile}
    config:
        config["diffpath"]


use rule * from diffpath as dp_*


onsuccess:
    diffpath.onsuccess()


onerror:
    diffpath.onerror()


rule all:
    input:
        "summary.txt",
        rules.dp_all.input,
    default_target: True


rule summarize:
    input:
        verdicts=f"{{config['diffpath']['results']}}/contrasts/MSC/themes/verdicts.tsv",
    output:
        "summary.txt",
    shell:
        "cp {{input.verdicts}} {{output}}"
"""


def place(project: Project, folder: Path, **keys: object) -> dict[str, object]:
    """Return the project's config as seen from another folder."""
    config = yaml.safe_load((project.folder / "config.yaml").read_text())
    config["samples"] = str(project.folder / "samples.tsv")
    config["contrasts"] = str(project.folder / "contrasts.tsv")
    config["counts"][0]["file"] = str(project.folder / "counts.tsv")
    config["annotation"]["file"] = str(project.folder / "genes.tsv")
    config["themes"][0]["file"] = str(project.folder / "theme.gmt")
    return {**config, **keys}


def write_importer(folder: Path, config: dict[str, object], snakefile: str = LOCAL) -> None:
    folder.mkdir()
    (folder / "settings.yaml").write_text(yaml.safe_dump({"diffpath": config}))
    text = IMPORTER.format(snakefile=snakefile)
    (folder / "Snakefile").write_text(text)


def test_as_a_module_it_gives_the_tables_of_a_direct_run(finished: Project, tmp_path: Path) -> None:
    folder = tmp_path / "importer"
    write_importer(folder, place(finished, folder, results="from_module"))
    printed = run_snakemake("--directory", str(folder), "--snakefile", str(folder / "Snakefile"))
    assert "Cost of these results" in printed
    assert "Index: from_module/index.html" in printed
    module = Project(folder, results_name="from_module")
    direct = finished.tables()
    tables = module.tables()
    assert len(direct) > 20
    assert list(tables) == list(direct)
    # sources.tsv names the count files, which have other paths here.
    same = {name for name in direct if not name.endswith("sources.tsv")}
    assert {name for name in same if tables[name] != direct[name]} == set()
    verdicts = "contrasts/MSC/themes/verdicts.tsv"
    assert (folder / "summary.txt").read_bytes() == direct[verdicts]
    assert (module.results / "index.html").is_file()
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
        "Snakefile",
        "settings.yaml",
        "summary.txt",
        "from_module",
    }


def test_a_fault_in_a_modules_config_names_the_module(finished: Project, tmp_path: Path) -> None:
    folder = tmp_path / "importer"
    write_importer(folder, place(finished, folder, result="misspelt"))
    printed = run_snakemake(
        "--directory", str(folder), "--snakefile", str(folder / "Snakefile"), ok=False
    )
    assert "config of module diffpath" in printed
    assert "write 'results'" in printed


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose one commit, tagged v1, holds the files as they are here."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("workflow", "resources", "envs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".gitattributes", folder)
    # As in a checkout, also where these tests run in an archive.
    (folder / "workflow" / "src" / "diffpath" / "commit.txt").write_text("$Format:%H$\n")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "one"],
        ["tag", "v1"],
    ):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


def commit_of(clone: Path) -> str:
    command = ["git", "-C", str(clone), "rev-parse", "v1"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_git_source_runs_from_the_tree_of_its_commit(
    finished: Project, clone: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "importer"
    source = f'gitfile("{clone}", path="workflow/Snakefile", ref="v1")'
    write_importer(folder, place(finished, folder, results="from_git"), source)
    run_snakemake("--directory", str(folder), "--snakefile", str(folder / "Snakefile"))
    module = Project(folder, results_name="from_git")
    direct, tables = finished.tables(), module.tables()
    assert list(tables) == list(direct)
    same = {name for name in direct if not name.endswith("sources.tsv")}
    assert {name for name in same if tables[name] != direct[name]} == set()
    methods = (module.results / "contrasts" / "MSC" / "methods.md").read_text()
    assert commit_of(clone)[:12] in methods


def test_a_hosted_source_is_taken_from_snakemakes_clone(
    finished: Project, clone: Path, tmp_path: Path
) -> None:
    """As Snakedeploy writes it; the clone that Snakemake keeps is there, so nothing is fetched."""
    folder = tmp_path / "importer"
    source = 'github("owner/diffpath", path="workflow/Snakefile", tag="v1")'
    write_importer(folder, place(finished, folder, results="from_git"), source)
    cache = folder / ".cache" / "snakemake" / "snakemake" / "source-cache"
    kept = cache / "snakemake-git-cache" / "github.com" / "owner" / "diffpath"
    subprocess.run(["git", "clone", "-q", "--bare", str(clone), str(kept)], check=True)
    printed = run_snakemake(
        "--directory", str(folder), "--snakefile", str(folder / "Snakefile"), "--dry-run"
    )
    assert "dp_report_index" in printed
    tree = cache / "diffpath" / commit_of(clone)
    named = (tree / "workflow" / "src" / "diffpath" / "commit.txt").read_text().strip()
    assert named == commit_of(clone)


def test_a_source_that_is_no_tree_is_refused(finished: Project, tmp_path: Path) -> None:
    folder = tmp_path / "importer"
    copy = tmp_path / "copy" / "workflow"
    shutil.copytree(ROOT / "workflow", copy)
    with serve(tmp_path / "copy") as address:
        write_importer(folder, place(finished, folder), f'"{address}/workflow/Snakefile"')
        printed = run_snakemake(
            "--directory", str(folder), "--snakefile", str(folder / "Snakefile"), ok=False
        )
    assert "clone the repository and name the path of its workflow/Snakefile" in printed


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder over HTTP on the loopback interface; give the address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_two_cohorts_in_one_run(finished: Project, tmp_path: Path) -> None:
    other = write_project(tmp_path / "other", seed=5)
    folder = tmp_path / "both"
    folder.mkdir()
    for name, project in (("first", finished), ("second", other)):
        config = place(project, folder, results=f"results/{name}")
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(config))
    (folder / "cohorts.yaml").write_text("cohorts:\n  first: first.yaml\n  second: second.yaml\n")
    both = Project(folder, config=folder / "cohorts.yaml")
    printed = both.run()
    assert printed.count("Toy theme") >= 4  # a verdict a contrast of each cohort
    for name in ("first", "second"):
        cost = pd.read_csv(folder / "results" / name / "logs" / "run_cost.tsv", sep="\t")
        assert cost.set_index("rule").loc["differ_genes", "jobs"] == 2
    assert "Nothing to be done" in both.run()
    other.run()
    for name, project in (("first", finished), ("second", other)):
        direct = project.tables()
        tables = Project(folder, results_name=f"results/{name}").tables()
        assert list(tables) == list(direct)
        same = {name for name in direct if not name.endswith("sources.tsv")}
        assert {name for name in same if tables[name] != direct[name]} == set()
    assert finished.tables() != other.tables()


def test_cohorts_that_cannot_run_together_are_refused(finished: Project, tmp_path: Path) -> None:
    config = str(finished.folder / "config.yaml")
    listed = {"cohorts": {"first": config, "second": config}}
    (tmp_path / "cohorts.yaml").write_text(yaml.safe_dump(listed))
    printed = Project(tmp_path, config=tmp_path / "cohorts.yaml").run("--dry-run", ok=False)
    assert "key cohorts.second" in printed
    assert "the folder of 'first' too" in printed
    assert "Traceback" not in printed


def test_a_failure_in_one_of_several_cohorts_is_told(finished: Project, tmp_path: Path) -> None:
    counts = (finished.folder / "counts.tsv").read_text().splitlines()
    cells = counts[1].split("\t")
    cells[1] = "0.5"
    (tmp_path / "bad.tsv").write_text("\n".join([counts[0], "\t".join(cells), *counts[2:]]) + "\n")
    config = place(finished, tmp_path)
    config["counts"] = [{"name": "lab", "file": str(tmp_path / "bad.tsv")}]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "cohorts.yaml").write_text("cohorts:\n  only: config.yaml\n")
    printed = Project(tmp_path, config=tmp_path / "cohorts.yaml").run(ok=False)
    assert "FAILED: only_read_counts of" in printed
    assert "a fault in the input" in printed
