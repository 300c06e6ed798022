import numpy as np
import pytest
from scipy.stats import nct, permutation_test, t, ttest_ind

from diffpath.enrich.gsea import leading_edge
from diffpath.enrich.linear import dense_row, rotate, weight_matrix
from diffpath.enrich.scores import (
    adjust_scores,
    detectable_effects,
    estimate_effects,
    find_leading_edge,
    permute_labels,
    score_units,
)

RNG = np.random.default_rng(9)
TEST = np.repeat([False, True], 4)
DESIGN = np.column_stack([np.ones(8), TEST])
VALUES = RNG.normal(size=(8, 100)) + np.outer(TEST, np.linspace(-1, 1, 100))
WEIGHTS = weight_matrix([np.arange(70, 100), np.arange(60)], 100, [1, -1])


def test_scores_differ_between_groups_by_the_effect_and_its_interval_is_the_t_test() -> None:
    scores = score_units(VALUES, WEIGHTS)
    found = estimate_effects(rotate(VALUES, DESIGN, np.array([0.0, 1.0])), WEIGHTS)
    for i in range(2):
        expected = ttest_ind(scores[TEST, i], scores[~TEST, i])
        interval = expected.confidence_interval()
        assert found.effect[i] == pytest.approx(scores[TEST, i].mean() - scores[~TEST, i].mean())
        assert (found.low[i], found.high[i]) == pytest.approx((interval.low, interval.high))
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-12)


def test_without_residuals_the_interval_is_missing() -> None:
    values = VALUES[[0, 7]]
    found = estimate_effects(rotate(values, DESIGN[[0, 7]], np.array([0.0, 1.0])), WEIGHTS)
    assert np.isfinite(found.effect).all()
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


def test_donors_are_taken_out_of_adjusted_scores() -> None:
    donors = np.tile(np.eye(4), (2, 1))
    values = VALUES + 5 * np.tile(RNG.normal(size=(4, 1)), (2, 1))
    design = np.column_stack([donors, TEST])
    contrast = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    scores = score_units(values, WEIGHTS)
    adjusted = adjust_scores(scores, design, contrast)
    np.testing.assert_allclose(donors.T @ adjusted, 0, atol=1e-12)
    paired = (scores[TEST] - scores[~TEST]).mean(axis=0)
    np.testing.assert_allclose(adjusted[TEST].mean(axis=0) - adjusted[~TEST].mean(axis=0), paired)


def test_detectable_effect_has_the_power_it_says() -> None:
    for df, alpha in ((2, 0.05), (6, 0.05 / 3), (40, 0.05)):
        effect = float(detectable_effects(np.array([0.5]), df, alpha)[0])
        critical = t(df).ppf(1 - alpha / 2)
        assert nct(df, effect / 0.5).sf(critical) == pytest.approx(0.8, abs=1e-6)


def test_relabelling_is_exact() -> None:
    scores = score_units(VALUES, WEIGHTS)
    p, smallest = permute_labels(scores, TEST)
    assert smallest == pytest.approx(2 / 70)
    for i in range(2):
        exact = permutation_test(
            (scores[TEST, i], scores[~TEST, i]), lambda a, b: abs(a.mean() - b.mean()),
            alternative="greater",
        )  # fmt: skip
        assert p[i] == pytest.approx(exact.pvalue)
    assert permute_labels(scores, ~TEST)[0].tolist() == p.tolist()


@pytest.mark.parametrize(("n", "smallest"), [(3, 0.1), (4, 2 / 70), (5, 2 / 252), (6, 2 / 924)])
def test_smallest_relabelling_p_is_reached_by_separated_groups(n: int, smallest: float) -> None:
    test = np.arange(2 * n) < n
    p, attainable = permute_labels(test[:, None] + 0.01 * RNG.normal(size=(2 * n, 1)), test)
    assert p[0] == pytest.approx(smallest)
    assert attainable == pytest.approx(smallest)


def test_groups_of_unequal_size_have_no_mirrored_labelling() -> None:
    test = np.arange(9) < 4
    p, smallest = permute_labels(test[:, None].astype(float), test)
    assert p[0] == smallest == pytest.approx(1 / 126)


def test_large_groups_are_relabelled_at_random_and_alike_when_swapped() -> None:
    test = np.arange(24) < 12
    scores = RNG.normal(size=(24, 3)) + 0.4 * test[:, None]
    p, smallest = permute_labels(scores, test)
    assert smallest == pytest.approx(1e-5)
    assert permute_labels(scores, ~test)[0].tolist() == p.tolist()
    close = [ttest_ind(scores[test, i], scores[~test, i]).pvalue for i in range(3)]
    np.testing.assert_allclose(p, close, atol=0.02)


def test_a_group_without_units_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be relabelled"):
        permute_labels(np.ones((4, 1)), np.ones(4, dtype=bool))


def test_leading_edge_of_one_sign_is_that_of_gsea() -> None:
    stat = RNG.normal(size=200) + np.isin(np.arange(200), np.arange(40))
    for sign in (1.0, -1.0):
        weights = dense_row(weight_matrix([np.arange(0, 60)], 200), 0)
        moved = sign * stat
        order = np.argsort(-moved, kind="stable")
        hits = np.flatnonzero(weights[order] != 0)
        expected = order[leading_edge(moved[order], hits)]
        assert find_leading_edge(moved, weights).tolist() == expected.tolist()


def test_leading_edge_turns_genes_of_negative_regulators() -> None:
    stat = np.concatenate([np.full(10, 3.0), np.full(10, -3.0), RNG.normal(size=80)])
    weights = np.concatenate([np.ones(10), -np.ones(10), np.zeros(80)])
    assert sorted(find_leading_edge(stat, weights)) == list(range(20))
    assert find_leading_edge(np.zeros(100), weights).size == 0
