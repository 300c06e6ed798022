"""Two engines on the same contrast, gene beside gene."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

from diffpath.cross_check import (
    COMPARED,
    OTHER,
    check_contrast,
    compare_results,
    count_calls,
    measure_agreement,
)
from diffpath.differ import ENGINES, differ_contrast
from diffpath.normalize import prepare_units
from diffpath.tables import CROSS_CHECK, RESULTS, conform

ALPHA = 0.05
CONTRAST = {
    "contrast": "ws",
    "design": "~ batch + condition",
    "variable": "condition",
    "test": "WS",
    "reference": "control",
}


def results_of(padj: list[float], **columns: Any) -> pd.DataFrame:
    n = len(padj)
    frame = pd.DataFrame({name: [np.nan] * n for name in RESULTS.names})
    frame["gene_id"] = [f"G{i}" for i in range(n)]
    frame["symbol"] = [f"S{i}" for i in range(n - 1)] + [None]
    frame[["biotype", "reason"]] = None
    frame["padj"], frame["pvalue"], frame["log2FoldChange"], frame["lfcSE"] = padj, padj, 1.0, 0.5
    return conform(frame.assign(**columns), RESULTS)


def make_units(batch: str = "abababab") -> AnnData:
    rng = np.random.default_rng(8)
    names = [f"W{i}" for i in range(4)] + [f"C{i}" for i in range(4)]
    obs = pd.DataFrame({"condition": ["WS"] * 4 + ["control"] * 4, "batch": list(batch)}, names)
    genes = pd.Index([f"G{i:03d}" for i in range(200)])
    change = np.where(np.arange(200) < 30, 1.5, 0.0)
    mean = np.exp(rng.normal(5, 1, 200) + (obs["condition"] == "WS").to_numpy()[:, None] * change)
    counts = rng.negative_binomial(6, 6 / (6 + mean))
    counts[:, 199] = 0
    var = pd.DataFrame({"symbol": genes.str.replace("G", "S"), "biotype": "protein_coding"}, genes)
    units = AnnData(counts, obs=obs, var=var)
    prepare_units(units, "condition", "WS", "control")
    return units


def test_a_call_by_one_alone_differs() -> None:
    ours = results_of([0.01, 0.01, 0.20, np.nan, np.nan, 0.05])
    theirs = results_of([0.02, 0.06, 0.04, 0.03, np.nan, 0.04], reason=["x"] * 6)
    genes = compare_results(ours, theirs, ALPHA)
    assert genes["differs"].tolist() == [False, True, True, True, False, True]
    assert genes["padj_check"].tolist()[:3] == [0.02, 0.06, 0.04]
    assert genes["reason_check"].tolist() == ["x"] * 6
    assert count_calls(genes, ALPHA) == {"either": 5, "both": 1, "results": 1, "check": 3}
    conform(genes, CROSS_CHECK)


def test_genes_are_matched_by_id_and_must_be_the_same() -> None:
    ours, theirs = results_of([0.01, 0.5, 0.2]), results_of([0.01, 0.5, 0.2])
    genes = compare_results(ours, theirs.iloc[::-1], ALPHA)
    assert genes["padj_check"].tolist() == [0.01, 0.5, 0.2]
    with pytest.raises(ValueError, match="do not hold the same genes"):
        compare_results(ours, theirs.iloc[:2], ALPHA)


def test_agreement_by_hand() -> None:
    ours = results_of(
        [1e-40, 0.2, 0.3], log2FoldChange=[2.0, -1.0, 0.0], lfcSE=[0.5, 0.5, 0.25]
    )  # fmt: skip
    theirs = results_of(
        [1e-20, 0.1, 0.3], log2FoldChange=[2.5, -1.0, 0.0], lfcSE=[0.5, 0.4, 0.3]
    )  # fmt: skip
    table = measure_agreement(compare_results(ours, theirs, ALPHA)).set_index("name")
    assert table["n_compared"].tolist() == [3, 3, 3, 3]
    assert table["median_share"].to_dict() == pytest.approx(
        {"log2FoldChange": 0, "lfcSE": 1 / 6, "pvalue": 0.5, "padj": 0.5}
    )
    # Between the two largest shares, 1/6 and 1/5.
    assert table.loc["lfcSE", "p99_share"] == pytest.approx(1 / 6 + 0.98 * (1 / 5 - 1 / 6))
    assert table["worst_gene"].tolist() == ["S0", "S1", "S1", "S1"]
    assert table.loc["log2FoldChange", ["worst", "worst_check"]].tolist() == [2.0, 2.5]
    # 1e-40 against 1e-20 decides nothing; .2 against .1 is farther apart.
    assert table.loc["padj", ["worst", "worst_check"]].tolist() == [0.2, 0.1]


def test_agreement_without_a_gene_in_common() -> None:
    empty = results_of([np.nan, np.nan], log2FoldChange=np.nan, lfcSE=np.nan)
    genes = compare_results(results_of([0.01, 0.5]), empty, ALPHA)
    assert not genes["differs"].any()
    table = measure_agreement(genes)
    assert table["n_compared"].tolist() == [0, 0, 0, 0]
    assert table["median_share"].isna().all()


@pytest.mark.parametrize("engine", list(ENGINES))
def test_the_check_is_the_other_engine_on_the_same_units(engine: str) -> None:
    units = make_units()
    own = differ_contrast(units, CONTRAST, engine=engine, shrink=False)
    check = check_contrast(units, CONTRAST, own.results, engine=engine)
    other = differ_contrast(units, CONTRAST, engine=OTHER[engine], shrink=False)
    for name in COMPARED:
        pd.testing.assert_series_equal(
            check.genes[f"{name}_check"], other.results[name], check_names=False
        )
        pd.testing.assert_series_equal(check.genes[name], own.results[name])
    assert check.status["engine"].iloc[0].startswith(OTHER[engine])
    assert check.genes["reason"].tolist()[-1] == "all_zero"
    calls = count_calls(check.genes, ALPHA)
    assert calls["both"] >= 15
    assert calls["results"] + calls["check"] == check.genes["differs"].sum() <= 5
    # The same method: the estimates agree far better than the calls need.
    assert measure_agreement(check.genes)["median_share"].iloc[0] < 1e-3


def test_every_engine_has_another() -> None:
    assert OTHER.keys() == ENGINES.keys()
    assert all(other != engine for engine, other in OTHER.items())


def test_what_cannot_be_fitted_says_why_and_differs_in_nothing() -> None:
    units = make_units(batch="aaaabbbb")
    own = differ_contrast(units, CONTRAST, shrink=False)
    check = check_contrast(units, CONTRAST, own.results)
    status = check.status.iloc[0]
    assert not status["fitted"]
    assert "rank deficient" in status["reason"]
    assert not check.genes["differs"].any()
