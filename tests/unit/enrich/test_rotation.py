import numpy as np
import pytest

from diffpath.enrich.fry import run_fry
from diffpath.enrich.linear import Effects, rotate, weight_matrix
from diffpath.enrich.rotation import CLEAR, FIRST, ROTATIONS, run_rotation

CONTRAST = np.array([0.0, 1.0])


def design(n: int) -> np.ndarray:
    return np.column_stack([np.ones(2 * n), np.repeat([0.0, 1.0], n)])


def cohort(rng: np.random.Generator, n: int, shift: float = 0.0) -> np.ndarray:
    """Genes of one hidden factor each unit has more or less of; 30% of the first set raised."""
    loadings = rng.normal(size=600) + np.repeat([1.0, 0.0], [60, 540])
    values = np.outer(rng.normal(size=2 * n), 0.4 * loadings)
    values += rng.normal(scale=0.4, size=values.shape)
    values[n:, :18] += shift
    return values


def test_null_sets_with_a_hidden_factor_are_called_at_the_nominal_rate() -> None:
    rng = np.random.default_rng(1)
    weights = weight_matrix([np.arange(60), np.arange(200, 260)], 600)
    calls = [
        run_rotation(rotate(cohort(rng, 4), design(4), CONTRAST), weights, rotations=398).p < 0.05
        for _ in range(150)
    ]
    assert np.mean(calls) == pytest.approx(0.05, abs=0.035)


def test_finds_a_part_of_a_set_that_fry_misses() -> None:
    rng = np.random.default_rng(2)
    weights = weight_matrix([np.arange(60)], 600)
    ours, theirs = [], []
    for _ in range(40):
        effects = rotate(cohort(rng, 4, 0.7), design(4), CONTRAST)
        found = run_rotation(effects, weights, rotations=398)
        ours.append(found.p[0] < 0.05 and found.t[0] > 0)
        theirs.append(run_fry(effects, weights).p[0] < 0.05)
    assert np.mean(ours) > 0.8 > 0.5 > np.mean(theirs)


def test_one_outlying_unit_is_not_called() -> None:
    rng = np.random.default_rng(3)
    weights = weight_matrix([np.arange(60)], 600)
    found = []
    for _ in range(20):
        values = cohort(rng, 4)
        values[5, :40] += 2
        found.append(run_rotation(rotate(values, design(4), CONTRAST), weights, rotations=398).p[0])
    assert np.mean(np.array(found) < 0.05) <= 0.05
    assert np.median(found) > 0.3


def test_swapping_the_groups_turns_the_sign_and_leaves_p() -> None:
    effects = rotate(cohort(np.random.default_rng(4), 3, 0.7), design(3), CONTRAST)
    swapped = Effects(-effects.contrast, effects.residual, effects.per_effect)
    weights = weight_matrix([np.arange(60), np.arange(90, 130)], 600, [1, -1])
    first, second = (run_rotation(e, weights, rotations=998) for e in (effects, swapped))
    np.testing.assert_allclose(second.t, -first.t)
    np.testing.assert_array_equal(second.p, first.p)


def test_a_set_does_not_depend_on_the_others() -> None:
    effects = rotate(cohort(np.random.default_rng(5), 4, 0.7), design(4), CONTRAST)
    sets = [np.arange(60), np.arange(100, 300), np.arange(590, 600)]
    together = run_rotation(effects, weight_matrix(sets, 600), rotations=998)
    alone = run_rotation(effects, weight_matrix(sets[:1], 600), rotations=998)
    assert together.p[0] == alone.p[0]


def test_a_set_without_a_gene_past_the_threshold_has_p_1() -> None:
    rng = np.random.default_rng(6)
    effects = rotate(rng.normal(size=(8, 300)), design(4), CONTRAST)
    still = effects.contrast.copy()
    still[:10] = 0.0
    effects = Effects(still, effects.residual, effects.per_effect)
    found = run_rotation(effects, weight_matrix([np.arange(10)], 300), rotations=98)
    assert found.p[0] == 1
    assert found.t[0] == 0


def test_the_smallest_p_counts_the_observed_arrangement() -> None:
    values = cohort(np.random.default_rng(7), 6)
    values[6:, :60] += 8
    effects = rotate(values, design(6), CONTRAST)
    found = run_rotation(effects, weight_matrix([np.arange(60)], 600), rotations=98)
    assert found.p[0] == pytest.approx(1 / 99)


def test_faulty_input_is_refused() -> None:
    weights = weight_matrix([np.arange(2)], 3)
    with pytest.raises(ValueError, match="without residual degrees of freedom"):
        run_rotation(Effects(np.ones(3), np.empty((0, 3)), 1.0), weights)
    effects = rotate(np.random.default_rng(8).normal(size=(8, 3)), design(4), CONTRAST)
    with pytest.raises(ValueError, match="must be even and positive"):
        run_rotation(effects, weights, rotations=99)


def test_a_set_clear_of_significance_is_asked_no_further() -> None:
    rng = np.random.default_rng(9)
    effects = rotate(cohort(rng, 4, 0.7), design(4), CONTRAST)
    sets = [np.arange(60), *(np.arange(i, i + 30) for i in range(100, 580, 30))]
    weights = weight_matrix(sets, 600)
    short = run_rotation(effects, weights, rotations=FIRST)
    full = run_rotation(effects, weights)
    clear = short.p > CLEAR + 1 / FIRST
    assert 5 < clear.sum() < len(sets)
    np.testing.assert_array_equal(full.p[clear], short.p[clear])
    counted = full.p[~clear] * (ROTATIONS + 1)
    np.testing.assert_allclose(counted, np.round(counted), atol=1e-6)
    assert full.p[0] < 0.05
