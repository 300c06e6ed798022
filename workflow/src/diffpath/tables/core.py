"""Columns, types and units of every table the workflow writes.

A table is written with `write_table` and read with `read_table`; both hold the
frame against its declaration, so that what is declared here is what is on disk.
Files are tab-separated, UTF-8, with a header line, a missing value as an empty
field, truth values as ``true``/``false`` and numbers in the shortest form that
reads back to the same double. Files ending in ``.gz`` carry no time stamp.
"""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

Dtype = Literal["str", "int", "float", "bool"]


@dataclass(frozen=True)
class Column:
    """A column: its name, type, meaning with unit, and whether it may be empty."""

    name: str
    dtype: Dtype
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, the key of a row, and whether a cohort adds columns."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    open: bool = False

    @property
    def names(self) -> list[str]:
        """Names of the declared columns, in order."""
        return [column.name for column in self.columns]


class TableError(ValueError):
    """A frame does not fit the declaration of its table."""


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the frame with declared order and dtypes; raise `TableError` where it does not fit.

    Columns beyond the declared ones are kept, after them, only in open tables.
    """
    missing = [name for name in table.names if name not in frame.columns]
    extra = [name for name in frame.columns if name not in table.names]
    if missing or (extra and not table.open):
        raise TableError(
            f"table '{table.name}': missing columns {missing}, undeclared columns {extra}"
        )
    out = pd.DataFrame(index=range(len(frame)))
    for column in table.columns:
        values = frame[column.name].reset_index(drop=True)
        if not column.nullable and values.isna().any():
            raise TableError(
                f"table '{table.name}', column '{column.name}': "
                f"{int(values.isna().sum())} empty values"
            )
        out[column.name] = _cast(values, column, table)
    for name in extra:
        out[name] = frame[name].reset_index(drop=True)
    if table.key:
        doubled = out.duplicated(list(table.key))
        if doubled.any():
            row = out.loc[doubled, list(table.key)].iloc[0].tolist()
            raise TableError(f"table '{table.name}': key {row} stands twice")
    return out


def write_table(frame: pd.DataFrame, table: Table, path: str | Path) -> None:
    """Write a frame as its declared table; the bytes depend on the values alone."""
    frame = conform(frame, table)
    for name in frame.columns:
        if frame[name].dtype in ("bool", "boolean"):
            frame[name] = frame[name].map({True: "true", False: "false"}).astype("object")
    text = frame.to_csv(sep="\t", index=False, lineterminator="\n", na_rep="")
    data = text.encode()
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as handle:
            handle.write(data)
        data = buffer.getvalue()
    path.write_bytes(data)


def read_table(path: str | Path, table: Table) -> pd.DataFrame:
    """Read a table written by `write_table`, with its declared dtypes."""
    frame = pd.read_csv(
        path, sep="\t", dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8"
    )
    return conform(frame, table)


def _cast(values: pd.Series, column: Column, table: Table) -> pd.Series:
    try:
        if column.dtype == "str":
            return values.astype(str).astype("object").mask(values.isna(), None)
        if column.dtype == "bool":
            if values.dtype == "object":
                values = values.map({"true": True, "false": False, True: True, False: False})
            return values.astype("boolean" if column.nullable else "bool")
        if column.dtype == "int":
            numbers = pd.to_numeric(values)
            if (numbers.dropna() % 1 != 0).any():
                raise ValueError("not whole numbers")
            return numbers.astype("Int64" if column.nullable else "int64")
        # Not pd.to_numeric: its parser is off in the last place for some texts.
        return values.astype("float64")
    except (ValueError, TypeError) as error:
        raise TableError(
            f"table '{table.name}', column '{column.name}': not {column.dtype}: {error}"
        ) from error
