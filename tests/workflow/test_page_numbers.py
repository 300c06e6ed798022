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
    CROSS_CHECK,
    CROSS_CHECK_THEMES,
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


def check_cross_check(folder: Path) -> int:
    """Compare the section of the other engine with its tables, worked out here once more."""
    html = (folder / "report.html").read_text(encoding="utf-8")
    genes = read_table(folder / "cross_check.tsv.gz", CROSS_CHECK).set_index("gene_id")
    ours, theirs = genes["padj"] < 0.05, genes["padj_check"] < 0.05
    assert (genes["differs"] == (ours ^ theirs)).all()
    parser = _Tables()
    parser.feed(html)
    called = [int(row["n_called"]) for row in parser.tables["cross-calls"]]
    assert called == [(ours & theirs).sum(), (ours & ~theirs).sum(), (theirs & ~ours).sum()]
    count = len(called)
    for row in parser.tables["cross-agreement"]:
        pair = genes[[row["name"], f"{row['name']}_check"]].dropna()
        a, b = pair.to_numpy().T
        share = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
        assert int(row["n_compared"]) == len(pair) > 100
        assert float(row["median_share"]) == pytest.approx(np.median(share))
        assert float(row["p99_share"]) == pytest.approx(np.quantile(share, 0.99))
        worst = genes[genes["symbol"] == row["worst_gene"]].iloc[0]
        assert float(row["worst"]) == worst[row["name"]]
        assert float(row["worst_check"]) == worst[f"{row['name']}_check"]
        count += 5
    themes = read_table(folder / "cross_check_themes.tsv", CROSS_CHECK_THEMES)
    shown = [
        {k: v for k, v in row.items() if not k.startswith("verdict")}  # in words
        for row in parser.tables["cross-themes"]
    ]
    count += _same_rows(shown, themes)
    plain, columns = _unpack(html, "tables")
    differing = genes.loc[columns["cross_check.gene_id"]]
    assert plain["cross_check"]["n"] == len(differing) == genes["differs"].sum()
    for name in CROSS_CHECK.names[2:-3]:
        want = differing[name].to_numpy(dtype=float)
        np.testing.assert_allclose(columns[f"cross_check.{name}"], want, rtol=4e-6)
        count += len(want)
    return count


@pytest.mark.parametrize("contrast", ["MSC", "SVF"])
def test_every_number_is_the_tables(finished: Project, contrast: str) -> None:
    assert check_page(finished.results / "contrasts" / contrast) > 5000


@pytest.mark.parametrize("contrast", ["MSC", "SVF"])
def test_every_number_of_the_cross_check_is_the_tables(checked: Project, contrast: str) -> None:
    assert check_cross_check(checked.results / "contrasts" / contrast) > 20
