import numpy as np
import pytest
from scipy import stats

from diffpath import deseq

from .conftest import Simulated


@pytest.fixture(scope="module")
def fit(simulated: Simulated) -> deseq.Fit:
    return deseq.fit(simulated.counts, simulated.design)


LAST = np.array([0.0, 0, 1])


def test_swapping_the_groups_turns_the_sign(fit: deseq.Fit) -> None:
    one, two = deseq.wald_test(fit, LAST), deseq.wald_test(fit, -LAST)
    np.testing.assert_allclose(one.stat, -two.stat)
    np.testing.assert_allclose(one.pvalue, two.pvalue)


def test_p_values_are_those_of_the_statistic(fit: deseq.Fit) -> None:
    test = deseq.wald_test(fit, LAST)
    np.testing.assert_allclose(test.stat, test.log2_fold_change / test.standard_error)
    known = ~np.isnan(test.pvalue)
    np.testing.assert_allclose(test.pvalue[known], 2 * stats.norm.sf(np.abs(test.stat[known])))
    assert list(test.to_frame()) == [
        "baseMean",
        "log2FoldChange",
        "lfcSE",
        "stat",
        "pvalue",
        "padj",
    ]


def test_standard_error_of_a_sum_has_the_covariance(simulated: Simulated, fit: deseq.Fit) -> None:
    turned = simulated.design.copy()
    turned[:, 1] -= turned[:, 2]  # the last coefficient is now the sum of both
    other = deseq.fit(simulated.counts, turned)
    one = deseq.wald_test(fit, np.array([0.0, 1, 1]))
    two = deseq.wald_test(other, LAST)
    known = ~np.isnan(one.stat)
    np.testing.assert_allclose(one.standard_error[known], two.standard_error[known], rtol=1e-3)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less", "less-abs"])
def test_a_threshold_makes_the_claim_harder(fit: deseq.Fit, alternative: str) -> None:
    test = deseq.wald_test(fit, LAST, lfc_threshold=1.0, alternative=alternative)  # type: ignore[arg-type]
    change, known = test.log2_fold_change, ~np.isnan(test.pvalue)
    inside = {
        "two-sided": np.abs(change) > 1,
        "greater": change > 1,
        "less": change < -1,
        "less-abs": np.abs(change) < 1,
    }[alternative]
    assert (test.pvalue[known & ~inside] >= 0.5 - 1e-12).all()
    assert (test.pvalue[known & inside] < (1 if alternative == "two-sided" else 0.5)).all()


def test_genes_without_a_count_in_the_compared_samples_get_no_change(simulated: Simulated) -> None:
    counts = simulated.counts.copy()
    design = np.column_stack([np.ones(12), np.repeat(np.eye(3), 4, axis=0)[:, 1:]])
    counts[:8, 20] = 0  # the first two groups
    fit = deseq.fit(counts, design)
    compared = np.arange(12) < 8
    test = deseq.wald_test(fit, np.array([0.0, 1, 0]), compared=compared)
    assert (test.log2_fold_change[20], test.stat[20], test.pvalue[20]) == (0, 0, 1)
    assert deseq.wald_test(fit, np.array([0.0, 0, 1])).log2_fold_change[20] > 1


def test_an_exceeded_outlier_is_forgiven_in_two_groups() -> None:
    random = np.random.default_rng(4)
    counts = random.negative_binomial(10, 10 / 60, (8, 300))
    design = np.column_stack([np.ones(8), np.repeat([0, 1], 4)])
    counts[:, 0] = [2, 1, 2, 3000, 9000, 11000, 10000, 9500]  # exceeded by the other group
    counts[:, 1] = [90, 70, 80, 9000, 80, 75, 90, 70]
    fit = deseq.fit(counts, design)
    test = deseq.wald_test(fit, np.array([0.0, 1]))
    assert (fit.max_cooks[:2] > 10).all()
    assert list(test.cooks_outlier[:2]) == [False, True]
    assert list(np.isnan(test.pvalue[:2])) == [False, True]
    assert not np.isnan(deseq.wald_test(fit, np.array([0.0, 1]), cooks=False).pvalue[1])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"contrast": np.zeros(3)}, "not all 0"),
        ({"contrast": np.ones(2)}, "3 finite numbers"),
        ({"contrast": LAST, "lfc_threshold": -1.0}, "0 or larger"),
        ({"contrast": LAST, "alternative": "less-abs"}, "larger than 0 for less-abs"),
    ],
)
def test_questions_without_sense_are_refused(
    fit: deseq.Fit, arguments: dict[str, object], match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        deseq.wald_test(fit, **arguments)  # type: ignore[arg-type]
