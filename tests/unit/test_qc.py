import numpy as np
import pandas as pd

from diffpath.qc import (
    TOP_GENES,
    associate,
    find_components,
    find_confounding,
    flag_outliers,
    measure_distances,
)
from diffpath.tables import ASSOCIATIONS, COMPONENTS, DISTANCES, conform


def values(shift: float = 6.0, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(8, 700))
    data[4:, :60] += shift
    return pd.DataFrame(
        data, index=[f"u{i}" for i in range(8)], columns=[f"g{j:03d}" for j in range(700)]
    )


def test_first_component_is_the_planted_difference() -> None:
    table = conform(find_components(values()), COMPONENTS)
    first = table[table["component"] == "PC1"].set_index("unit")["score"]
    assert len(set(np.sign(first[:4]))) == 1
    assert (np.sign(first[:4]).to_numpy() == -np.sign(first[4:]).to_numpy()).all()
    share = table.drop_duplicates("component")["variance_fraction"]
    assert share.is_monotonic_decreasing
    assert 0.99 < share.sum() <= 1.0 + 1e-9


def test_components_are_those_of_scanpy() -> None:
    import scanpy
    from anndata import AnnData

    data = values()
    table = find_components(data, n_components=4)
    top = sorted(data.var().sort_values(ascending=False, kind="stable").index[:TOP_GENES])
    reference = AnnData(data[top].to_numpy())
    scanpy.pp.pca(reference, n_comps=4, svd_solver="full", dtype="float64")
    scores = table.pivot(index="unit", columns="component", values="score").loc[data.index]
    np.testing.assert_allclose(np.abs(scores), np.abs(reference.obsm["X_pca"]), atol=1e-9)
    shares = table.drop_duplicates("component")["variance_fraction"]
    np.testing.assert_allclose(shares, reference.uns["pca"]["variance_ratio"], rtol=1e-9)


def test_units_that_do_not_differ_have_components_of_size_zero() -> None:
    data = values()
    data.loc[:] = data.to_numpy()[:1]
    table = find_components(data)
    assert (table["score"].abs() < 1e-9).all()
    assert (table["variance_fraction"] >= 0).all()


def test_components_do_not_depend_on_gene_order() -> None:
    data = values()
    again = data[data.columns[np.random.default_rng(1).permutation(700)]]
    pd.testing.assert_frame_equal(find_components(data), find_components(again))


def test_distances_by_hand() -> None:
    data = pd.DataFrame([[0.0, 0.0, 1.0], [3.0, 4.0, 1.0]], index=["a", "b"])
    table = conform(measure_distances(data), DISTANCES).set_index(["unit_a", "unit_b"])
    assert table.loc[("a", "b"), "distance"] == 5.0
    assert table.loc[("a", "a"), "distance"] == 0.0


def test_an_outlier_is_flagged_and_others_are_not() -> None:
    data = values(0.0)
    groups = pd.Series(["w"] * 4 + ["c"] * 4, index=data.index)
    flags, findings = flag_outliers(measure_distances(data), groups)
    assert not flags.any()
    assert not findings.items
    data.loc["u2"] += np.random.default_rng(9).normal(scale=3, size=700)
    flags, findings = flag_outliers(measure_distances(data), groups)
    assert flags.index[flags].tolist() == ["u2"]
    assert [(i.severity, i.place) for i in findings.items] == [("warning", "unit 'u2'")]


def test_groups_of_one_have_no_outlier() -> None:
    data = values()[:2]
    flags, _ = flag_outliers(measure_distances(data), pd.Series(["w", "c"], index=data.index))
    assert flags.tolist() == [False, False]


def test_association_names_the_covariate_behind_a_component() -> None:
    data = values()
    sheet = pd.DataFrame(
        {
            "condition": ["c"] * 4 + ["w"] * 4,
            "batch": ["1", "2"] * 4,
            "rin": np.linspace(7, 9, 8),
            "same": ["x"] * 8,
            "donor": [f"d{i}" for i in range(8)],
        },
        index=data.index,
    )
    table = conform(associate(find_components(data), sheet, ["rin"]), ASSOCIATIONS)
    first = table[table["component"] == "PC1"].set_index("covariate")
    assert first.loc["condition", "r_squared"] > 0.95
    assert first.loc["condition", "pvalue"] < 1e-4
    assert first.loc["batch", "r_squared"] < 0.3
    assert first.loc["rin", "kind"] == "numeric"
    assert "same" not in first.index
    assert "donor" not in first.index


def test_confounding_is_named() -> None:
    sheet = pd.DataFrame(
        {
            "condition": ["c"] * 4 + ["w"] * 4,
            "batch": ["1"] * 4 + ["2"] * 4,
            "sex": ["f", "m"] * 4,
            "plate": ["1"] * 4 + ["2", "2", "2", "1"],
            "donor": [f"d{i}" for i in range(8)],
        }
    )
    findings = find_confounding(sheet, "condition", [], "samples.tsv")
    assert [(item.code, item.place) for item in findings.items] == [
        ("confounded", "columns 'condition' and 'batch'"),
        ("nearly_confounded", "columns 'condition' and 'plate'"),
    ]
    assert findings.items[0].found == ("complete confounding, Cramér's V 1.00 (c: 1; w: 2)")


def test_an_empty_cell_is_no_level() -> None:
    sheet = pd.DataFrame(
        {
            "condition": ["c"] * 4 + ["w"] * 4,
            "severity": [""] * 4 + ["mild", "mild", "bad", None],
            "kit": ["", "1", "1", "1", "2", "2", "2", ""],
        }
    )
    findings = find_confounding(sheet, "condition", [], "samples.tsv")
    assert [item.place for item in findings.items] == ["columns 'condition' and 'kit'"]
    assert "(c: 1; w: 2)" in findings.items[0].found
