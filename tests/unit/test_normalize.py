import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from diffpath.findings import InputError
from diffpath.normalize import keep_genes, prepare_units, size_factors


def test_filter_needs_the_count_in_enough_units() -> None:
    counts = np.array([[10, 9, 100], [10, 10, 0], [0, 10, 0]])
    assert keep_genes(counts, 10, 2).tolist() == [True, True, False]


def test_size_factors_by_hand() -> None:
    # Two units, the second twice as deep; the gene with a zero does not enter.
    counts = np.array([[10, 20, 30, 0], [20, 40, 60, 500]])
    np.testing.assert_allclose(size_factors(counts), [1 / np.sqrt(2), np.sqrt(2)], rtol=1e-14)


def test_size_factors_need_a_gene_counted_everywhere() -> None:
    with pytest.raises(ValueError, match="no gene has counts in every unit"):
        size_factors(np.array([[0, 1], [1, 0]]))


def make(counts: np.ndarray, conditions: list[str]) -> AnnData:
    names = [f"u{i}" for i in range(len(counts))]
    return AnnData(counts, obs=pd.DataFrame({"condition": conditions}, index=names))


def test_prepare_marks_groups_and_genes() -> None:
    units = make(
        np.array([[50, 3, 20], [40, 30, 20], [60, 2, 20], [55, 1, 0], [9, 9, 9]]),
        ["w", "w", "c", "c", "x"],
    )
    findings = prepare_units(units, "condition", "w", "c")
    assert units.obs["group"].tolist() == ["test", "test", "reference", "reference", "other"]
    assert units.var["kept"].tolist() == [True, False, True]
    assert [item.code for item in findings.items] == [
        "genes_filtered",
        "few_units",
        "few_units",
    ]
    assert findings.items[0].found.startswith("1 of 3 genes below 10 counts in 2 units")


def test_nothing_left_is_an_error() -> None:
    units = make(np.array([[1, 2], [3, 0]]), ["w", "c"])
    with pytest.raises(InputError) as caught:
        prepare_units(units, "condition", "w", "c")
    assert str(caught.value.errors[0]) == (
        "counts, condition w against c: found no gene with 10 counts in 1 units and a count in "
        "every unit; expected thousands of genes. To mend: look at the depth of the samples, and "
        "at filter.min_count in the config."
    )
