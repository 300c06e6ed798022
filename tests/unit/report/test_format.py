"""Numbers, cells and embedded JSON."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from diffpath.report.format import (
    embed_json,
    format_fold,
    format_log2,
    format_number,
    format_p,
    format_percent,
    format_plain,
    join_names,
    make_cell,
    make_table,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1,234,567"), (0.123456, "0.123"), (12.3456, "12.3"), (-0.5, "−0.500"),
        (0.00012345, "1.23e−4"), (12345678.9, "1.23e7"), (np.nan, "–"), (None, "–"), (0.0, "0"),
        (pd.NA, "–"),
    ],
)  # fmt: skip
def test_numbers(value: float, shown: str) -> None:
    assert format_number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0499, "0.0499"), (0.05, "0.05"), (0.0503, "0.0503"), (0.04, "0.04"), (0.1004, "0.1004"),
     (0.00099, "0.00099"), (0.000099, "9.9e−5"),
     (3e-180, "3.0e−180"), (1.0, "1"), (0.999, "1"),
     (0.0, "<1e−300"), (2.2e-308, "<1e−300"), (np.nan, "–"), (0.23, "0.23")],
)  # fmt: skip
def test_p_values(value: float, shown: str) -> None:
    assert format_p(value) == shown


def test_fold_changes_and_shares() -> None:
    assert format_log2(-0.004) == "0.00"
    assert format_log2(-1.239) == "−1.24"
    assert format_log2(1) == "+1.00"
    assert format_fold(1) == "×2"
    assert format_percent(0.1234, 1) == "12.3%"
    assert format_plain(0.05) == "0.05"
    assert join_names("abcdef", 4) == "a, b, c, d, … (+2)"


def test_cells_keep_their_value() -> None:
    assert make_cell(0.1 + 0.2, "x") == "<td class='n' data-order='0.30000000000000004'>0.300</td>"
    assert "data-order='true'" in make_cell(np.bool_(True))
    assert make_cell(None) == "<td class='na' data-order=''>–</td>"
    assert make_cell("<i>'") == "<td>&lt;i&gt;&#39;</td>"


def test_table_escapes_headers_and_names_columns() -> None:
    text = make_table(pd.DataFrame({"<h>": ["<c>"], "padj": [1e-20]}), "id")
    assert "<h>" not in text
    assert "<c>" not in text
    assert "data-name='&lt;h&gt;'" in text
    assert "data-order='1e-20'>1.0e−20<" in text


def test_embedded_json_closes_nothing() -> None:
    value = {"a": "</script><!--", "b": "\u2028"}
    text = embed_json(json.dumps(value, ensure_ascii=False))
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == value
