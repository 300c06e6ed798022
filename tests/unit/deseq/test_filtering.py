import numpy as np
from scipy import stats

from diffpath.deseq.filtering import filter_independently
from diffpath.multiple import adjust_bh


def test_adjustment_is_that_of_scipy_and_leaves_missing_ones_out() -> None:
    pvalues = np.random.default_rng(0).uniform(size=200) ** 3
    np.testing.assert_allclose(adjust_bh(pvalues), stats.false_discovery_control(pvalues))
    holed = np.append(pvalues, [np.nan, np.nan])
    np.testing.assert_allclose(adjust_bh(holed)[:-2], adjust_bh(pvalues))
    assert np.isnan(adjust_bh(holed)[-2:]).all()


def test_weak_genes_without_power_are_left_out() -> None:
    random = np.random.default_rng(1)
    means = np.exp(random.uniform(0, 10, 4000))
    pvalues = random.uniform(size=4000)
    found = (means > 3000) & (random.uniform(size=4000) < 0.3)
    pvalues[found] = random.exponential(0.004, found.sum())
    adjusted, threshold = filter_independently(means, pvalues)
    assert threshold > 100
    np.testing.assert_array_equal(np.isnan(adjusted), means < threshold)
    assert (adjusted < 0.05).sum() > (adjust_bh(pvalues) < 0.05).sum()


def test_with_few_calls_every_gene_is_kept() -> None:
    random = np.random.default_rng(2)
    means, pvalues = np.exp(random.normal(3, 2, 500)), random.uniform(size=500)
    adjusted, threshold = filter_independently(means, pvalues)
    assert threshold == means.min()
    np.testing.assert_allclose(adjusted, adjust_bh(pvalues))
