import numpy as np
import pytest

from diffpath.deseq.layout import lay_out


def test_samples_with_equal_rows_share_a_cell() -> None:
    layout = lay_out(np.array([[1, 1], [1, 0], [1, 1], [1, 0], [1, 1]]))
    np.testing.assert_array_equal(layout.cell, [0, 1, 0, 1, 0])
    np.testing.assert_array_equal(layout.size, [3, 2])
    assert layout.saturated
    assert layout.two_groups
    np.testing.assert_array_equal(layout.in_cells_of(3), [True, False, True, False, True])
    np.testing.assert_allclose(layout.sum_cells(np.array([[1.0, 2, 3, 4, 5]])), [[9, 6]])


def test_sums_keep_the_cells_order_where_every_sample_is_one() -> None:
    layout = lay_out(np.array([[1, 3.5], [1, 1.0], [1, 2.0]]))
    np.testing.assert_allclose(layout.sum_cells(np.array([[1.0, 2, 3]])), [[1, 2, 3]])
    assert not layout.two_groups


@pytest.mark.parametrize(
    ("design", "match"),
    [
        ([[1, 1], [1, 1], [1, 1]], "rank 1"),
        ([[1, 0], [1, 1]], "no residual degree of freedom"),
        ([[1, np.nan], [1, 1], [1, 0]], "finite"),
    ],
)
def test_designs_that_cannot_be_fitted_are_refused(design: list[list[float]], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        lay_out(np.array(design))
