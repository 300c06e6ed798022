from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import polygamma

from diffpath.enrich.linear import (
    ContrastError,
    Effects,
    dense_row,
    inverse_trigamma,
    log_cpm,
    moderated_t,
    pool_variances,
    rotate,
    rotate_uncoded,
    row_members,
    squeeze_variances,
    two_sided,
    weight_matrix,
)

RNG = np.random.default_rng(3)
VALUES = RNG.normal(size=(9, 50))
GROUPS = np.repeat(np.eye(3), 3, axis=0)


def test_effects_hold_the_estimate_and_all_of_the_residual_variation() -> None:
    design = np.column_stack([np.ones(9), GROUPS[:, 1:], RNG.normal(size=9)])
    contrast = np.array([0.0, -1.0, 1.0, 0.0])
    effects = rotate(VALUES, design, contrast)
    beta, squares, _, _ = np.linalg.lstsq(design, VALUES, rcond=None)
    np.testing.assert_allclose(effects.contrast * effects.per_effect, contrast @ beta)
    np.testing.assert_allclose((effects.residual**2).sum(axis=0), squares)
    unscaled = contrast @ np.linalg.inv(design.T @ design) @ contrast
    assert effects.per_effect == pytest.approx(np.sqrt(unscaled))
    assert effects.df == 5


def test_other_codings_of_a_design_give_the_same_effects() -> None:
    treatment = np.column_stack([np.ones(9), GROUPS[:, 1:]])
    swapped = np.column_stack([np.ones(9), GROUPS[:, [0, 2]]])
    first = rotate_uncoded(VALUES, GROUPS, np.array([-1.0, 1.0, 0.0]))
    for design, contrast, sign in (
        (treatment, [0.0, 1.0, 0.0], 1),
        (swapped, [0.0, 1.0, 0.0], -1),
    ):
        other = rotate_uncoded(VALUES, design, np.array(contrast))
        np.testing.assert_allclose(other.contrast, sign * first.contrast, atol=1e-12)
        np.testing.assert_allclose(other.residual, first.residual, atol=1e-12)
    plain = rotate(VALUES, GROUPS, np.array([-1.0, 1.0, 0.0]))
    np.testing.assert_allclose(first.contrast, plain.contrast)
    np.testing.assert_allclose((first.residual**2).sum(0), (plain.residual**2).sum(0))
    assert first.per_effect == pytest.approx(plain.per_effect)


def test_redundant_columns_are_dropped_while_the_contrast_stays_estimable() -> None:
    full = np.column_stack([np.ones(9), GROUPS])
    contrast = np.array([0.0, -1.0, 1.0, 0.0])
    effects = rotate(VALUES, full, contrast)
    kept = rotate(VALUES, GROUPS, contrast[1:])
    np.testing.assert_allclose(effects.contrast, kept.contrast)
    assert effects.df == kept.df == 6


@pytest.mark.parametrize("call", [rotate, rotate_uncoded])
def test_a_contrast_that_other_terms_make_up_is_refused(call: Callable[..., Effects]) -> None:
    design = np.column_stack([np.ones(9), GROUPS[:, 1], GROUPS[:, 1]])
    with pytest.raises(ContrastError, match="cannot be told from the other terms"):
        call(VALUES, design, np.array([0.0, 0.0, 1.0]))
    with pytest.raises(ContrastError, match="every weight of the contrast is zero"):
        call(VALUES, design, np.zeros(3))


def test_log_cpm_is_flat_where_counts_follow_the_libraries() -> None:
    factors = np.array([0.5, 1.0, 2.0])
    counts = np.outer(factors, [10, 1000, 40_000]).astype(int)
    counts = np.column_stack([counts, np.zeros(3, dtype=int)])
    values = log_cpm(counts, factors)
    np.testing.assert_allclose(values - values[1], 0, atol=1e-12)
    library, prior = counts.sum(axis=1).mean(), 2 / factors.mean()
    expected = np.log2((1000 + prior) / (library + 2 * prior) * 1e6)
    assert values[1, 1] == pytest.approx(expected)


def test_log_cpm_refuses_factors_that_are_not_positive() -> None:
    with pytest.raises(ValueError, match="one positive number a unit"):
        log_cpm(np.ones((2, 3)), np.array([1.0, 0.0]))


def test_weights_of_sets() -> None:
    weights = weight_matrix(
        [np.array([3, 1]), np.array([0, 2, 4])], 5, [-1, np.array([1.0, -1.0, 1.0])]
    )
    np.testing.assert_array_equal(weights.toarray(), [[0, -1, 0, -1, 0], [1, 0, -1, 0, 1]])
    np.testing.assert_array_equal(dense_row(weights, 1), [1, 0, -1, 0, 1])
    assert row_members(weights, 0).tolist() == [1, 3]
    assert weight_matrix([], 5).shape == (0, 5)


@pytest.mark.parametrize(
    ("sets", "message"),
    [([[1, 1]], "a set names a gene twice"), ([[1], []], "a set without a tested gene")],
)
def test_faulty_sets_are_refused(sets: list[list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weight_matrix([np.array(members, dtype=int) for members in sets], 5)


def test_variance_prior_is_recovered() -> None:
    # Scaled F variances: prior df 6, prior variance 2, sample df 4.
    rng = np.random.default_rng(0)
    true = 2.0 * 6 / rng.chisquare(6, 40_000)
    variances = true * rng.chisquare(4, 40_000) / 4
    posterior, prior_df, prior = squeeze_variances(variances, 4)
    assert prior_df == pytest.approx(6, rel=0.05)
    assert prior == pytest.approx(2, rel=0.02)
    np.testing.assert_allclose(posterior, (4 * variances + prior_df * prior) / (4 + prior_df))


def test_equal_variances_share_one_posterior() -> None:
    variances = np.array([1.0, 1.1, 0.9, 1.0])
    posterior, prior_df, prior = squeeze_variances(variances, 4)
    assert prior_df == np.inf
    np.testing.assert_allclose(posterior, prior)
    assert pool_variances(variances, 4, np.inf, 3.0).tolist() == [3.0] * 4


def test_variances_that_are_mostly_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="most of them are zero"):
        squeeze_variances(np.array([0.0, 0.0, 1.0]), 4)


@pytest.mark.parametrize("x", [1e-3, 0.4, 3.0, 500.0])
def test_inverse_trigamma(x: float) -> None:
    assert inverse_trigamma(float(polygamma(1, x))) == pytest.approx(x, rel=1e-8)


def test_moderated_t_has_the_joined_degrees_of_freedom() -> None:
    effects = rotate(VALUES, GROUPS, np.array([-1.0, 1.0, 0.0]))
    t, df = moderated_t(effects)
    _, prior_df, _ = squeeze_variances((effects.residual**2).mean(axis=0), 6)
    assert df == min(6 + prior_df, 6 * 50)
    assert np.sign(t).tolist() == np.sign(effects.contrast).tolist()


def test_two_sided_p_is_never_zero() -> None:
    p = two_sided(np.array([0.0, 2.0, -2.0, 1e9]), 1e4)
    assert p[0] == 1
    assert p[1] == p[2] == pytest.approx(0.04553, abs=1e-4)
    assert 0 < p[3] < 1e-300
