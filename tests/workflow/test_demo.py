"""The demo cohort: what was planted is found, what was not planted is left alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from diffpath.report.terminal import tell_verdicts
from diffpath.tables import CLAIMS, RESULTS, THEME_SETS, THEME_VERDICTS, read_table


def test_planted_genes_are_found(demo: Path) -> None:
    results = read_table(
        demo / "results" / "contrasts" / "WS_vs_control" / "results.tsv.gz", RESULTS
    ).set_index("symbol")
    assert results.loc["IL1B", "log2FoldChange"] == pytest.approx(2.8, abs=0.6)
    for symbol, sign in {"IL1B": 1, "CDKN2A": 1, "CDKN1A": 1, "LMNB1": -1, "WRN": -1}.items():
        assert results.loc[symbol, "log2FoldChange"] * sign > 0.5
        assert results.loc[symbol, "padj"] < 0.05


def test_planted_sets_are_found_and_others_are_not(demo: Path) -> None:
    folder = demo / "results" / "contrasts" / "WS_vs_control"
    sets = read_table(folder / "themes" / "sets.tsv", THEME_SETS).set_index("gene_set")
    truth = pd.read_csv(demo / "truth_sets.tsv", sep="\t").set_index("gene_set")
    themed = truth.loc[truth.index.intersection(sets.index)]
    planted = themed[themed["changed"] != "none"]
    assert len(planted) >= 5
    found = sets.loc[planted.index]
    # A set's direction is signed for its theme; the truth tells its genes' own.
    own = found["direction"].where(
        found["sign"] > 0, found["direction"].map({"up": "down", "down": "up"})
    )
    assert (own == planted["changed"]).all()
    assert (found["p_two_key"] < 0.05).all()
    share = themed["n_planted"] / themed["n_genes"]
    still = sets.loc[share.index[(themed["changed"] == "none") & (share < 0.06)]]
    assert len(still) >= 15
    assert (still["p_holm_within"] < 0.05).sum() == 0
    assert (still["p_two_key"] < 0.05).sum() <= 2


def test_themes_are_changed_and_the_page_says_it_is_simulated(demo: Path) -> None:
    folder = demo / "results" / "contrasts" / "WS_vs_control"
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS).set_index("theme")
    assert verdicts.loc["inflammation", "verdict"] == "higher"
    assert (verdicts["loo_n"] == 8).all()
    for page in (folder / "report.html", demo / "results" / "index.html"):
        assert "SIMULATED DATA" in page.read_text()


def test_declared_expectations_are_met(demo: Path) -> None:
    folder = demo / "results" / "contrasts" / "WS_vs_control"
    claims = read_table(folder / "themes" / "claims.tsv", CLAIMS).set_index("name")
    for name in ("inflammation", "INFLAMMATION_NFKB_TARGETS", "IL1B", "CDKN2A", "CDKN1A"):
        assert claims.loc[name, "outcome"] == "as_expected", name
    assert claims.loc["IL1B", "size_within"]


def test_the_end_of_the_run_prints_the_verdicts(demo: Path) -> None:
    printed = (demo / "printed.txt").read_text()
    folder = demo / "results" / "contrasts" / "WS_vs_control"
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS)
    assert "Index: demo/results/index.html" in printed
    for sentence in verdicts["sentence"]:
        assert sentence in printed


def test_pages_that_were_not_asked_for_are_not_named(demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / "results", tmp_path / "results")
    folder = tmp_path / "results"
    told = tell_verdicts(folder, ["WS_vs_control"])
    assert f"Index: {folder / 'index.html'}" in told
    assert str(folder / "contrasts" / "WS_vs_control" / "report.html") in told
    (folder / "index.html").unlink()
    (folder / "contrasts" / "WS_vs_control" / "report.html").unlink()
    told = tell_verdicts(folder, ["WS_vs_control"])
    assert ".html" not in told
    assert "WS_vs_control: no page yet" in told


def test_every_job_counts_its_own_cpu_and_memory(demo: Path) -> None:
    logs = [*(demo / "results" / "logs").rglob("*.log")]
    assert len(logs) >= 14
    for log in logs:
        found = re.fullmatch(r"done: ([\d.]+) CPU s, peak ([\d.]+) MB\n", log.read_text())
        assert found, log
        assert 0.1 < float(found[1]) < 600
        assert 30 < float(found[2]) < 4000
