from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydeseq2.dds import DeseqDataSet

from diffpath import deseq
from diffpath.deseq.dataset import ExactDataSet, ExactStats

from .conftest import Simulated


def make(
    simulated: Simulated, kind: type[DeseqDataSet] = ExactDataSet, **options: Any
) -> DeseqDataSet:
    samples = [f"s{i}" for i in range(12)]
    genes = [f"g{i}" for i in range(600)]
    obs = pd.DataFrame(
        {
            "batch": np.where(simulated.design[:, 1] == 1, "y", "x"),
            "group": np.where(simulated.design[:, 2] == 1, "case", "base"),
        },
        index=samples,
    )
    counts = pd.DataFrame(simulated.counts, index=samples, columns=genes)
    return kind(
        counts=counts, metadata=obs, design="~ batch + group", quiet=True, n_cpus=1, **options
    )


@pytest.fixture(scope="module")
def data(simulated: Simulated) -> ExactDataSet:
    made = make(simulated)
    made.deseq2()
    return made


def test_its_names_are_those_of_pydeseq2(data: ExactDataSet, simulated: Simulated) -> None:
    assert isinstance(data, DeseqDataSet)
    stock = make(simulated, DeseqDataSet)
    stock.deseq2()
    for part in ("obs", "varm", "layers", "uns", "var"):
        ours, theirs = set(getattr(data, part).keys()), set(getattr(stock, part).keys())
        private = {name for name in theirs if name.startswith("_")}
        assert theirs - private <= ours, part
    np.testing.assert_allclose(data.obs["size_factors"], stock.obs["size_factors"])
    assert list(data.varm["LFC"].columns) == list(stock.varm["LFC"].columns)
    strong = data.var["_normed_means"] > 50
    one, two = (each.varm["LFC"].to_numpy()[strong] for each in (data, stock))
    np.testing.assert_allclose(one, two, atol=1e-3)


def test_its_results_are_those_of_the_fit(data: ExactDataSet, simulated: Simulated) -> None:
    stats = ExactStats(data, ["group", "case", "base"], quiet=True, n_cpus=1)
    stats.summary()
    fit = deseq.fit(simulated.counts, simulated.design)
    direct = deseq.wald_test(fit, np.array([0.0, 0, 1])).to_frame()
    np.testing.assert_allclose(stats.results_df[direct.columns], direct, rtol=1e-9)


def test_thresholds_and_null_shifts_are_passed_on(data: ExactDataSet) -> None:
    contrast = ["group", "case", "base"]
    stats = ExactStats(data, contrast, quiet=True, lfc_null=1.0, alt_hypothesis="lessAbs")
    stats.summary()
    assert data.exact is not None
    direct = deseq.wald_test(
        data.exact, np.array([0.0, 0, 1]), lfc_threshold=1.0, alternative="less-abs"
    )
    np.testing.assert_allclose(stats.results_df["pvalue"], direct.pvalue)
    shifted = ExactStats(data, contrast, quiet=True, lfc_null=0.5, independent_filter=False)
    shifted.summary()
    table = shifted.results_df
    np.testing.assert_allclose(table["stat"], (table["log2FoldChange"] - 0.5) / table["lfcSE"])


def test_shrinking_keeps_the_estimates_and_refuses_another_coefficient(data: ExactDataSet) -> None:
    stats = ExactStats(data, ["group", "base", "case"], quiet=True, n_cpus=1)
    stats.summary()
    before = stats.results_df["log2FoldChange"].copy()
    with pytest.raises(ValueError, match="is not the coefficient"):
        stats.lfc_shrink("group[T.case]")
    with pytest.raises(KeyError, match="none of the coefficients"):
        stats.lfc_shrink("age")
    stats.lfc_shrink()
    np.testing.assert_array_equal(stats.results_df["log2FoldChange_MLE"], before)
    strong = np.abs(stats.results_df["stat"]) > 10
    same = np.sign(stats.results_df["log2FoldChange"]) == np.sign(before)
    assert same[strong].all()


def test_given_size_factors_are_kept_by_the_fit_and_the_transformation(
    simulated: Simulated,
) -> None:
    data = make(simulated)
    factors = np.linspace(0.6, 1.5, 12)
    data.obs["size_factors"] = factors
    data.fit_LFC()
    data.vst(use_design=True)
    np.testing.assert_array_equal(data.obs["size_factors"], factors)
    direct = deseq.vst(simulated.counts, size_factors=factors, trend=data.exact.trend)
    np.testing.assert_allclose(data.layers["vst_counts"], direct)
    assert data.cooks_outlier().dtype == bool


def test_size_factors_are_of_the_kind_and_the_genes_asked(simulated: Simulated) -> None:
    kept = np.arange(0, 600, 3)
    for options, expected in (
        ({"size_factors_fit_type": "poscounts"}, deseq.size_factors(simulated.counts, "poscounts")),
        ({"control_genes": kept}, deseq.size_factors(simulated.counts[:, kept])),
    ):
        data = make(simulated, **options)
        data.fit_LFC()
        np.testing.assert_allclose(data.obs["size_factors"], expected, rtol=1e-14)
        assert not np.allclose(expected, deseq.size_factors(simulated.counts), rtol=1e-6)
    data = make(simulated)
    data.fit_size_factors(control_genes=[f"g{i}" for i in kept])
    np.testing.assert_allclose(data.obs["size_factors"], expected, rtol=1e-14)


def test_size_factors_set_later_are_those_of_the_next_stage(simulated: Simulated) -> None:
    data = make(simulated)
    data.deseq2()
    data.obs["size_factors"] = np.linspace(0.6, 1.5, 12)
    data.fit_LFC()
    np.testing.assert_array_equal(data.exact.size_factors, np.linspace(0.6, 1.5, 12))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_disp": 0.01}, "max_disp: the fit uses DESeq2's own values"),
        ({"size_factors_fit_type": "iterative"}, "type iterative are not known; take ratio"),
    ],
)
def test_what_the_fit_does_not_know_is_refused(
    simulated: Simulated, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(simulated, **options)
