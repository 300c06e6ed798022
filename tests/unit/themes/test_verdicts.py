from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.findings import Findings
from diffpath.tables import (
    LEAVE_ONE_OUT,
    THEME_GENES,
    THEME_SETS,
    THEME_TESTS,
    THEME_VERDICTS,
    conform,
    read_table,
    write_table,
)
from diffpath.themes.leave_out import run_left_out
from diffpath.themes.standing import Standing
from diffpath.themes.verdicts import Judgement, judge
from diffpath.themes.wording import UNTESTED, round_p

Make = Callable[..., Any]
STANDING = Standing("confirmatory", (), Findings(), 4, 4, 6, 2 / 70, True)
TEST: dict[str, Any] = {
    "theme": "t", "title": "Theme", "n_sets_declared": 2, "n_sets": 2, "n_genes_tested": 50,
    "n_conflicting": 0, "p_donor": 0.001, "donor_direction": "up", "p_ulm": 0.002,
    "ulm_direction": "up", "p_union": 0.002, "failed_key": "none", "untested": None, "p_sets": 0.01,
    "p_theme": 0.004, "p_holm": 0.008, "direction": "up", "effect": 0.4, "effect_low": 0.1,
    "effect_high": 0.7, "detectable_effect": 0.35, "permutation_p": 0.03,
    "permutation_smallest_p": 0.03,
}  # fmt: skip
SET: dict[str, Any] = {
    "theme": "t", "gene_set": "S1", "title": "first set", "sign": 1, "n_tested": 20,
    "p_donor": 0.001, "donor_direction": "up", "p_ulm": 0.001, "ulm_direction": "up",
    "p_two_key": 0.001, "p_holm_within": 0.002, "failed_key": "none", "direction": "up",
    "effect": 0.4, "effect_low": 0.1, "effect_high": 0.7, "permutation_p": 0.03,
    "loo_n": None, "loo_sign_stable": None, "loo_least_share": None, "loo_max_p": None,
}  # fmt: skip
WEAK = {"gene_set": "S2", "title": "second set", "p_two_key": 0.6, "p_holm_within": 0.6}


def leave_outs(**directions: str) -> list[dict[str, Any]]:
    """Rows of four donors; ``union=uudu`` gives the directions of one set, donor by donor."""
    rows = []
    for name, letters in directions.items():
        for i, letter in enumerate(letters):
            word = {"u": "up", "d": "down"}.get(letter)
            rows.append(
                {
                    "theme": "t", "gene_set": "" if name == "union" else name,
                    "left_out": f"d{i}", "n_tested": 20, "effect": -0.3 if letter == "d" else 0.3,
                    "p_donor": 0.01, "donor_direction": word, "p_ulm": 0.01, "ulm_direction": "up",
                    "p_two_key": 0.01 * (i + 1) if word else np.nan,
                    "leading_edge": "G1,G2" if i else "G1",
                    "reason": None if word else "not estimable",
                }
            )  # fmt: skip
    return rows


def decide(
    test: dict[str, Any] | None = None,
    sets: list[dict[str, Any]] | None = None,
    left_out: list[dict[str, Any]] | None = None,
    standing: Standing = STANDING,
    gsea: pd.DataFrame | None = None,
) -> Judgement:
    rows = leave_outs(union="uuuu", S1="uuuu", S2="uuuu") if left_out is None else left_out
    genes = [
        ("t", "G1", "A", 1, "S1", 1.0, 0.5, 1.5, 4.0, 0.01, True, np.nan),
        ("t", "G2", "B", 1, "S1", 1.0, 0.5, 1.5, 4.0, 0.01, True, np.nan),
        ("t", "G3", "C", 1, "S1", 0.0, -0.5, 0.5, 0.0, 0.9, False, np.nan),
    ]
    return judge(
        conform(pd.DataFrame([TEST | (test or {})]), THEME_TESTS),
        conform(pd.DataFrame([SET | s for s in sets or [{}, WEAK]]), THEME_SETS),
        conform(pd.DataFrame(genes, columns=THEME_GENES.names), THEME_GENES),
        conform(pd.DataFrame(rows, columns=LEAVE_ONE_OUT.names), LEAVE_ONE_OUT),
        standing,
        test="WS",
        reference="control",
        gsea=gsea,
    )


def only(judgement: Judgement) -> pd.Series:
    assert len(judgement.verdicts) == 1
    return judgement.verdicts.iloc[0]


def test_higher() -> None:
    found = decide()
    row = only(found)
    assert row["verdict"] == "higher"
    assert row["sentence"] == (
        "Theme: genes are higher in WS than in control (mean log2 +0.40, 95% +0.10 to +0.70; "
        "p after Holm 0.008), whichever donor is left out; 2 of 50 genes carry it."
    )
    assert row["named_sets"] == "S1"
    assert (row["loo_n"], row["loo_sign_stable"], row["loo_weakest"]) == (4, True, "d3")
    assert row["loo_max_p"] == pytest.approx(0.04)
    assert found.genes["loo_recurrence"].tolist() == [1.0, 0.75, 0.0]
    assert found.sets["loo_n"].tolist() == [4, 4]


def test_a_union_alone_can_carry_the_verdict() -> None:
    row = only(decide(sets=[{"p_holm_within": 0.2}, WEAK]))
    assert (row["verdict"], row["named_sets"]) == ("higher", None)


def test_lower_and_what_speaks_against_it() -> None:
    down = {"donor_direction": "down", "ulm_direction": "down", "direction": "down"}
    row = only(
        decide(
            {**down, "effect": -0.4, "effect_low": -0.7, "effect_high": -0.1},
            left_out=leave_outs(union="dddd", S1="uuuu", S2="uuuu"),
        )
    )
    assert row["verdict"] == "lower"
    assert (
        "genes are lower in WS than in control (mean log2 −0.40, 95% −0.70 to −0.10"
        in (row["sentence"])
    )
    assert row["sentence"].endswith("Against it: first set higher.")


def test_a_direction_that_turns_without_one_donor_is_not_counted() -> None:
    row = only(decide(left_out=leave_outs(union="uudu", S1="uuuu", S2="uuuu")))
    assert (row["verdict"], row["loo_sign_stable"], row["loo_weakest"]) == (
        "one_donor",
        False,
        "d2",
    )
    assert (
        "the direction is not kept when d2 is left out: not counted as changed" in (row["sentence"])
    )


def test_a_donor_the_design_cannot_spare_counts_as_not_stable() -> None:
    row = only(decide(left_out=leave_outs(union="uuxu", S1="uuuu", S2="uuuu")))
    assert (row["verdict"], row["loo_n"], row["loo_weakest"]) == ("one_donor", 3, "d2")


def test_without_leave_outs_nothing_is_confirmed() -> None:
    row = only(decide(left_out=[]))
    assert (row["verdict"], row["loo_n"]) == ("one_donor", 0)
    assert pd.isna(row["loo_sign_stable"])
    assert "no fit without one donor could be made" in row["sentence"]


def test_component_specific_names_the_sets() -> None:
    row = only(decide({"p_union": 0.2, "p_ulm": 0.2}))
    assert (row["verdict"], row["named_sets"]) == ("component_specific", "S1")
    assert row["sentence"].endswith("the theme as a whole does not pass both keys (mean log2 "
                                    "+0.40, 95% +0.10 to +0.70): first set higher.")  # fmt: skip


def test_a_component_without_a_set_that_passes_is_no_verdict_of_change() -> None:
    weak = [{"p_holm_within": 0.08}, WEAK]
    row = only(decide({"p_union": 0.2, "p_donor": 0.2, "p_ulm": 0.2}, weak))
    assert (row["verdict"], row["named_sets"]) == ("no_evidence", None)
    assert (
        "; p after Holm 0.008 over all sets, but neither the union nor a single set passes)"
        in row["sentence"]
    )
    turned = leave_outs(union="uuuu", S1="dddd", S2="dddd")
    assert only(decide({"p_union": 0.2, "p_donor": 0.2, "p_ulm": 0.2}, weak, turned))[
        "verdict"
    ] == "no_evidence"  # fmt: skip
    # The donor key alone says what it always says.
    assert only(decide({"p_union": 0.2, "p_ulm": 0.2}, weak))["verdict"] == "not_theme_specific"


def test_an_effect_that_halves_without_one_donor_is_not_counted_in_uneven_groups() -> None:
    rows = leave_outs(union="uuuu", S1="uuuu", S2="uuuu")
    rows[1]["effect"] = 0.19
    uneven = replace(STANDING, n_test=3, n_reference=7)
    row = only(decide(left_out=rows, standing=uneven))
    assert (row["verdict"], row["loo_sign_stable"], row["loo_weakest"]) == ("one_donor", True, "d1")
    assert row["loo_least_share"] == pytest.approx(0.19 / 0.4)
    assert "but less than half of it is left without d1: not counted as" in row["sentence"]
    # Twice as many donors are even enough: the pooled variance shows a bad sample.
    even = replace(STANDING, n_test=3, n_reference=6)
    assert only(decide(left_out=rows, standing=even))["verdict"] == "higher"
    rows[1]["effect"] = 0.2
    assert only(decide(left_out=rows, standing=uneven))["verdict"] == "higher"


def test_a_set_whose_effect_halves_is_not_named_in_uneven_groups() -> None:
    rows = leave_outs(union="uuuu", S1="uuuu", S2="uuuu")
    rows[6]["effect"] = 0.1
    uneven = replace(STANDING, n_test=24, n_reference=3)
    row = only(decide({"p_union": 0.2}, left_out=rows, standing=uneven))
    assert (row["verdict"], row["named_sets"]) == ("one_donor", None)
    assert only(decide({"p_union": 0.2}, left_out=rows))["named_sets"] == "S1"


def test_a_set_that_turns_is_not_named() -> None:
    row = only(decide({"p_union": 0.2}, left_out=leave_outs(union="uuuu", S1="uudu", S2="uuuu")))
    assert (row["verdict"], row["named_sets"]) == ("one_donor", None)
    assert "no set holds whichever donor is left out: not counted" in row["sentence"]


def test_sets_in_conflicting_directions_are_mixed() -> None:
    down = {"gene_set": "S2", "title": None, "p_two_key": 0.0005, "direction": "down",
            "donor_direction": "down", "effect": -0.4}  # fmt: skip
    row = only(decide({"p_union": 0.2}, [{}, down], leave_outs(union="uuuu", S1="uuuu", S2="dddd")))
    assert (row["verdict"], row["named_sets"]) == ("mixed", "S1,S2")
    assert row["sentence"].endswith("S2 lower; first set higher.")


def test_a_mean_against_the_genes_that_stand_out_is_mixed() -> None:
    mean = {"effect": -0.1, "effect_low": -0.3, "effect_high": 0.1}
    rows = [row | {"effect": -0.08} for row in leave_outs(union="uuuu", S1="uuuu", S2="uuuu")]
    assert only(decide(mean, left_out=rows))["verdict"] == "mixed"


def test_a_mean_around_zero_with_a_set_against_it_is_mixed() -> None:
    lean = {"effect": 0.03, "effect_low": -0.02, "effect_high": 0.08}
    down = {"gene_set": "S2", "title": None, "p_two_key": 0.0005, "direction": "down",
            "donor_direction": "down", "effect": -0.4}  # fmt: skip
    rows = leave_outs(union="uuuu", S1="uuuu", S2="dddd")
    row = only(decide(lean, [{}, down], rows))
    assert (row["verdict"], row["named_sets"]) == ("mixed", "S1,S2")
    assert row["sentence"].endswith("S2 lower; first set higher.")
    weak = {"p_two_key": 0.6, "p_holm_within": 0.6}
    row = only(decide(lean, [weak, down], rows))
    assert (row["verdict"], row["named_sets"]) == ("mixed", "S2")
    assert row["sentence"].endswith(": S2 lower; all of its genes together higher.")
    # Either alone leaves the verdict: a mean that differs from 0, or no set that stands against it.
    row = only(decide({}, [{}, down], rows))
    assert (row["verdict"], row["sentence"][-21:]) == ("higher", "Against it: S2 lower.")
    assert only(decide(lean))["verdict"] == "higher"
    turns = leave_outs(union="uuuu", S1="uuuu", S2="dudd")
    assert only(decide(lean, [{}, down], turns))["verdict"] == "higher"


def test_not_specific_to_the_theme() -> None:
    weak = {"p_union": 0.3, "p_ulm": 0.3, "p_holm": 0.4}
    row = only(decide(weak))
    assert row["verdict"] == "not_theme_specific"
    assert "consistently over donors (p 0.001;" in row["sentence"]
    against = {"p_union": 1.0, "ulm_direction": "down", "p_holm": 1.0}
    row = only(decide(against))
    assert row["verdict"] == "not_theme_specific"
    assert row["sentence"].endswith(
        "but less than other genes do (p 0.002): not specific to the theme."
    )
    unsure = only(decide({**against, "p_ulm": 0.3}))["sentence"]
    assert "but not beyond what other genes do (p 0.30)" in unsure


def test_not_reproducible_across_donors() -> None:
    weak = {"p_union": 0.3, "p_donor": 0.3, "p_holm": 0.4}
    row = only(decide(weak))
    assert row["verdict"] == "not_reproducible"
    assert "a mean log2 of 0.35, common to all genes, would be found" in row["sentence"]
    neither = {**weak, "p_ulm": 0.3}
    gsea = pd.DataFrame({"collection": ["t"], "gene_set": ["S2"], "padj": [0.01]})
    held = [{}, {**WEAK, "p_donor": 0.5}]
    assert only(decide(neither, held))["verdict"] == "no_evidence"
    assert only(decide(neither, held, gsea=gsea))["verdict"] == "not_reproducible"
    assert only(decide(neither, gsea=gsea))["verdict"] == "no_evidence"


def test_no_evidence_says_what_would_have_been_found() -> None:
    none = {"p_union": 0.5, "p_donor": 0.5, "p_ulm": 0.4, "p_holm": 0.9}
    row = only(decide(none))
    assert row["verdict"] == "no_evidence"
    assert "unchanged" not in row["sentence"]
    assert "no evidence of a difference between WS and control" in row["sentence"]
    assert "0.35" in row["sentence"]
    nominal = only(decide({"p_union": 0.03, "p_donor": 0.03, "p_holm": 0.06}))
    assert nominal["verdict"] == "no_evidence"
    assert "p 0.03 before Holm over 1 themes" in nominal["sentence"]


@pytest.mark.parametrize("status", ["exploratory", "refused"])
def test_without_standing_there_is_no_verdict(status: Any) -> None:
    row = only(decide(standing=replace(STANDING, status=status, reasons=("too few donors",))))
    assert (row["verdict"], row["status"], row["reason"]) == (status, status, "too few donors")
    assert "because too few donors" in row["sentence"]
    assert row["named_sets"] is None


def test_a_theme_without_a_tested_set() -> None:
    empty = {name: None for name in TEST if name.startswith(("p_", "effect", "detect"))}
    words = dict.fromkeys(("direction", "donor_direction", "ulm_direction"))
    for untested, said in UNTESTED.items():
        row = only(decide({**empty, **words, "untested": untested}))
        assert row["verdict"] == "not_tested"
        assert row["sentence"] == f"Theme: not tested, {said}."


def test_a_theme_without_a_union_is_judged_by_its_sets() -> None:
    words = dict.fromkeys(("direction", "donor_direction", "ulm_direction", "failed_key"))
    no_union = dict.fromkeys(("p_donor", "p_ulm", "p_union", "effect", "effect_low", "effect_high",
                              "detectable_effect"))  # fmt: skip
    given = {**words, **no_union, "untested": "cancelled", "n_genes_tested": 0}
    row = only(decide(given))
    assert (row["verdict"], row["named_sets"]) == ("component_specific", "S1")
    assert row["sentence"].endswith(
        "the theme as a whole was not tested, because every gene is in sets of both signs: first "
        "set higher."
    )
    turned = only(decide(given, left_out=leave_outs(S1="uudu", S2="uuuu")))
    assert turned["verdict"] == "one_donor"
    assert "but no set holds" in turned["sentence"]
    none = only(decide({**given, "p_holm": 0.4}))
    assert none["verdict"] == "no_evidence"
    assert "(effect not estimable, every gene is in sets of both signs)." in none["sentence"]


def test_from_counts_of_donors_to_a_verdict(make_cohort: Make, tmp_path: Any) -> None:
    cohort = make_cohort(4)
    tested, left_out = cohort.run(), cohort.leave_out()
    assert len(left_out) == 8 * 7
    write_table(left_out, LEAVE_ONE_OUT, tmp_path / "loo.tsv")
    found = judge(
        tested.tests, tested.sets, tested.genes, read_table(tmp_path / "loo.tsv", LEAVE_ONE_OUT),
        cohort.assess(), test="WS", reference="control",
    )  # fmt: skip
    verdicts = found.verdicts.set_index("theme")
    assert verdicts["verdict"].to_dict() == {"alpha": "higher", "beta": "no_evidence"}
    assert verdicts.loc["alpha", "loo_n"] == 8
    assert found.verdicts.columns.tolist() == THEME_VERDICTS.names
    raised = found.genes["gene_id"].isin([f"ENSG{i:04d}" for i in range(0, 60, 2)])
    assert found.genes.loc[raised, "loo_recurrence"].mean() > 0.9


def test_a_pair_that_is_left_out_leaves_the_other_pairs(make_cohort: Make) -> None:
    cohort = make_cohort(4, paired=True)
    # Donor d0 is the reference level: without it the coding is redundant, not the contrast.
    rows = cohort.leave_out("d0")
    assert rows["p_two_key"].notna().all()
    assert rows.loc[(rows["theme"] == "alpha"), "donor_direction"].eq("up").all()


def test_a_donor_the_contrast_needs_is_told(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    alone = cohort.units["donor"].isin(["d0", "d4", "d5", "d6", "d7"]).to_numpy()
    cohort = replace(
        cohort,
        values=cohort.values[alone],
        units=cohort.units[alone],
        design=cohort.design[alone],
    )
    rest = cohort.design.iloc[1:]
    rows = run_left_out(
        cohort.values.iloc[1:], rest, cohort.contrast, cohort.results, cohort.themes, "d0"
    )
    assert rows["p_two_key"].isna().all()
    assert rows["reason"].unique().tolist() == [
        "without this donor the contrast cannot be told from the design's other terms"
    ]


def test_leave_outs_of_a_refused_contrast_have_effects_and_no_p(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    rest = cohort.drop("d0")
    given = (rest.values, rest.design, rest.contrast, rest.results, rest.themes, "d0")
    rows = run_left_out(*given, refused=True)
    assert rows[["p_donor", "p_ulm", "p_two_key"]].isna().all().all()
    assert rows["effect"].notna().all()
    assert rows["reason"].unique().tolist() == ["the contrast is refused"]


def test_a_refused_contrast_is_not_robust_either() -> None:
    found = decide(standing=replace(STANDING, status="refused", reasons=("one donor",)))
    for table in (found.verdicts, found.sets):
        assert (table["loo_n"] == 0).all()
        assert table[["loo_sign_stable", "loo_least_share", "loo_max_p"]].isna().all().all()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0496, "0.0496"), (0.05, "0.05"), (0.0502, "0.0502"), (0.041, "0.041"), (0.0996, "0.0996"),
     (0.237, "0.24"), (0.001234, "0.0012"), (3e-5, "<0.0001")],
)  # fmt: skip
def test_a_sentence_never_rounds_a_p_onto_a_level(value: float, shown: str) -> None:
    assert round_p(value) == shown


def test_an_end_of_an_interval_that_rounds_to_zero_has_no_sign() -> None:
    row = only(decide({"effect": 0.07, "effect_low": -0.0015, "effect_high": 0.144}))
    assert "mean log2 +0.07, 95% 0.00 to +0.14" in row["sentence"]
