"""One contrast from units to its tables, by our engine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from diffpath.differ import Outcome, differ_contrast
from diffpath.normalize import prepare_units
from diffpath.tables import DESIGN, RESULTS, STATUS, conform

CHANGED = 30


def make_units(levels: str = "WWWWCCCC", genes: int = 300, seed: int = 8) -> AnnData:
    """Units of levels named by letters; the first genes are higher in W."""
    rng = np.random.default_rng(seed)
    names = [f"u{i}" for i in range(len(levels))]
    obs = pd.DataFrame({"condition": list(levels), "batch": ["a", "b"] * (len(levels) // 2)}, names)
    change = np.where(np.arange(genes) < CHANGED, 1.5, 0.0)
    higher = (obs["condition"] == "W").to_numpy()[:, None] * change
    mean = np.exp(rng.normal(5, 1, genes) + higher)
    counts = rng.negative_binomial(6, 6 / (6 + mean))
    index = pd.Index([f"G{i:03d}" for i in range(genes)])
    var = pd.DataFrame({"symbol": index.str.replace("G", "S"), "biotype": "protein_coding"}, index)
    return AnnData(counts, obs=obs, var=var)


def differ(units: AnnData, test: str = "W", reference: str = "C", **row: str) -> Outcome:
    contrast = {
        "contrast": "ws",
        "design": "~ batch + condition",
        "variable": "condition",
        "test": test,
        "reference": reference,
        **row,
    }
    units = units.copy()
    prepare_units(units, "condition", test, reference)
    return differ_contrast(units, contrast)


def test_tables_are_as_declared_and_what_is_planted_is_found() -> None:
    outcome = differ(make_units())
    for table, declared in (
        (outcome.results, RESULTS), (outcome.design, DESIGN), (outcome.status, STATUS)
    ):  # fmt: skip
        conform(table, declared)
    called = outcome.results.query("padj < .05")
    planted = called["gene_id"].isin([f"G{i:03d}" for i in range(CHANGED)])
    assert planted.sum() > CHANGED // 2
    assert (called.loc[planted, "log2FoldChange"] > 0).all()
    status = outcome.status.iloc[0]
    assert (status["n_test"], status["n_reference"], status["residual_df"]) == (4, 4, 5)
    assert status["n_up"] + status["n_down"] == len(called)


def test_the_other_direction_has_every_sign_turned_and_the_same_p() -> None:
    units = make_units()
    one, two = differ(units).results, differ(units, "C", "W").results
    for name in ("pvalue", "padj", "lfcSE", "baseMean", "dispersion"):
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)
    for name in ("log2FoldChange", "stat"):
        np.testing.assert_array_equal(one[name], -two[name], err_msg=name)
    np.testing.assert_allclose(
        one["log2FoldChange_shrunken"], -two["log2FoldChange_shrunken"], rtol=1e-9, atol=1e-12
    )
    assert one["padj"].lt(0.05).sum() > CHANGED // 2


def test_a_gene_counted_in_neither_group_has_no_change() -> None:
    units = make_units("WWWWCCCCXXXX")
    units.X[:8, 299] = 0
    units.X[8:, 299] = 500
    outcome = differ(units)
    gene = outcome.results.set_index("gene_id").loc["G299"]
    assert (gene["log2FoldChange"], gene["pvalue"]) == (0.0, 1.0)


def test_choices_of_the_fit_are_told() -> None:
    units = make_units("WWWWWWWWCCCCCCCC")
    units.X[0, 40] = 200_000
    items = differ(units, design="~ condition").findings.items
    notes = {item.code: item.found for item in items}
    expected = "outlying counts replaced and the fit made anew in 1 of 299 genes"
    assert notes["counts_replaced"] == expected
    flat = make_units(genes=60)
    flat.X[:] = np.random.default_rng(1).poisson(400, flat.shape)
    notes = {item.code: item.found for item in differ(flat).findings.items}
    assert "the parametric one did not fit" in notes["trend_fell_back"]


def test_what_cannot_be_fitted_is_said_in_the_status() -> None:
    units = make_units()
    units.obs["batch"] = units.obs["condition"].str.lower()
    outcome = differ(units)
    assert not outcome.status["fitted"].iloc[0]
    assert "cannot be told apart" in outcome.status["reason"].iloc[0]
    assert outcome.results["pvalue"].isna().all()
    assert [item.code for item in outcome.findings.items] == ["not_fitted"]


@pytest.mark.parametrize("order", [slice(None, None, -1), [3, 0, 7, 2, 1, 6, 5, 4]])
def test_order_of_units_and_genes_changes_nothing(order: slice | list[int]) -> None:
    units = make_units()
    mixed = differ(units[order][:, ::-1].copy()).results
    pd.testing.assert_frame_equal(differ(units).results, mixed, rtol=1e-9)
