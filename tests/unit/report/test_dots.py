"""Small drawings that are part of the page itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from diffpath.report.dots import draw_matrix


def test_matrix_writes_minus_missing_and_no_signed_zero() -> None:
    pairs = pd.DataFrame(
        [("a", "b", 120, -0.001), ("a", "c", 90, -0.4), ("b", "c", 0, np.nan)],
        columns=["first", "second", "genes", "spearman"],
    )
    drawn = draw_matrix(pairs)
    assert "a, b: 0.00 (120)" in drawn
    assert "a, c: −0.40 (90)" in drawn
    assert "b, c: – (0)" in drawn
    assert "−0.00" not in drawn
    assert drawn.count("class='down'") == 2
