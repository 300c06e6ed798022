import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from diffpath.units import sum_units


def cohort() -> tuple[AnnData, pd.DataFrame]:
    sheet = pd.DataFrame(
        {
            "condition": ["WS", "WS", "WS", "control", "control", "control"],
            "donor": ["W1", "W1", "W2", "C1", "C1", "C10"],
            "clone": ["a", "b", "a", "a", "b", "a"],
            "passage": [3.0, 5.0, 4.0, 4.0, 4.0, 4.0],
            "batch": ["1", "2", "1", "1", "1", "2"],
        },
        index=["s1", "s2", "s3", "s4", "s5", "s6"],
    )
    counts = np.arange(18).reshape(6, 3)
    return AnnData(counts, obs=pd.DataFrame(index=sheet.index)), sheet


def test_clones_of_a_donor_are_summed() -> None:
    counts, sheet = cohort()
    units, findings = sum_units(
        counts, sheet, "donor", ["condition"], replicates=["Clone"], numeric=["passage"]
    )
    assert units.obs_names.tolist() == ["C1", "C10", "W1", "W2"]
    np.testing.assert_array_equal(units["W1"].X, [[3, 5, 7]])
    np.testing.assert_array_equal(units["C1"].X, [[21, 23, 25]])
    assert units.obs.loc["W1", "samples"] == "s1,s2"
    assert units.obs.loc["W1", "passage"] == 4
    assert units.obs.loc["W1", "batch"] == "1+2"
    assert units.obs["library_size"].sum() == np.arange(18).sum()
    said = [(item.severity, item.place) for item in findings.items]
    assert said == [("warning", "column 'passage'"), ("warning", "column 'batch'")]
    assert str(findings.items[1]) == (
        "samples, column 'batch': found samples that differ in 'batch' summed into units W1; "
        "expected summed samples that differ only in their replicate number. To mend: take "
        "a subset, or list it under replicates if it only numbers replicates; with 'batch' in the "
        "design they stay apart, and the verdict is exploratory."
    )


def test_what_the_design_names_is_kept_apart() -> None:
    counts, sheet = cohort()
    units, _ = sum_units(counts, sheet, "donor", ["batch", "condition"], numeric=["passage"])
    assert units.obs_names.tolist() == ["C1:1", "C10:2", "W1:1", "W1:2", "W2:1"]


def test_paired_conditions_within_a_donor() -> None:
    counts, sheet = cohort()
    sheet["donor"] = ["A", "A", "B", "A", "A", "B"]
    units, _ = sum_units(counts, sheet, "donor", ["donor", "condition"])
    assert units.obs_names.tolist() == ["A:control", "A:WS", "B:control", "B:WS"]


def test_order_of_samples_changes_nothing() -> None:
    counts, sheet = cohort()
    first, _ = sum_units(counts, sheet, "donor", ["condition"], numeric=["passage"])
    order = [4, 2, 5, 0, 3, 1]
    second, _ = sum_units(
        counts[order].copy(), sheet.iloc[order], "donor", ["condition"], numeric=["passage"]
    )
    np.testing.assert_array_equal(first.X, second.X)
    pd.testing.assert_frame_equal(first.obs, second.obs)


def test_a_sample_absent_from_the_sheet_is_an_error() -> None:
    counts, sheet = cohort()
    with pytest.raises(KeyError, match="s6"):
        sum_units(counts, sheet.iloc[:5], "donor", ["condition"])
