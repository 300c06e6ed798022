import numpy as np
import pytest

from diffpath import deseq
from diffpath.deseq.trend import fit_trend

from .conftest import Simulated


@pytest.mark.parametrize("kind", ["parametric", "local", "mean"])
def test_large_counts_become_their_logarithm(simulated: Simulated, kind: str) -> None:
    fit = deseq.fit(simulated.counts, simulated.design, fit_type=kind)  # type: ignore[arg-type]
    transformed = deseq.vst(simulated.counts, size_factors=fit.size_factors, trend=fit.trend)
    normalized = simulated.counts / fit.size_factors[:, None]
    top = np.argsort(-fit.base_mean)[:10]
    np.testing.assert_allclose(transformed[:, top], np.log2(normalized[:, top]), atol=0.5)
    assert transformed.shape == simulated.counts.shape


def test_the_variance_no_longer_depends_on_the_mean() -> None:
    random = np.random.default_rng(0)
    mean = np.exp(random.uniform(2, 9, 2000))
    counts = random.negative_binomial(10, 10 / (10 + mean), (30, 2000))
    spread = deseq.vst(counts, fit_type="mean").std(axis=0)
    low, high = mean < np.quantile(mean, 0.2), mean > np.quantile(mean, 0.8)
    assert np.median(spread[low]) == pytest.approx(np.median(spread[high]), rel=0.15)


def test_given_size_factors_are_kept(simulated: Simulated) -> None:
    trend, _ = fit_trend(np.array([1.0, 10, 100]), np.array([0.3, 0.2, 0.1]), "mean")
    factors = np.ones(12)
    doubled = deseq.vst(simulated.counts * 2, size_factors=2 * factors, trend=trend)
    plain = deseq.vst(simulated.counts, size_factors=factors, trend=trend)
    np.testing.assert_allclose(doubled, plain)


def test_blind_takes_no_design(simulated: Simulated) -> None:
    trend = deseq.fit(simulated.counts, np.ones((12, 1))).trend
    blind = deseq.vst(simulated.counts)
    np.testing.assert_allclose(blind, deseq.vst(simulated.counts, trend=trend))
    assert trend.coefficients != deseq.fit(simulated.counts, simulated.design).trend.coefficients
