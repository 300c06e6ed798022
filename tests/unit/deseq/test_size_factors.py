import numpy as np
import pytest

from diffpath.deseq import length_factors, size_factors


def test_depths_are_recovered_up_to_a_common_factor() -> None:
    profile = np.array([10, 200, 35, 4000, 7])
    counts = np.outer([1, 2, 4], profile)
    np.testing.assert_allclose(size_factors(counts), [0.5, 1, 2])


def test_genes_with_a_zero_do_not_enter_the_ratio() -> None:
    counts = np.array([[10, 20, 0], [20, 40, 9000]])
    np.testing.assert_allclose(size_factors(counts), [np.sqrt(0.5), np.sqrt(2)])


def test_poscounts_need_no_gene_without_zero_and_have_mean_one() -> None:
    counts = np.array([[10, 0, 8], [20, 30, 0], [0, 60, 4]])
    factors = size_factors(counts, "poscounts")
    assert np.log(factors).mean() == pytest.approx(0)
    with pytest.raises(ValueError, match="every gene has a zero"):
        size_factors(counts)


def test_a_sample_without_counts_is_named() -> None:
    counts = np.array([[10, 5], [0, 0], [20, 6]])
    with pytest.raises(ValueError, match="sample 1 shares no expressed gene"):
        size_factors(counts, "poscounts")


def test_length_factors_take_length_out_of_depth() -> None:
    rate = np.array([[5.0, 80, 300, 12], [10, 160, 600, 24]])
    lengths = np.array([[1000.0, 500, 2000, 900], [2000, 500, 1000, 900]])
    factors = length_factors(rate * lengths, lengths)
    np.testing.assert_allclose(np.log(factors).mean(axis=0), 0, atol=1e-12)
    scaled = rate * lengths / factors
    np.testing.assert_allclose(scaled[0], scaled[1])
