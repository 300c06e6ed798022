"""Packed tables: what the page's reader gets back."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.report.model import ContrastReport, GeneSet
from diffpath.report.payload import (
    EXPRESSION_STEPS,
    Blob,
    pack_expression,
    pack_genes,
    pack_sets,
    round_mantissa,
)


def _unpack(text: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    data = gzip.decompress(base64.b64decode(text))
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    arrays, offset = {}, 4 + length
    for entry in header["arrays"]:
        dtype = np.dtype("<" + entry["kind"])
        size = entry["n"] * dtype.itemsize
        planes = np.frombuffer(data[offset : offset + size], np.uint8)
        arrays[entry["name"]] = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).ravel()
        offset += size
    assert offset == len(data)
    return header["plain"], arrays


def test_rounding_keeps_five_digits_and_the_odd_values() -> None:
    values = np.exp(np.random.default_rng(1).normal(0, 60, 5000))
    np.testing.assert_allclose(round_mantissa(values), values, rtol=2.0**-18)
    odd = np.array([np.nan, 0.0, -1.5, 1e-300, np.inf])
    np.testing.assert_array_equal(round_mantissa(odd)[[0, 1, 2, 4]], odd[[0, 1, 2, 4]])
    assert round_mantissa(odd)[3] > 0


def test_genes_come_back(report: ContrastReport) -> None:
    assert report.results is not None
    plain, arrays = _unpack(pack_genes(report.results))
    assert plain["results"]["columns"] == list(report.results.columns)
    assert plain["results.gene_id"] == report.results["gene_id"].tolist()
    symbols = [None if pd.isna(s) else s for s in report.results["symbol"]]
    assert plain["results.symbol"] == symbols
    for name in ("pvalue", "baseMean", "stat"):
        np.testing.assert_allclose(arrays[f"results.{name}"], report.results[name], rtol=4e-6)


def test_expression_comes_back_to_two_decimals(report: ContrastReport) -> None:
    assert report.expression is not None
    genes = [*report.expression.columns[::-1], "ABSENT"]
    plain, arrays = _unpack(pack_expression(report.expression, genes))
    folded = arrays["difference"].reshape(len(genes), -1).astype(int)
    difference = (folded >> 1) ^ -(folded & 1)
    values = (arrays["base"][:, None] + difference) * plain["step"]
    expected = report.expression[genes[:-1]].to_numpy().T
    np.testing.assert_allclose(values[:-1], expected, atol=EXPRESSION_STEPS[0] / 2 + 1e-9)
    assert arrays["base"][-1] == -(2**15)


def test_large_expression_is_rounded_more(
    report: ContrastReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report.expression is not None
    genes = list(report.expression.columns)
    fine = pack_expression(report.expression, genes)
    assert _unpack(fine)[0]["step"] == 0.01
    monkeypatch.setattr("diffpath.report.payload.EXPRESSION_BYTES", 1600)
    coarse = pack_expression(report.expression, genes)
    assert 0.02 <= _unpack(coarse)[0]["step"] <= 0.1
    assert len(coarse) < len(fine)


def test_sets_come_back_as_rows_of_measured_genes() -> None:
    symbols = pd.Series(["A", None, "C", "D"])
    sets = {"x": {"one": GeneSet(["D", "A", "Q"], "One", -1, "src"), "none": GeneSet(["Q"])}}
    plain, arrays = _unpack(pack_sets(sets, symbols))
    about = plain["collections"]["x"]
    assert about["sizes"] == [2, 0]
    assert about["signs"] == [-1, 1]
    assert np.cumsum(arrays["steps"]).tolist() == [0, 3]


def test_frames_hold_codes_booleans_and_large_integers() -> None:
    frame = pd.DataFrame(
        {"way": ["up", None, "down"], "yes": [True, False, True], "big": [2**40, 1, 2]}
    )
    frame["maybe"] = pd.array([True, None, False], dtype="boolean")
    blob = Blob()
    blob.add_frame("t", frame)
    plain, arrays = _unpack(blob.pack())
    assert plain["t"]["n"] == 3
    assert arrays["t.way"].tolist() == [1, -1, 0]
    assert arrays["t.yes"].tolist() == [1, 0, 1]
    assert arrays["t.maybe"].tolist() == [1, -1, 0]
    assert arrays["t.big"].tolist() == [2.0**40, 1.0, 2.0]


def test_packing_has_no_time_stamp(report: ContrastReport) -> None:
    assert report.results is not None
    data = base64.b64decode(pack_genes(report.results))
    assert data[4:8] == b"\0\0\0\0"
