import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import diffpath.tables as declared
from diffpath.tables import Column, Table, TableError, conform, read_table, write_table

TABLE = Table(
    "toy",
    (
        Column("gene", "str", "gene"),
        Column("n", "int", "count"),
        Column("p", "float", "p-value", True),
        Column("ok", "bool", "flag"),
        Column("why", "str", "reason", True),
    ),
    key=("gene",),
)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "why": [None, "NA"],
            "gene": ["a", "NA"],
            "n": [1, 2],
            "p": [0.1 + 0.2, np.nan],
            "ok": [True, False],
        }
    )


def test_round_trip_keeps_every_value(tmp_path: Path) -> None:
    write_table(frame(), TABLE, tmp_path / "t.tsv")
    back = read_table(tmp_path / "t.tsv", TABLE)
    pd.testing.assert_frame_equal(back, conform(frame(), TABLE))
    assert back["p"][0] == 0.1 + 0.2
    assert back["gene"].tolist() == ["a", "NA"]
    text = (tmp_path / "t.tsv").read_text()
    assert text == "gene\tn\tp\tok\twhy\na\t1\t0.30000000000000004\ttrue\t\nNA\t2\t\tfalse\tNA\n"


def test_gzip_carries_no_time(tmp_path: Path) -> None:
    write_table(frame(), TABLE, tmp_path / "one.tsv.gz")
    write_table(frame(), TABLE, tmp_path / "two.tsv.gz")
    data = (tmp_path / "one.tsv.gz").read_bytes()
    assert data == (tmp_path / "two.tsv.gz").read_bytes()
    assert data[4:8] == b"\0\0\0\0"
    assert gzip.decompress(data).startswith(b"gene\tn")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="n"), r"missing columns \['n'\]"),
        (lambda f: f.assign(extra=1), r"undeclared columns \['extra'\]"),
        (lambda f: f.assign(gene=["a", None]), "column 'gene': 1 empty values"),
        (lambda f: f.assign(gene=["a", "a"]), r"key \['a'\] stands twice"),
        (lambda f: f.assign(n=["x", "y"]), "column 'n': not int"),
        (lambda f: f.assign(n=[1.5, 2]), "column 'n': not int"),
    ],
)
def test_what_is_not_declared_is_refused(change: object, message: str) -> None:
    assert callable(change)
    with pytest.raises(TableError, match=message):
        conform(change(frame()), TABLE)


def test_every_declaration_is_whole() -> None:
    tables = [value for value in vars(declared).values() if isinstance(value, Table)]
    assert len(tables) > 15
    for table in tables:
        assert len(set(table.names)) == len(table.names), table.name
        assert set(table.key) <= set(table.names), table.name
        assert all(column.meaning for column in table.columns), table.name
