import numpy as np
import pytest
from scipy.stats import chi2

from diffpath.enrich.fry import expect_largest_square, run_fry
from diffpath.enrich.linear import Effects, rotate, weight_matrix

DESIGN = np.column_stack([np.ones(8), np.repeat([0.0, 1.0], 4)])


def test_one_gene_of_equal_variances_gives_the_ordinary_t_test() -> None:
    rng = np.random.default_rng(1)
    values = np.tile(rng.normal(size=(8, 1)), (1, 30)) * np.ones(30)
    effects = rotate(values, DESIGN, np.array([0.0, 1.0]))
    found = run_fry(effects, weight_matrix([np.array([0]), np.arange(30)], 30))
    a, b = values[:4, 0], values[4:, 0]
    pooled = (a.var(ddof=1) + b.var(ddof=1)) / 2
    assert found.t == pytest.approx([(b.mean() - a.mean()) / np.sqrt(pooled / 2)] * 2)


def test_signs_of_genes_are_turned() -> None:
    rng = np.random.default_rng(2)
    effects = rotate(rng.normal(size=(8, 60)), DESIGN, np.array([0.0, 1.0]))
    up = run_fry(effects, weight_matrix([np.arange(20)], 60))
    down = run_fry(effects, weight_matrix([np.arange(20)], 60, [-1]))
    assert down.t[0] == -up.t[0]
    assert down.p[0] == up.p[0]


def test_correlated_genes_are_called_at_the_nominal_rate() -> None:
    # Ten sets of 40 genes at correlation .3, no change: a test that takes genes as
    # independent calls more than half of them.
    rng = np.random.default_rng(3)
    calls = []
    for _ in range(60):
        shared = np.repeat(rng.normal(size=(8, 10)), 40, axis=1)
        values = np.sqrt(0.3) * shared + np.sqrt(0.7) * rng.normal(size=(8, 400))
        effects = rotate(values, DESIGN, np.array([0.0, 1.0]))
        weights = weight_matrix([np.arange(40) + 40 * i for i in range(10)], 400)
        calls.append(run_fry(effects, weights).p < 0.05)
    assert np.mean(calls) == pytest.approx(0.05, abs=0.025)


def test_no_residual_degree_of_freedom_is_refused() -> None:
    effects = Effects(np.ones(3), np.empty((0, 3)), 1.0)
    with pytest.raises(ValueError, match="without residual degrees of freedom"):
        run_fry(effects, weight_matrix([np.arange(2)], 3))


@pytest.mark.parametrize("count", [2, 5, 24])
def test_mean_of_the_largest_square(count: int) -> None:
    # Mean of a positive variable as the integral of its survival function.
    x = np.linspace(0, 80, 400_001)
    exact = np.trapezoid(1 - chi2(1).cdf(x) ** count, x)
    assert expect_largest_square(count) == pytest.approx(exact, abs=2e-3)
