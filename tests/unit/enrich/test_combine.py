import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from diffpath.enrich.combine import adjust_holm, combine_cauchy, combine_simes, join_keys


def test_two_keys_need_both_and_one_direction() -> None:
    joined = join_keys(
        np.array([0.01, 0.2, 0.01, 0.01]), np.array([2.0, 1.0, 2.0, 0.0]),
        np.array([0.03, 0.001, 0.02, 0.02]), np.array([1.0, 3.0, -2.0, 2.0]),
    )  # fmt: skip
    assert joined.tolist() == [0.03, 0.2, 1.0, 1.0]


def test_simes() -> None:
    p = [0.04, 0.01, 0.5]
    assert combine_simes(p) == pytest.approx(0.03)
    assert combine_simes([1.0]) == 1
    uniform = np.random.default_rng(0).random((4000, 6))
    assert np.mean([combine_simes(row) < 0.05 for row in uniform]) == pytest.approx(0.05, abs=0.01)


def test_cauchy() -> None:
    assert combine_cauchy([0.2, 0.2]) == pytest.approx(0.2)
    assert combine_cauchy([0.001, 1.0]) == combine_cauchy([0.001, 0.99])
    assert combine_cauchy([0.001, 1.0]) == pytest.approx(0.00223, abs=1e-4)
    assert combine_cauchy([1e-40, 0.5]) == pytest.approx(2e-40)
    assert combine_cauchy([1.0, 1.0]) == pytest.approx(0.99)
    uniform = np.random.default_rng(1).random((4000, 2))
    assert np.mean([combine_cauchy(row) < 0.05 for row in uniform]) == pytest.approx(0.05, abs=0.01)


def test_nothing_to_combine_is_refused() -> None:
    with pytest.raises(ValueError, match="no p-value"):
        combine_simes([])
    with pytest.raises(ValueError, match="no p-value"):
        combine_cauchy([])


def test_holm_leaves_missing_values_out() -> None:
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.9])
    known = ~np.isnan(p)
    adjusted = adjust_holm(p)
    np.testing.assert_allclose(adjusted[known], multipletests(p[known], method="holm")[1])
    assert np.isnan(adjusted[1])


def test_holm_counts_what_was_declared() -> None:
    adjusted = adjust_holm([0.01, np.nan, 0.03], 3)
    expected = multipletests([0.01, 1.0, 0.03], method="holm")[1]
    np.testing.assert_allclose(adjusted, [expected[0], np.nan, expected[2]])
