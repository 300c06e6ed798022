"""Sentences of verdicts: the Japanese carries the numbers of the English, for every kind."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from diffpath.report.answers import TONE
from diffpath.report.model import ContrastReport
from diffpath.report.verdicts import word_sentence
from diffpath.report.words import load_words
from diffpath.themes.wording import UNTESTED, word_verdict

NO_EFFECT: dict[str, Any] = {"effect": np.nan, "effect_low": np.nan, "effect_high": np.nan}
CASES: list[tuple[str, dict[str, Any]]] = [(v, {}) for v in TONE if v != "not_tested"] + [
    ("higher", {"direction": "down", "p_holm": 2e-9}),
    ("lower", {"effect": -0.413, "effect_low": -0.9, "effect_high": -0.02}),
    ("no_evidence", {"p_union": 0.031}),
    ("no_evidence", {"p_union": 0.41, "detectable_effect": np.nan}),
    ("mixed", {"named_sets": None}),
    ("mixed", {"direction": "down"}),
    ("not_theme_specific", {"donor_direction": "up", "ulm_direction": "down", "p_ulm": 4e-4}),
    ("one_donor", {"loo_n": 0}),
    ("one_donor", {"loo_sign_stable": False}),
    ("one_donor", {"loo_least_share": 0.3, "loo_weakest": "WS2"}),
    ("one_donor", {"p_union": 0.2}),
    ("no_evidence", {"p_union": 0.2, "p_holm": 0.03}),
    ("refused", {**NO_EFFECT, "reason": "2 donors in group WS"}),
    ("exploratory", {"reason": "2 donors in group WS", "effect_low": np.nan}),
    ("not_reproducible", NO_EFFECT),
    ("component_specific", {**NO_EFFECT, "untested": "cancelled", "p_union": np.nan}),
    ("no_evidence", {**NO_EFFECT, "untested": "cancelled", "p_union": np.nan}),
    *(("not_tested", {"untested": untested}) for untested in UNTESTED),
]


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"[+−<]?\d+(?:\.\d+)?(?:e-?\d+)?", text))


@pytest.mark.parametrize(("verdict", "changes"), CASES)
def test_both_languages_carry_the_same_numbers(
    report: ContrastReport, verdict: str, changes: dict[str, Any]
) -> None:
    assert report.theme_verdicts is not None
    assert report.theme_sets is not None
    assert report.theme_genes is not None
    row = report.theme_verdicts.iloc[0].copy()
    for name, value in {"verdict": verdict, "reason": "3 donors", **changes}.items():
        row[name] = value
    own = report.theme_sets[report.theme_sets["theme"] == row["theme"]]
    names = str(row["named_sets"]).split(",") if row["named_sets"] else []
    genes = report.theme_genes[report.theme_genes["theme"] == row["theme"]]
    row["sentence"] = word_verdict(
        row, own[own["gene_set"].isin(names)], int(genes["leading_edge"].sum()),
        len(report.theme_verdicts), "WS", "control", report.alpha,
    )  # fmt: skip
    text = word_sentence(report, row)
    english, japanese = (Markup(part).unescape() for part in (text.en, text.ja))
    assert english == row["sentence"]
    assert _numbers(japanese) == _numbers(english)
    assert re.search(r"[\u3040-\u30ff]", text.ja)
    for name in names if verdict in ("component_specific", "mixed") else []:
        assert (own.set_index("gene_set").loc[name, "title"] or name) in text.ja
    if row["untested"]:
        assert UNTESTED[row["untested"]] in english
        assert load_words("ja")[f"part.untested_{row['untested']}"] in japanese
    if verdict == "one_donor" and row["loo_least_share"] < 0.5:
        assert "less than half of it is left without WS2" in english
        assert "WS2を除くと効果の半分も残らない" in japanese
    if verdict == "one_donor" and row["p_union"] >= 0.05:
        assert "no set holds whichever donor" in english
        assert "保たれるセットがない" in japanese
    if row["direction"] == "down" and verdict == "mixed":
        assert english.endswith("; all of its genes together lower.")
        assert "全遺伝子では低い" in japanese
    if verdict == "not_theme_specific":
        less = row["ulm_direction"] != row["donor_direction"]
        assert ("but less than other genes do" in english) == less
        assert ("他の遺伝子の変化より小さい" in japanese) == less
    if row["direction"] == "down" and verdict == "higher":
        assert "逆方向のセット" in text.ja


def test_names_are_escaped_in_both_languages(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    row: pd.Series = report.theme_verdicts.iloc[0].copy()
    row["title"], row["sentence"] = "<b>", "<b>: higher"
    text = word_sentence(replace(report, contrast={**report.contrast, "test": "<i>"}), row)
    assert text.en == "&lt;b&gt;: higher"
    assert "<" not in text.ja
