from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest

from diffpath.themes.claims import Claim, judge_claims

RESULTS = pd.DataFrame(
    [
        ("G1", "IL1B", 2.5, 0.3, 1e-9, 1e-8, None),
        ("G2", "LMNB1", -1.0, 0.2, 1e-5, 1e-4, None),
        ("G3", "CDKN2A", 0.3, 0.4, 0.4, 0.6, None),
        ("G4", "IL6", np.nan, np.nan, np.nan, np.nan, "low_count"),
        ("G5", "CCL2", 1.0, 0.9, 0.3, np.nan, "independent_filtering"),
    ],
    columns=["gene_id", "symbol", "log2FoldChange", "lfcSE", "pvalue", "padj", "reason"],
)
SETS = pd.DataFrame(
    [("sasp", "NFKB", 0.01, "up", 0.5, 0.1, 0.9), ("sasp", "IL1", 0.3, "up", 0.1, -0.2, 0.4),
     ("bone", "IL1", 0.3, "up", 0.1, -0.2, 0.4), ("seen", "ONLY", 0.01, "up", 0.5, 0.1, 0.9)],
    columns=["theme", "gene_set", "p_holm_within", "direction", "effect", "effect_low",
             "effect_high"],
)  # fmt: skip
VERDICTS = pd.DataFrame(
    [
        ("sasp", "confirmatory", "higher", 0.01, "up", 0.5, 0.1, 0.9, None),
        ("calcium", "confirmatory", "component_specific", 0.02, "up", 0.1, -0.1, 0.3, None),
        ("bone", "confirmatory", "no_evidence", 0.5, "up", 0.1, -0.1, 0.3, None),
        ("empty", "confirmatory", "not_tested", np.nan, None, np.nan, np.nan, np.nan, "too_small"),
        ("seen", "exploratory", "exploratory", 0.01, "up", 0.5, 0.1, 0.9, None),
    ],
    columns=["theme", "status", "verdict", "p_holm", "direction", "effect", "effect_low",
             "effect_high", "untested"],
)  # fmt: skip


def judge(
    kind: Literal["gene", "set", "theme"],
    name: str,
    expected: Literal["up", "down", "either"],
    size: float | None = None,
) -> pd.Series:
    claim = Claim(kind, name, expected, "a paper", size)
    return judge_claims([claim], RESULTS, SETS, VERDICTS).iloc[0]


@pytest.mark.parametrize(
    ("kind", "name", "expected", "outcome"),
    [
        ("gene", "IL1B", "up", "as_expected"),
        ("gene", "G1", "down", "opposite"),
        ("gene", "LMNB1", "either", "as_expected"),
        ("gene", "CDKN2A", "up", "not_seen"),
        ("gene", "CCL2", "up", "not_seen"),
        ("set", "sasp/NFKB", "up", "as_expected"),
        ("set", "NFKB", "down", "opposite"),
        ("set", "sasp/IL1", "up", "not_seen"),
        ("theme", "sasp", "up", "as_expected"),
        ("theme", "sasp", "down", "opposite"),
        ("theme", "calcium", "either", "as_expected"),
        ("theme", "calcium", "up", "not_seen"),
        ("theme", "bone", "either", "not_seen"),
    ],
)
def test_outcomes(kind: Any, name: str, expected: Any, outcome: str) -> None:
    row = judge(kind, name, expected)
    assert row["outcome"] == outcome
    assert pd.isna(row["reason"])


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [
        ("gene", "WRN", "the gene is not in the counts"),
        ("gene", "IL6", "the gene was not tested: low_count"),
        ("set", "ABSENT", "no tested set has this name"),
        ("set", "IL1", "several themes have it"),
        ("set", "ONLY", "the contrast is exploratory"),
        ("theme", "none", "no theme has this name"),
        ("theme", "seen", "the contrast is exploratory"),
        ("theme", "empty", "the theme was not tested: no set has enough tested genes"),
    ],
)
def test_what_was_not_tested_says_why(kind: Any, name: str, reason: str) -> None:
    row = judge(kind, name, "up")
    assert (row["outcome"], row["reason"]) == ("not_tested", reason)


def test_size_is_held_against_the_interval() -> None:
    row = judge("gene", "IL1B", "up", 2.8)
    assert row["size_within"]
    assert (row["low"], row["high"]) == pytest.approx((1.912, 3.088), abs=1e-3)
    assert not judge("gene", "IL1B", "up", 5.0)["size_within"]
    assert pd.isna(judge("gene", "IL1B", "up")["size_within"])


def test_a_refused_contrast_shows_no_gene_either() -> None:
    refused = VERDICTS.assign(status="refused", verdict="refused")
    claims = [Claim("gene", "IL1B", "up", "a paper"), Claim("theme", "sasp", "up", "a paper")]
    found = judge_claims(claims, RESULTS, SETS, refused)
    assert found["outcome"].tolist() == ["not_tested"] * 2
    assert found["reason"].tolist() == ["the contrast is refused"] * 2
    assert found["p"].isna().all()


def test_two_sources_may_expect_something_of_one_gene() -> None:
    claims = [Claim("gene", "IL1B", side, side) for side in ("up", "down")]
    found = judge_claims(claims, RESULTS, SETS, VERDICTS)
    assert found["outcome"].tolist() == ["as_expected", "opposite"]
