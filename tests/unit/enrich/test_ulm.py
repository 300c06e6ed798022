import numpy as np
import pytest
from scipy.stats import linregress, ttest_ind

from diffpath.enrich.linear import weight_matrix
from diffpath.enrich.ulm import run_ulm

STAT = np.random.default_rng(8).normal(size=120) + 0.3


def test_is_the_slope_on_signed_weights() -> None:
    signs = np.where(np.arange(40) % 3, 1.0, -1.0)
    weights = weight_matrix([np.arange(40)], 120, [signs])
    expected = linregress(weights.toarray()[0], STAT)
    found = run_ulm(STAT, weights)
    assert found.t[0] == pytest.approx(expected.slope / expected.stderr)
    assert found.p[0] == pytest.approx(expected.pvalue)


def test_for_one_sign_it_is_the_two_sample_t_test() -> None:
    members = np.arange(10, 35)
    expected = ttest_ind(STAT[members], np.delete(STAT, members))
    found = run_ulm(STAT, weight_matrix([members, members], 120, [1, -1]))
    assert found.t == pytest.approx([expected.statistic, -expected.statistic])
    assert found.p == pytest.approx([expected.pvalue] * 2)


def test_missing_statistics_and_full_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="missing or infinite"):
        run_ulm(np.array([1.0, np.nan, 2.0]), weight_matrix([np.array([0])], 3))
    with pytest.raises(ValueError, match="nothing to be compared with"):
        run_ulm(STAT, weight_matrix([np.arange(120)], 120))
