import numpy as np
import pytest
from scipy import stats

from diffpath import deseq

from .conftest import Simulated


def test_dropping_one_coefficient_agrees_with_its_wald_test(simulated: Simulated) -> None:
    fit = deseq.fit(simulated.counts, simulated.design)
    ratio = deseq.lrt(fit, simulated.design[:, :2])
    wald = deseq.wald_test(fit, np.array([0.0, 0, 1]))
    strong = (fit.base_mean > 100) & (np.abs(wald.stat) < 4) & ~np.isnan(ratio.pvalue)
    np.testing.assert_allclose(ratio.stat[strong], wald.stat[strong] ** 2, rtol=0.3, atol=0.2)
    np.testing.assert_allclose(ratio.pvalue[strong], stats.chi2.sf(ratio.stat[strong], 1))
    np.testing.assert_array_equal(ratio.log2_fold_change, wald.log2_fold_change)


def test_null_p_values_are_uniform() -> None:
    random = np.random.default_rng(3)
    counts = random.negative_binomial(8, 8 / 108, (24, 1500))
    levels = np.eye(6)[np.arange(24) % 6][:, 1:]
    design = np.column_stack([np.ones(24), levels])
    test = deseq.lrt(deseq.fit(counts, design, min_replicates=np.inf), np.ones((24, 1)))
    assert 0.03 < (test.pvalue < 0.05).mean() < 0.08


@pytest.mark.parametrize("columns", [[0, 1, 2], [0, 3]])
def test_a_reduced_design_must_be_nested_and_smaller(
    simulated: Simulated, columns: list[int]
) -> None:
    wider = np.column_stack([simulated.design, np.arange(12.0)])
    fit = deseq.fit(simulated.counts, simulated.design)
    with pytest.raises(ValueError, match="nested in the full one"):
        deseq.lrt(fit, wider[:, columns])
    with pytest.raises(ValueError, match="has 5 rows"):
        deseq.lrt(fit, np.ones((5, 1)))
