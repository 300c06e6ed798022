import numpy as np
import pytest
from scipy.stats import norm, t, ttest_ind

from diffpath.enrich.camera import (
    estimate_correlation,
    normal_scores,
    run_camera,
    run_preranked,
    shrink_correlation,
)
from diffpath.enrich.linear import rotate, weight_matrix

DESIGN = np.column_stack([np.ones(12), np.repeat([0.0, 1.0], 6)])
RNG = np.random.default_rng(5)
SETS = [np.arange(30), np.arange(30, 90), np.array([7, 60, 199])]


def test_without_correlation_it_is_the_two_sample_t_test() -> None:
    stat = RNG.normal(size=200)
    found = run_preranked(stat, weight_matrix(SETS, 200))
    for i, members in enumerate(SETS):
        expected = ttest_ind(stat[members], np.delete(stat, members))
        assert found.t[i] == pytest.approx(expected.statistic)
        assert found.p[i] == pytest.approx(expected.pvalue)


def test_correlation_widens_the_test_for_large_sets_more() -> None:
    stat = RNG.normal(size=200) + np.isin(np.arange(200), SETS[1])
    weights = weight_matrix(SETS, 200)
    free, bound = run_preranked(stat, weights), run_preranked(stat, weights, 0.1)
    ratio = bound.t / free.t
    assert ratio[1] < ratio[0] < ratio[2] < 1
    per_set = run_preranked(stat, weights, np.array([0.1, 0.0, 0.0]))
    assert per_set.p[0] == bound.p[0]
    assert per_set.p[1] == free.p[1]


def test_correlation_is_estimated() -> None:
    rng = np.random.default_rng(6)
    design = np.column_stack([np.ones(80), np.repeat([0.0, 1.0], 40)])
    shared = rng.normal(size=(80, 1))
    values = rng.normal(size=(80, 200))
    values[:, :50] = np.sqrt(0.2) * shared + np.sqrt(0.8) * values[:, :50]
    effects = rotate(values, design, np.array([0.0, 1.0]))
    weights = weight_matrix([np.arange(50), np.arange(100, 150), np.array([3])], 200)
    rho = estimate_correlation(effects, weights)
    assert rho[0] == pytest.approx(0.2, abs=0.05)
    assert abs(rho[1]) < 0.01
    assert rho[2] == 0


def test_negative_correlation_does_not_sharpen_the_test() -> None:
    effects = rotate(RNG.normal(size=(12, 200)), DESIGN, np.array([0.0, 1.0]))
    weights = weight_matrix([np.arange(i, i + 20) for i in range(0, 180, 5)], 200)
    negative = estimate_correlation(effects, weights) < 0
    assert 5 < negative.sum() < 30
    free = run_camera(effects, weights, 0.0)
    np.testing.assert_allclose(run_camera(effects, weights).t[negative], free.t[negative])


def test_half_of_the_correlation_is_the_collections() -> None:
    used = shrink_correlation(np.array([0.2, -0.1, 0.1]))
    np.testing.assert_allclose(used, [0.15, 0.05, 0.1])


@pytest.mark.parametrize("df", [4.0, 7.5, 200.0])
def test_normal_scores_keep_the_tail(df: float) -> None:
    values = np.array([-10.0, -2.0, -0.1, 0.0, 0.5, 3.0, 10.0])
    exact = -np.sign(values) * norm.ppf(t(df).cdf(-np.abs(values)))
    np.testing.assert_allclose(normal_scores(values, df), exact, rtol=2e-4)
    assert normal_scores(values, np.inf).tolist() == values.tolist()


def test_a_set_of_all_genes_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to be compared with"):
        run_preranked(RNG.normal(size=5), weight_matrix([np.arange(5)], 5))
