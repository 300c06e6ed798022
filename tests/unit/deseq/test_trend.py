import numpy as np
import pytest

from diffpath.deseq.prior import prior_variance, residual_variance
from diffpath.deseq.trend import fit_trend


def draw(freedom: int, genes: int = 4000, spread: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    means = np.exp(random.normal(5, 2, genes))
    trend = 0.05 + 3 / means
    sampling = random.chisquare(freedom, genes) / freedom
    return trend, trend * np.exp(random.normal(0, spread, genes)) * sampling


def test_the_parametric_trend_is_recovered() -> None:
    random = np.random.default_rng(0)
    means = np.exp(random.normal(5, 2, 3000))
    dispersions = (0.05 + 3 / means) * random.gamma(10, 0.1, 3000)
    trend, messages = fit_trend(means, dispersions)
    np.testing.assert_allclose(trend.coefficients, [0.05, 3], rtol=0.05)
    asymptote, extra = trend.coefficients
    np.testing.assert_allclose(trend(np.array([3.0])), asymptote + extra / 3)
    assert not messages


def test_a_rising_trend_falls_back_to_local_and_says_so() -> None:
    means = np.exp(np.linspace(0, 10, 500))
    trend, messages = fit_trend(means, 0.01 * means**0.4)
    assert trend.kind == "local"
    assert messages[0].startswith("the parametric dispersion trend failed")
    np.testing.assert_allclose(trend(means), 0.01 * means**0.4, rtol=0.02)


def test_equal_means_fall_back_to_the_mean() -> None:
    trend, messages = fit_trend(np.full(50, 20.0), np.linspace(0.1, 0.2, 50), "local")
    assert trend.kind == "mean"
    assert trend.coefficients[0] == pytest.approx(0.15)
    assert messages == [
        "the local dispersion trend failed (fewer than four genes have distinct means); "
        "mean is used"
    ]


@pytest.mark.parametrize("freedom", [1, 2, 3, 6])
def test_the_prior_takes_the_sampling_variance_out(freedom: int) -> None:
    trend, dispersions = draw(freedom)
    assert prior_variance(dispersions, trend, freedom) == pytest.approx(0.64, rel=0.25)


def test_the_prior_is_never_narrower_than_a_quarter() -> None:
    trend, dispersions = draw(3, spread=0.0)
    assert prior_variance(dispersions, trend, 3) == 0.25
    assert residual_variance(dispersions, trend) > 0.25


def test_dispersions_all_at_the_floor_have_no_spread() -> None:
    with pytest.raises(ValueError, match="no spread to estimate"):
        residual_variance(np.full(5, 1e-8), np.full(5, 0.1))
