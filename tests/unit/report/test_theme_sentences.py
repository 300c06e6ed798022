"""What is said above the figures of a theme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from diffpath.report.model import ContrastReport
from diffpath.report.theme_sentences import describe_theme, pick_scores


def _set_scores(report: ContrastReport, values: list[float]) -> ContrastReport:
    assert report.theme_scores is not None
    scores = report.theme_scores.copy()
    own = (scores["theme"] == "inflammation") & scores["gene_set"].isna()
    by_unit = dict(zip(report.units["unit"], values, strict=True))
    scores.loc[own, "adjusted"] = scores.loc[own, "unit"].map(by_unit)
    return replace(report, theme_scores=scores)


def test_scores_apart_overlapping_and_paired(report: ContrastReport) -> None:
    apart = _set_scores(report, [3, 2, 2, 2, 1, 1, 0, -1])
    said = describe_theme(apart, "inflammation")["scores"]
    assert said.en == "All 4 WS donors score higher than all 4 control donors"
    assert said.ja == "WSのドナー4名全員のスコアがcontrolの4名全員より高い"
    below = _set_scores(report, [-3, -2, -2, -2, 1, 1, 0, -1])
    assert "score lower than" in describe_theme(below, "inflammation")["scores"].en
    mixed = _set_scores(report, [3, 0, 0, 1, 1, 1, 0, -1])
    said = describe_theme(mixed, "inflammation")["scores"]
    assert said.en == "Scores of WS and control donors overlap: means +1.00 and +0.25 log2"
    paired = replace(mixed, units=mixed.units.assign(donor=["a", "b", "c", "d"] * 2))
    said = describe_theme(paired, "inflammation")["scores"]
    assert said.en == "In 2 of 4 donors the score is higher in WS than in control"


def test_leaving_out_a_donor_is_summed_up(report: ContrastReport) -> None:
    assert report.leave_one_out is not None
    frame = report.leave_one_out
    own = (frame["theme"] == "inflammation") & frame["gene_set"].isna()
    effects = frame.loc[own, "effect"]
    said = describe_theme(report, "inflammation")["loo"].en
    assert f"between {effects.min():+.2f} and {effects.max():+.2f} log2" in said
    turned = frame.copy()
    first = turned.index[own][0]
    turned.loc[first, "effect"] = -0.1
    said = describe_theme(replace(report, leave_one_out=turned), "inflammation")["loo"].en
    assert said == f"The effect changes its sign without {turned.loc[first, 'left_out']}"
    none = replace(report, leave_one_out=frame.iloc[:0])
    assert describe_theme(none, "inflammation")["loo"].en == "No donor could be left out"


def test_sets_that_pass_are_counted_and_the_largest_named(report: ContrastReport) -> None:
    assert report.theme_sets is not None
    sets = report.theme_sets.copy()
    own = sets["theme"] == "inflammation"
    sets.loc[own, "p_two_key"] = [0.001, 0.02, 0.2, 0.3, 0.9]
    sets.loc[own, "effect"] = [0.1, -0.5, 2.0, 0.1, 0.1]
    name = sets.loc[own, "title"].iloc[1]
    said = describe_theme(replace(report, theme_sets=sets), "inflammation")["forest"].en
    assert said == (
        f"2 of 5 sets pass both keys at p < 0.05; the largest mean change is −0.50 log2, in: {name}"
    )
    none = replace(report, theme_sets=sets.assign(p_two_key=1.0))
    said = describe_theme(none, "inflammation")["forest"].en
    assert said == "No set of 5 passes both keys at p < 0.05"


def test_the_heatmap_counts_the_genes_it_draws(report: ContrastReport) -> None:
    assert report.results is not None
    union = {g for s in report.gene_sets["inflammation"].values() for g in s.genes}
    rows = report.results[report.results["symbol"].isin(union)].dropna(subset=["pvalue"])
    drawn = rows.sort_values("pvalue").head(40)
    up = int((drawn["stat"] > 0).sum())
    said = describe_theme(report, "inflammation")["heatmap"].en
    assert said == (
        f"Of the {len(drawn)} theme genes with the smallest p, {up} are higher and "
        f"{len(drawn) - up} lower in WS"
    )


def test_a_contrast_without_these_tables_says_so(report: ContrastReport) -> None:
    names = ("theme_scores", "leave_one_out", "theme_sets", "expression", "theme_verdicts")
    said = describe_theme(replace(report, **dict.fromkeys(names)), "inflammation")
    assert said["forest"].en.startswith("No set of 0")
    assert said["heatmap"].en == "No gene of the theme can be drawn"
    assert pick_scores(replace(report, theme_scores=None), "inflammation").empty
    assert np.isfinite(pick_scores(report, "inflammation")).all()
    assert isinstance(pick_scores(report, "inflammation"), pd.Series)
