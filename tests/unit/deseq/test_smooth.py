import numpy as np
from statsmodels.nonparametric.smoothers_lowess import lowess

from diffpath.deseq.local_fit import fit_local
from diffpath.deseq.smooth import hermite, smooth_loess, smooth_lowess


def test_lowess_is_that_of_statsmodels() -> None:
    random = np.random.default_rng(0)
    x = np.linspace(0, 1, 50)
    y = np.sin(6 * x) + random.normal(0, 0.2, 50)
    y[20] = 9.0
    theirs = lowess(y, x, frac=0.2, it=3, return_sorted=False)
    np.testing.assert_allclose(smooth_lowess(x, y, 0.2), theirs, atol=1e-8)


def test_lowess_of_a_constant_is_the_constant() -> None:
    x = np.linspace(0.1, 0.95, 50)
    np.testing.assert_allclose(smooth_lowess(x, np.full(50, 17.3), 0.2), 17.3)


def test_loess_of_a_parabola_is_the_parabola() -> None:
    x, at = np.linspace(0, 8, 200), np.linspace(0, 8, 999)
    np.testing.assert_allclose(smooth_loess(x, x**2 - x, at, 0.2), at**2 - at, atol=1e-9)


def test_hermite_goes_through_its_vertices() -> None:
    vertices, values = np.array([0.0, 1, 4]), np.array([2.0, -1, 5])
    np.testing.assert_allclose(hermite(vertices, values, np.ones(3), vertices), values)


def test_the_local_fit_bends_on_beyond_its_ends() -> None:
    x = np.linspace(0, 10, 300)
    curve = fit_local(x, 0.5 * x**2 - 3 * x, np.exp(x / 5))
    at = np.array([-3.0, 0, 4.4, 10, 14])
    np.testing.assert_allclose(curve(at), 0.5 * at**2 - 3 * at, atol=1e-8)
