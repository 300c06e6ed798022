"""The calibration harness at small size; at full size it is run by hand, see its README."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


def run(root: Path, *arguments: object) -> tuple[pd.DataFrame, str]:
    """Run the command and return the calls it wrote and what it printed."""
    out = Path(str(arguments[-1]))
    command = [sys.executable, "-m", "benchmarks.calibration", *map(str, arguments)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(out, sep="\t", keep_default_na=False), done.stdout + done.stderr


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 14 simulated donors in two conditions, three themes and a collection."""
    folder = tmp_path_factory.mktemp("cohort")
    rng = np.random.default_rng(1)
    genes = [f"ENSG{i:05d}" for i in range(900)]
    mean = rng.lognormal(5, 1, 900)
    samples = [f"{c}{i}" for c in "nt" for i in range(14)]
    state = np.exp(np.outer(rng.normal(size=28), rng.normal(scale=0.1, size=900)))
    scale = mean * state * rng.gamma(10, 0.1, (28, 900))
    scale[14:, :300] *= 3
    counts = rng.poisson(scale)
    pd.DataFrame(counts.T, genes, samples).to_csv(folder / "counts.tsv", sep="\t")
    sheet = pd.DataFrame({"donor": [s[1:] for s in samples], "treatment": [s[0] for s in samples]})
    sheet.set_axis(samples).to_csv(folder / "sheet.tsv", sep="\t", index_label="sample")
    symbols = [g.replace("ENSG", "S") for g in genes]
    annotation = pd.DataFrame({"ensgene": genes, "symbol": symbols})
    annotation.to_csv(folder / "annotation.tsv", sep="\t", index=False)
    for theme in range(3):
        rows = ["gene_set\ttitle\tsign\tsource\tgenes"]
        for set_ in range(3):
            start = 200 * theme + 40 * set_
            members = " ".join(symbols[start : start + 40])
            rows.append(f"T{theme}S{set_}\tset\t1\ta paper\t{members}")
        (folder / f"theme{theme}.tsv").write_text("\n".join(rows) + "\n")
    lines = ["\t".join([f"C{i}", "", *symbols[30 * i : 30 * i + 30]]) for i in range(20)]
    (folder / "broad.gmt").write_text("\n".join(lines) + "\n")
    return folder


def test_every_scenario_runs_from_one_command(root: Path, cohort: Path, tmp_path: Path) -> None:
    given = [
        "--counts", cohort / "counts.tsv", "--metadata", cohort / "sheet.tsv",
        "--annotation", cohort / "annotation.tsv", "--collection", cohort / "broad.gmt",
        "--themes", *sorted(cohort.glob("theme*.tsv")), "--donor", "donor", "--splits", 3,
    ]  # fmt: skip
    null = ["--where", "treatment == 'n'", "--scenarios", "null", "planted", "outlier", "clones"]
    calls, text = run(root, *given, *null, "--n", 3, 4, "--out", tmp_path / "null.tsv")
    assert "14 samples, 14 donors; 3 comparisons a table" in text
    assert "planted, 4 against 4" in text
    assert "preranked GSEA" in text
    assert set(calls["scenario"]) == {"null", "planted", "outlier", "clones"}
    assert (calls["called"] <= calls["asked"]).all()
    sets = calls[(calls["scenario"] == "null") & (calls["level"] == "broad")]
    assert (sets["asked"] == 20).all()
    verdicts = calls[calls["method"] == "verdict of a change"]
    assert set(verdicts["scenario"]) == {"planted", "outlier"}
    methods = ["two keys, theme p after Holm", "verdict of a change"]
    total = calls.pivot_table("called", ["scenario", "n"], "method", "sum")[methods].dropna()
    assert len(total) == 4
    assert (total[methods[1]] <= total[methods[0]]).all()
    assert set(calls.loc[calls["scenario"] == "clones", "level"]) == {
        "clones as samples", "summed per donor",
    }  # fmt: skip

    unequal = ["--where", "treatment == 'n'", "--scenarios", "outlier", "--n", "3:11"]
    calls, text = run(root, *given, *unequal, "--out", tmp_path / "unequal.tsv")
    assert "outlier, 3 against 11" in text
    assert set(calls["n"]) == {"3:11"}

    pairs = ["--scenarios", "random", "--pairs", "treatment", "t", "n", "--n", 6]
    calls, text = run(root, *given, *pairs, "--out", tmp_path / "random.tsv")
    assert "random, 6 against 6" in text
    assert (calls["asked"] == 100).all()
    keys = calls[calls["method"] == "two keys"]
    assert keys["called"].sum() / keys["asked"].sum() <= 0.1


def test_real_null_splits_show_which_methods_to_trust(
    root: Path, shared: Path, tmp_path: Path
) -> None:
    folder = shared / "data/hapmap_lcl"
    calls, _ = run(
        root, "--counts", folder / "pickrell1_counts.tsv.gz",
        "--metadata", folder / "pickrell1_metadata.tsv",
        "--annotation", shared / "annotation/grch38_genes.tsv.gz",
        "--collection", shared / "genesets/h.all.v7.0.symbols.gmt",
        "--splits", 5, "--n", 4, "--out", tmp_path / "lcl.tsv",
    )  # fmt: skip
    total = calls.groupby("method")[["called", "asked"]].sum()
    rate = total["called"] / total["asked"]
    # Five splits of sets that overlap: bounds are wide, the full run's are in the README.
    assert rate["preranked GSEA"] > 0.25
    assert rate["specificity key (ULM)"] > 0.25
    assert rate["fry"] < 0.15
    assert rate["donor key (rotation)"] < 0.15
    assert rate["two keys"] < 0.12
