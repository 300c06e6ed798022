import numpy as np
import pytest
from scipy.stats import false_discovery_control

from diffpath.multiple import adjust_bh


def test_agrees_with_scipy() -> None:
    p = np.random.default_rng(3).uniform(size=200) ** 3
    np.testing.assert_allclose(adjust_bh(p), false_discovery_control(p), rtol=1e-14)


def test_missing_values_stay_and_do_not_count() -> None:
    assert adjust_bh([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert adjust_bh([]).size == 0
