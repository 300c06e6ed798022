"""Every number in a contrast's page is that of the written tables."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.tables import (
    CLAIMS,
    COVERAGE,
    GSEA,
    LEAVE_ONE_OUT,
    RESULTS,
    SAMPLE_QC,
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_VERDICTS,
    UNITS,
    read_table,
)
from tests.workflow.conftest import Project

PLACES = {
    "theme_sets": ("themes/sets.tsv", THEME_SETS),
    "theme_genes": ("themes/genes.tsv", THEME_GENES),
    "theme_scores": ("themes/scores.tsv", THEME_SCORES),
    "leave_one_out": ("themes/leave_one_out.tsv", LEAVE_ONE_OUT),
    "sample_qc": ("sample_qc.tsv", SAMPLE_QC),
    "results": ("results.tsv.gz", RESULTS),
}


class _Tables(HTMLParser):
    """Static tables: id → rows of column name → the value a cell stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[dict[str, str]]] = {}
        self.names: list[str] = []
        self.rows: list[dict[str, str]] | None = None
        self.order: str | None = None
        self.text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table" and given.get("id"):
            self.names, self.rows = [], self.tables.setdefault(str(given["id"]), [])
        elif tag == "th" and given.get("scope") == "col":
            self.names.append(given.get("data-name") or "")
        elif tag == "tr" and self.rows is not None and self.names:
            self.rows.append({})
        elif tag in ("td", "th"):
            self.order, self.text = given.get("data-order"), ""

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.text is not None and self.rows:
            row = self.rows[-1]
            row[self.names[len(row)]] = self.text if self.order is None else self.order
            self.text = None
        elif tag == "table":
            self.rows = None


def _unpack(html: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    found = re.search(rf'id="blob-{name}">([^<]*)<', html)
    assert found is not None
    data = gzip.decompress(base64.b64decode(found[1]))
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    columns: dict[str, Any] = dict(header["plain"])
    offset = 4 + length
    for entry in header["arrays"]:
        dtype = np.dtype("<" + entry["kind"])
        size = entry["n"] * dtype.itemsize
        planes = np.frombuffer(data[offset : offset + size], np.uint8)
        values = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).ravel()
        levels = entry.get("levels")
        columns[entry["name"]] = (
            [None if v < 0 else levels[v] for v in values] if levels is not None else values
        )
        offset += size
    return header["plain"], columns


def _same_cell(shown: str, value: Any) -> bool:
    if pd.isna(value):
        return shown == ""
    if isinstance(value, (bool, np.bool_)):
        return shown == str(value).lower()
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(shown) == value
    return shown == str(value)


def _same_rows(rows: list[dict[str, str]], frame: pd.DataFrame) -> int:
    """Compare cell by cell; return the number of cells compared."""
    assert len(rows) == len(frame)
    count = 0
    for shown, (_, row) in zip(rows, frame.iterrows(), strict=True):
        for name in shown:
            assert _same_cell(shown[name], row[name]), (name, shown[name], row[name])
            count += 1
    return count


def check_page(folder: Path) -> int:
    """Compare a contrast's page with its tables; return the number of cells compared."""
    html = (folder / "report.html").read_text(encoding="utf-8")
    count = 0
    for blob, names in (
        ("genes", ["results"]),
        ("tables", [name for name in PLACES if name != "results"]),
    ):
        plain, columns = _unpack(html, blob)
        for name in names:
            frame = read_table(folder / PLACES[name][0], PLACES[name][1])
            assert plain[name]["n"] == len(frame), name
            for column in plain[name]["columns"]:
                got, want = columns[f"{name}.{column}"], frame[column]
                if isinstance(got, np.ndarray):
                    numbers = want.to_numpy(dtype=float, na_value=np.nan)
                    np.testing.assert_allclose(got, numbers, rtol=4e-6, err_msg=column)
                else:
                    assert got == [None if pd.isna(v) else v for v in want], (name, column)
                count += len(frame)
    parser = _Tables()
    parser.feed(html)
    shown = parser.tables
    count += _same_rows(shown["units"], read_table(folder / "units.tsv", UNITS))
    count += _same_rows(shown["sample-qc"], read_table(folder / "sample_qc.tsv", SAMPLE_QC))
    claims = read_table(folder / "themes" / "claims.tsv", CLAIMS)
    if len(claims):
        count += _same_rows(shown["claims"], claims)
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS)
    sets = read_table(folder / "themes" / "sets.tsv", THEME_SETS)
    overlap = read_table(folder / "themes" / "overlap.tsv", THEME_OVERLAP)
    for i, (_, verdict) in enumerate(verdicts.iterrows(), 1):
        theme = verdict["theme"]
        upright = {row["name"]: row["value"] for row in shown[f"verdict-{i}"]}
        assert {"p_holm", "effect", "effect_low", "effect_high"} <= set(upright)
        for name, value in upright.items():
            if name != "failed_key":  # in words
                assert _same_cell(value, verdict[name]), name
                count += 1
        count += _same_rows(shown[f"theme-sets-{i}"], sets[sets["theme"] == theme])
        count += _same_rows(shown[f"theme-overlap-{i}"], overlap[overlap["theme"] == theme])
        for kind, table in (("gsea", GSEA), ("coverage", COVERAGE)):
            written = read_table(folder / "enrichment" / f"{theme}.{kind}.tsv", table)
            count += _same_rows(shown[f"theme-{kind}-{i}"], written)
    return count


@pytest.mark.parametrize("contrast", ["MSC", "SVF"])
def test_every_number_is_the_tables(finished: Project, contrast: str) -> None:
    assert check_page(finished.results / "contrasts" / contrast) > 5000
