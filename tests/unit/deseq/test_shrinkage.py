import numpy as np
import pytest
from scipy.optimize import minimize

from diffpath import deseq
from diffpath.deseq.apeglm import OTHERS_SD, prior_scale
from diffpath.deseq.ash import shrink_normal_mixture
from diffpath.deseq.fit import LOG2E

from .conftest import Simulated


@pytest.fixture(scope="module")
def fit(simulated: Simulated) -> deseq.Fit:
    return deseq.fit(simulated.counts, simulated.design)


LAST = np.array([0.0, 0, 1])


def test_the_mode_and_its_error_are_those_of_a_direct_search(fit: deseq.Fit) -> None:
    shrunken = deseq.shrink(fit, LAST)
    scale = shrunken.prior_scale / LOG2E
    design, depth = fit.layout.matrix, fit.scale[0]
    for gene in range(0, 600, 40):
        y, a = fit.counts[gene], fit.dispersion[gene]

        def cost(beta: np.ndarray, y: np.ndarray = y, a: float = a) -> float:
            eta = design @ beta + np.log(depth)
            likelihood = y * eta - (y + 1 / a) * np.log1p(a * np.exp(eta))
            prior = 0.5 * (beta[:2] ** 2).sum() / OTHERS_SD**2 + np.log1p((beta[2] / scale) ** 2)
            return float(prior - likelihood.sum())

        starts = (fit.coef[gene] / LOG2E, [np.log(y.mean() + 0.1), 0, 0])

        def gradient(beta: np.ndarray, y: np.ndarray = y, a: float = a) -> np.ndarray:
            mean = np.exp(design @ beta + np.log(depth))
            prior = np.append(beta[:2] / OTHERS_SD**2, 2 * beta[2] / (scale**2 + beta[2] ** 2))
            return prior - design.T @ ((y - mean) / (1 + a * mean))

        runs = [
            minimize(cost, start, jac=gradient, method="BFGS", options={"gtol": 1e-8})
            for start in starts
        ]
        best = min(runs, key=lambda run: run.fun)
        assert shrunken.log2_fold_change[gene] == pytest.approx(best.x[2] * LOG2E, abs=1e-7)
        step = 1e-4
        eye = np.eye(3) * step
        hessian = [
            [
                (
                    cost(best.x + i + j)
                    - cost(best.x + i - j)
                    - cost(best.x - i + j)
                    + cost(best.x - i - j)
                )
                / (4 * step**2)
                for j in eye
            ]
            for i in eye
        ]
        error = np.sqrt(np.linalg.inv(hessian)[2, 2]) * LOG2E
        assert shrunken.standard_error[gene] == pytest.approx(error, rel=1e-3)


def test_weak_changes_shrink_and_strong_ones_stay(fit: deseq.Fit) -> None:
    test, shrunken = deseq.wald_test(fit, LAST), deseq.shrink(fit, LAST)
    strong = (np.abs(test.stat) > 10) & (fit.base_mean > 50)
    weak = np.abs(test.stat) < 1
    ratio = shrunken.log2_fold_change / test.log2_fold_change
    assert strong.sum() > 10
    assert (ratio[strong] > 0.95).all()
    assert np.median(ratio[weak]) < 0.9


@pytest.mark.parametrize("method", ["apeglm", "ash"])
def test_a_contrast_shrinks_as_the_coefficient_it_is(simulated: Simulated, method: str) -> None:
    levels = np.repeat(np.eye(3), 4, axis=0)
    fit = deseq.fit(simulated.counts, np.column_stack([np.ones(12), levels[:, 1:]]))
    other = deseq.fit(simulated.counts, np.column_stack([np.ones(12), levels[:, [0, 2]]]))
    one = deseq.shrink(fit, np.array([0.0, -1, 1]), method=method)  # type: ignore[arg-type]
    two = deseq.shrink(other, np.array([0.0, 0, 1]), method=method)  # type: ignore[arg-type]
    seen = fit.base_mean > 5
    np.testing.assert_allclose(
        one.log2_fold_change[seen], two.log2_fold_change[seen], rtol=0.02, atol=0.01
    )
    turned = deseq.shrink(fit, np.array([0.0, 1, -1]), method=method)  # type: ignore[arg-type]
    np.testing.assert_allclose(
        turned.log2_fold_change[seen], -one.log2_fold_change[seen], atol=0.01
    )


def test_the_prior_scale_is_the_spread_of_true_changes() -> None:
    random = np.random.default_rng(0)
    errors = random.uniform(0.1, 0.5, 5000)
    estimates = random.normal(0, 0.7, 5000) + random.normal(0, errors)
    assert prior_scale(estimates, errors) == pytest.approx(0.7, rel=0.05)
    assert prior_scale(random.normal(0, 0.5 * errors), errors) == pytest.approx(0.001)
    assert prior_scale(10 * estimates, errors) == 1


def test_ash_gives_the_posterior_of_a_normal_prior() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(0, 1, 8000)
    errors = np.full(8000, 0.5)
    estimates = truth + random.normal(0, errors)
    mean, spread = shrink_normal_mixture(estimates, errors)
    middle = np.abs(estimates) < 2
    np.testing.assert_allclose(mean[middle], 0.8 * estimates[middle], atol=0.12)
    np.testing.assert_allclose(spread[middle], np.sqrt(0.2), atol=0.08)
    assert np.isnan(shrink_normal_mixture(np.array([np.nan, 1]), np.ones(2))[0][0])
