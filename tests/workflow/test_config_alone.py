"""What a job is told of its cohort: the user's config alone, and the contrast's own samples."""

from __future__ import annotations

import pandas as pd
import yaml

from tests.workflow.conftest import ROOT, run_snakemake, write_project


def test_a_key_the_config_lacks_is_not_taken_from_the_demo(tmp_path) -> None:
    project = write_project(tmp_path / "project")
    config = yaml.safe_load((project.folder / "config.yaml").read_text())
    del config["cohort"]
    (project.folder / "config.yaml").write_text(yaml.safe_dump(config))
    printed = project.run("--dry-run", ok=False)
    assert "key cohort: found nothing" in printed


def test_without_a_config_the_one_in_its_place_is_read(tmp_path) -> None:
    project = write_project(tmp_path / "project")
    (project.folder / "config").mkdir()
    (project.folder / "config.yaml").rename(project.folder / "config" / "config.yaml")
    command = ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(project.folder)]
    printed = run_snakemake(*command, "--dry-run", "--config", "results=elsewhere")
    assert "elsewhere/index.html" in printed


def test_a_contrast_named_cohort_has_its_own_samples_and_a_donor_column_is_no_unit(
    tmp_path,
) -> None:
    project = write_project(tmp_path / "project")
    project.edit("contrasts.tsv", "SVF\t~", "cohort\t~")
    sheet = pd.read_csv(project.folder / "samples.tsv", sep="\t", dtype=str)
    sheet = sheet.rename(columns={"donor": "patient"}).assign(donor="hospital")
    sheet.to_csv(project.folder / "samples.tsv", sep="\t", index=False)
    with (project.folder / "config.yaml").open("a") as file:
        file.write("unit: patient\n")
    project.run("--", "results/contrasts/cohort/sample_qc.tsv")
    measured = pd.read_csv(project.results / "contrasts" / "cohort" / "sample_qc.tsv", sep="\t")
    assert measured["sample"].tolist() == sorted(sheet.loc[sheet["tissue"] == "SVF", "sample"])
