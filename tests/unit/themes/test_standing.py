from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.design import build_design
from diffpath.themes.standing import Standing, assess_design


def sheet(donors: str, conditions: str, **columns: str) -> pd.DataFrame:
    frame = {"donor": donors.split(), "condition": list(conditions)}
    frame |= {name: values.split() for name, values in columns.items()}
    names = [f"{d}{c}{i}" for i, (d, c) in enumerate(zip(donors.split(), conditions, strict=True))]
    return pd.DataFrame(frame, names).replace({"condition": {"W": "WS", "c": "control"}})


def assess(units: pd.DataFrame, formula: str = "~ condition", **options: Any) -> Standing:
    design = build_design(units, formula, "condition", "WS", "control")
    return assess_design(
        units, design.matrix, design.contrast, variable="condition", test="WS",
        reference="control", donor="donor", name="ws", **options,
    )  # fmt: skip


def test_four_against_four_is_confirmatory_and_can_be_relabelled() -> None:
    found = assess(sheet("a b c d e f g h", "WWWWcccc"))
    assert (found.status, found.reason, found.relabel) == ("confirmatory", None, True)
    assert (found.n_test, found.n_reference, found.residual_df) == (4, 4, 6)
    assert found.smallest_p == pytest.approx(2 / 70)
    assert found.findings.items == []


def test_three_against_three_is_warned() -> None:
    found = assess(sheet("a b c d e f", "WWWccc"))
    assert (found.status, found.relabel) == ("confirmatory", False)
    assert found.smallest_p == pytest.approx(0.1)
    assert [item.code for item in found.findings.items] == ["few_donors"]
    assert "3 against 3 donors" in found.findings.items[0].found


@pytest.mark.parametrize(
    ("units", "formula", "size"),
    [
        (sheet("a b c d", "WWcc"), "~ condition", "2 against 2 donors, 2 residual"),
        (sheet("a b c d e f g h", "WWcccccc"), "~ condition", "2 against 6 donors, 6 residual"),
        (sheet("a b c a b c", "WWWccc"), "~ donor + condition", "3 against 3 donors, 2 residual"),
    ],
)
def test_few_donors_or_degrees_of_freedom_are_exploratory(
    units: pd.DataFrame, formula: str, size: str
) -> None:
    found = assess(units, formula)
    assert found.status == "exploratory"
    assert found.reason is not None
    assert found.reason.startswith(size)
    assert [item.code for item in found.findings.items] == ["too_few_donors"]


def test_one_donor_a_group_is_refused() -> None:
    found = assess(sheet("a a a b b b", "WWWccc"))
    assert found.status == "refused"
    assert found.reason is not None
    assert found.reason.startswith("condition = 'WS' has 1 donor and condition = 'control' has 1")
    assert [item.code for item in found.findings.items] == ["one_donor_a_group"]
    assert "clones, cultures and sequencing runs of a donor do not count" in (
        found.findings.items[0].mend
    )


def test_pairs_are_confirmatory_with_the_donor_in_the_design() -> None:
    units = sheet("a b c d a b c d", "WWWWcccc")
    found = assess(units, "~ donor + condition")
    assert (found.status, found.residual_df, found.relabel) == ("confirmatory", 3, False)
    assert found.smallest_p == pytest.approx(2 / 16)
    unused = assess(units)
    assert unused.status == "confirmatory"
    assert [item.code for item in unused.findings.items] == ["pairs_not_used"]


def test_a_donor_that_repeats_within_a_condition_is_refused_and_named() -> None:
    units = sheet("a a b c d e f", "WWWWccc", passage="1 2 1 2 1 2 1")
    found = assess(units, "~ passage + condition")
    assert found.status == "refused"
    assert found.reason == (
        "donor a stands more than once in the same condition (aW0, aW1) and is not a term of "
        "the design"
    )
    assert found.findings.items[0].mend.startswith(
        "take the column that tells these units apart out of the design, so that they are summed, "
        "or choose one of them by 'subset'"
    )


def test_repeats_are_exploratory_where_the_donor_is_a_term() -> None:
    donors = " ".join(donor for donor in "abcd" for _ in range(6))
    units = sheet(donors, "WWWccc" * 4, passage="1 2 3 1 2 3 " * 4)
    found = assess(units, "~ donor + passage + condition")
    assert (found.status, found.residual_df) == ("exploratory", 17)
    assert found.reason is not None
    assert "a donor's rows within a condition are alike, also with 'donor' in" in found.reason
    assert [item.code for item in found.findings.items] == ["donor_repeats"]
    # Repeats at a level that is not compared lend their degrees of freedom too.
    others = sheet("a b c d a b c d a a", "WWWWccccxx", time="1 1 1 1 1 1 1 1 1 2")
    assert assess(others, "~ donor + time + condition").status == "exploratory"
    one = units[units["passage"] == "1"]
    assert assess(one, "~ donor + condition").status == "confirmatory"


def test_rank_deficient_designs_are_refused_with_their_columns() -> None:
    units = sheet("a b c d e f", "WWWccc", batch="1 1 1 2 2 2")
    found = assess(units, "~ batch + condition")
    assert found.status == "refused"
    assert found.reason is not None
    assert "batch[T.2], condition[T.WS] are combinations of one another" in found.reason
    assert "the contrast cannot be told from other terms" in found.reason
    assert "aW0" in found.findings.items[0].found


def test_a_deficiency_elsewhere_is_refused_too() -> None:
    units = sheet("a b c d e f g h", "WWWWcccc", lab="1 1 2 2 1 1 2 2", kit="x x y y x x y y")
    found = assess(units, "~ lab + kit + condition")
    assert found.reason is not None
    assert found.reason.endswith("the design is rank deficient")


def test_condition_confounded_with_batch_is_refused_with_units_named() -> None:
    units = sheet("a b c d e f", "WWWccc", batch="1 1 1 2 2 3")
    found = assess(units, covariates=["batch", "absent", "condition"])
    assert found.status == "refused"
    assert found.reason is not None
    assert "no level of 'batch' holds both WS and control" in found.reason
    assert "WS: aW0 1, bW1 1, cW2 1; control: dc3 2" in found.reason
    assert "confounded" in [item.code for item in found.findings.items]
    # What is not said to be technical is not held against the condition.
    assert assess(units).status == "confirmatory"


def test_batches_nested_in_conditions_are_exploratory() -> None:
    units = sheet("a b c d e f g h", "WWWWcccc", batch="1 1 2 2 3 3 4 4")
    found = assess(units, covariates=["batch"])
    assert found.status == "exploratory"
    assert found.reason is not None
    assert "no level of 'batch' holds both WS and control (WS: aW0 1, bW1 1, cW2 2" in found.reason
    assert "donors that share a level of 'batch' are alike" in found.reason
    assert [item.code for item in found.findings.items] == ["confounded"]
    # One batch with donors of both groups ties the others together.
    crossed = sheet("a b c d e f g h", "WWWWcccc", batch="1 1 2 2 2 3 4 4")
    assert assess(crossed, covariates=["batch"]).status == "confirmatory"
    summed = sheet("a b c d e f g h", "WWWWcccc", batch="1 1 2 2+3 3 3 4 4")
    assert assess(summed, covariates=["batch"]).status == "confirmatory"


def test_empty_cells_are_no_level() -> None:
    units = sheet("a b c d e f", "WWWccc").assign(batch=["1", "1", "2", "", "", None])
    assert assess(units, covariates=["batch"]).findings.items[0].code == "few_donors"
    units["batch"] = ["1", "1", "", "2", "2", ""]
    assert assess(units, covariates=["batch"]).status == "refused"


def test_a_level_for_each_donor_is_not_confounding() -> None:
    units = sheet("a b c d e f g h", "WWWWcccc", run="1 2 3 4 5 6 7 8", lab="x x y y x y x y")
    assert assess(units, covariates=["run", "lab"]).findings.items == []


def test_other_groups_and_terms_forbid_relabelling() -> None:
    units = sheet("a b c d e f g h i", "WWWWccccx")
    assert not assess(units).relabel
    batches = sheet("a b c d e f g h", "WWWWcccc", batch="1 2 1 2 1 2 1 2")
    assert not assess(batches, "~ batch + condition").relabel


def test_strain_of_one_donor_against_another_is_refused(shared: Any) -> None:
    path = shared / "data/ipsc_msc_chondrocyte_strain/metadata.tsv"
    units = pd.read_csv(path, sep="\t", index_col=0, dtype=str)
    units = units[units["Individual"].isin(["NA18855", "NA19160"])]
    design = build_design(units, "~ treatment + Individual", "Individual", "NA18855", "NA19160")
    found = assess_design(
        units, design.matrix, design.contrast, variable="Individual", test="NA18855",
        reference="NA19160", donor="Individual",
    )  # fmt: skip
    assert found.status == "refused"
    assert found.reason is not None
    assert "Individual = 'NA18855' has 1 Individual" in found.reason
    assert np.isfinite(found.smallest_p)
