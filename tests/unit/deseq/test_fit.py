import numpy as np
import pytest

from diffpath import deseq

from .conftest import Simulated, simulate


def test_changes_are_recovered(simulated: Simulated) -> None:
    fit = deseq.fit(simulated.counts, simulated.design)
    strong = fit.base_mean > 50
    assert np.corrcoef(fit.coef[strong, 2], simulated.change[strong])[0, 1] > 0.95
    depth = np.log2(fit.size_factors / simulated.depth)
    # The batch changes all genes alike: it is part of the depth and not of the coefficient.
    np.testing.assert_allclose(np.median(fit.coef[strong, 1]), 0, atol=0.1)
    np.testing.assert_allclose(depth[1::2].mean() - depth[::2].mean(), 0.3, atol=0.1)


def test_a_gene_without_counts_has_no_fit(simulated: Simulated) -> None:
    fit = deseq.fit(simulated.counts, simulated.design)
    assert not fit.fitted_genes[7]
    assert fit.base_mean[7] == 0
    assert np.isnan(fit.coef[7]).all()
    assert fit.fitted_genes.sum() == simulated.counts.any(axis=0).sum()


def test_order_of_genes_and_samples_does_not_matter(simulated: Simulated) -> None:
    random = np.random.default_rng(0)
    samples = random.permutation(len(simulated.counts))
    genes = random.permutation(simulated.counts.shape[1])
    one = deseq.fit(simulated.counts, simulated.design)
    two = deseq.fit(simulated.counts[np.ix_(samples, genes)], simulated.design[samples])
    np.testing.assert_allclose(two.coef, one.coef[genes], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(two.dispersion, one.dispersion[genes], rtol=1e-6)


def test_given_size_factors_are_kept_whatever_their_shape(simulated: Simulated) -> None:
    factors = np.linspace(0.5, 2, len(simulated.counts))
    one = deseq.fit(simulated.counts, simulated.design, size_factors=factors)
    every = np.repeat(factors[:, None], simulated.counts.shape[1], axis=1)
    two = deseq.fit(simulated.counts, simulated.design, size_factors=every)
    np.testing.assert_array_equal(one.size_factors, factors)
    np.testing.assert_array_equal(two.size_factors, every)
    np.testing.assert_allclose(one.coef, two.coef, rtol=1e-9)


def test_an_outlier_among_many_replicates_is_replaced() -> None:
    data = simulate(samples=16, genes=300)
    design = data.design[:, [0, 2]]
    counts = data.counts.copy()
    counts[3, 11] = 200 * counts[:, 11].max()
    plain = deseq.fit(counts, design, min_replicates=np.inf)
    fit = deseq.fit(counts, design)
    assert fit.replaced[11]
    assert not plain.replaced.any()
    assert fit.counts[11, 3] < counts[:, 11].max() / 50
    assert fit.original[11, 3] == counts[3, 11]
    assert fit.dispersion[11] < plain.dispersion[11]
    assert any("the fit made anew" in message for message in fit.messages)
    assert deseq.wald_test(plain, np.array([0.0, 1])).cooks_outlier[11]
    assert not deseq.wald_test(fit, np.array([0.0, 1])).cooks_outlier[11]


def test_a_gene_whose_only_count_was_an_outlier_gets_no_change() -> None:
    data = simulate(samples=16, genes=300)
    counts = data.counts.copy()
    counts[:, 5] = 0
    counts[2, 5] = 4000
    fit = deseq.fit(counts, data.design[:, [0, 2]])
    test = deseq.wald_test(fit, np.array([0.0, 1]))
    assert fit.base_mean[5] == 0
    assert (test.log2_fold_change[5], test.pvalue[5]) == (0, 1)
    assert np.isnan(test.padj[5])


def test_groups_without_counts_settle_within_the_bounds(simulated: Simulated) -> None:
    counts = simulated.counts.copy()
    counts[:6, 30] = 0
    fit = deseq.fit(counts, simulated.design)
    assert fit.converged[30]
    assert 4 < fit.coef[30, 2] <= 60


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"counts": np.full((12, 3), 1.5)}, "whole numbers"),
        ({"counts": np.full((12, 3), -1)}, "whole numbers"),
        ({"counts": np.ones(12)}, "samples x genes matrix"),
        ({"counts": np.vstack([np.zeros((1, 3)), np.ones((11, 3))])}, "sample 0 has no counts"),
        ({"counts": np.ones((5, 3))}, "12 rows and the counts 5 samples"),
        ({"size_factors": np.ones(5)}, "size factors have shape"),
        ({"size_factors": np.zeros(12)}, "must be positive"),
        ({"counts": np.full((12, 3), 8)}, "no trend can be fitted"),
    ],
)
def test_input_that_cannot_be_used_is_refused(
    simulated: Simulated, change: dict[str, np.ndarray], match: str
) -> None:
    given = {"counts": simulated.counts, "design": simulated.design} | change
    with pytest.raises(ValueError, match=match):
        deseq.fit(**given)
