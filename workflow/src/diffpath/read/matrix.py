"""A text matrix of counts (genes × samples), read as it stands and without judging its values."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, InputError, cut
from diffpath.read.identifiers import clean_ids, find_mangled
from diffpath.read.layout import HEAD_LINES, MISSING, Layout, recognise_layout
from diffpath.read.names import SYMBOLS, plain_name
from diffpath.read.numbers import as_integers, find_rounded, read_numbers
from diffpath.read.source import read_head, read_raw, read_text
from diffpath.read.wording import counted, fault, listed


@dataclass
class CountTable:
    """One file of counts.

    Attributes
    ----------
    name, file, format
        Name of the source, path as given, and ``matrix`` or ``featurecounts``.
    counts
        Genes × samples, index ``gene_id`` in file order, columns named as in the
        file; int64 where all values are whole, else float64 with missing values as NaN.
    gene_info
        Genes × annotation columns of the file (text), empty where there is none.
    rows_merged
        Rows summed into an earlier row of the same id.
    findings
        Errors, warnings and notes of the reading.
    cells
        Cells that are no plain number: columns ``gene_id``, ``sample``, ``text``.
    sha256
        Hash of the file's bytes.
    n_samples
        Sample columns in the file.
    """

    name: str
    file: str
    format: str
    counts: pd.DataFrame
    gene_info: pd.DataFrame
    rows_merged: int
    findings: Findings
    cells: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["gene_id", "sample", "text"], dtype=object)
    )
    sha256: str = ""
    n_samples: int = 0


def read_header(
    path: str | Path,
    *,
    format: str = "auto",
    id_column: str | None = None,
    delimiter: str | None = None,
    sample_columns: Sequence[str] | None = None,
) -> list[str]:
    """Return the names of the sample columns, from the first lines of the file only.

    Raises
    ------
    InputError
        The file is absent or its first lines are no matrix.
    """
    layout = recognise_layout(
        read_head(path, HEAD_LINES),
        str(path),
        format=format,
        id_column=id_column,
        delimiter=delimiter,
        sample_columns=sample_columns,
    )
    return layout.sample_names


def read_counts(
    path: str | Path,
    name: str | None = None,
    *,
    format: str = "auto",
    id_column: str | None = None,
    delimiter: str | None = None,
    sample_columns: Sequence[str] | None = None,
) -> CountTable:
    """Read a matrix of counts; faults are in the table's findings, nothing is raised.

    Tab-, semicolon-, comma- or space-separated UTF-8 text, plain or gzip, with one
    header line whose first name may be missing (as R writes it), or the output of
    featureCounts. Rows whose ids become equal after versions and PAR suffixes are
    removed are summed. Special rows of HTSeq and STAR are left out.

    Parameters
    ----------
    path
        File to read.
    name
        Name of the source; the file's name where None.
    format
        ``auto``, ``matrix`` or ``featurecounts``.
    id_column, delimiter
        Column of the gene ids and field separator; recognised where None.
    sample_columns
        Columns to take as samples; recognised where None. Other columns are kept
        as annotation.

    Returns
    -------
    CountTable
        Genes × samples; empty where the file cannot be read at all.
    """
    file = str(path)
    table = CountTable(
        name or Path(path).name, file, "matrix", pd.DataFrame(), pd.DataFrame(), 0, Findings()
    )
    try:
        table.sha256 = hashlib.sha256(read_raw(path)).hexdigest()
        data = read_text(path)
        head = b"\n".join(data.split(b"\n", HEAD_LINES)[:HEAD_LINES])
        layout = recognise_layout(
            head,
            file,
            format=format,
            id_column=id_column,
            delimiter=delimiter,
            sample_columns=sample_columns,
        )
        table.format, table.n_samples = layout.format, len(layout.samples)
        frame, rows = _parse(data, layout, file)
    except InputError as error:
        table.findings.items.extend(error.errors)
        return table
    _check_unnamed(frame, layout, file, table.findings)
    ids, genes, found = clean_ids(
        frame[layout.id_column], rows, layout.names[layout.id_column], file
    )
    table.findings.extend(found)
    ids = ids[genes]
    values, cells = read_numbers(frame.loc[genes, layout.samples], layout, file, table.findings)
    if b"e+" in data or b"E+" in data:
        cells += find_rounded(data, layout, genes)
    values.columns = pd.Index(layout.sample_names)
    table.cells = pd.DataFrame(
        [(ids.loc[row], layout.names[column], text) for row, column, text in cells],
        columns=["gene_id", "sample", "text"],
        dtype=object,
    )
    info = frame.loc[genes, layout.annotation]
    info.columns = pd.Index([layout.names[i] for i in layout.annotation])
    _note_annotation(info, file, table.findings)
    repeated = frame.loc[genes, layout.id_column].duplicated().to_numpy()
    _merge_rows(table, ids, values, info, repeated)
    return table


def _parse(data: bytes, layout: Layout, file: str) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return rows × columns (columns by position) and the line of each row, counted from 1."""
    rows = _check_rows(data, layout, file)
    start = 0
    for _ in range(layout.header + 1):
        start = data.index(b"\n", start) + 1
    samples = set(layout.samples)
    width = range(len(layout.names))
    frame = pd.read_csv(
        io.BytesIO(data[start:]),
        sep=layout.delimiter,
        header=None,
        names=width,
        index_col=False,
        quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
        dtype=cast(Any, {i: str for i in width if i not in samples}),
        keep_default_na=False,
        na_values=cast(Any, {i: list(MISSING) for i in layout.samples}),
        low_memory=False,
        float_precision="round_trip",
        encoding="utf-8",
    )
    return frame, rows


def _check_rows(data: bytes, layout: Layout, file: str) -> NDArray[np.int64]:
    """Return the lines that hold rows, counted from 1; raise where their fields do not fit."""
    codes = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate([[0], ends + 1])
    ends = np.append(ends, len(codes))
    marks = codes == ord(layout.delimiter)
    if layout.quoted and b'"' in data:
        quotes = codes == ord('"')
        before = np.concatenate([[0], np.cumsum(quotes, dtype=np.int32)])
        odd = np.flatnonzero((before[ends] - before[starts]) % 2)
        if odd.size:
            raise fault(
                "open_quote",
                file,
                f"row {odd[0] + 1}",
                found="a quotation mark that is not closed in its row",
                expected="quotation marks in pairs",
                mend="write the table again, without quotation marks",
            )
        marks &= before[1:] % 2 == 0
    before = np.concatenate([[0], np.cumsum(marks, dtype=np.int32)])
    fields = before[ends] - before[starts] + 1
    rows = np.flatnonzero(ends > starts)
    rows = rows[rows > layout.header]
    bad = rows[fields[rows] != len(layout.names)]
    if bad.size:
        # pandas passes over lines of blanks only, unless the delimiter is among them.
        blank = [i for i in bad if not data[starts[i] : ends[i]].strip(b" \t")]
        blank = [i for i in blank if layout.delimiter.encode() not in data[starts[i] : ends[i]]]
        bad, rows = np.setdiff1d(bad, blank), np.setdiff1d(rows, blank)
    if bad.size:
        more = f" (and {counted(bad.size - 1, 'other row')} unlike the header)"
        raise fault(
            "ragged_rows",
            file,
            f"row {bad[0] + 1}",
            found=counted(int(fields[bad[0]]), "field") + (more if bad.size > 1 else ""),
            expected=f"{counted(len(layout.names), 'field')}, as the header has it",
            mend="write the table again with one field per column in every row",
        )
    return rows + 1


def _check_unnamed(frame: pd.DataFrame, layout: Layout, file: str, findings: Findings) -> None:
    for i in layout.unnamed:
        if (frame[i].str.strip() == "").all():
            findings.note(
                "empty_column",
                file,
                f"column {i + 1}",
                values={"column": i + 1},
                found="a column without name or values",
                expected="named columns",
                mend="nothing: the column is left out",
            )
        elif i == 0:
            findings.note(
                "row_name_column",
                file,
                "column 1",
                values={},
                found="a first column without a name, beside the column of gene ids",
                expected="named columns",
                mend="nothing: the column is left out",
            )
        else:
            findings.error(
                "unnamed_column",
                file,
                f"column {i + 1}",
                found="values under no name",
                expected="a sample name for every column",
                mend="add the name to the header, or delete the column",
            )


def _note_annotation(info: pd.DataFrame, file: str, findings: Findings) -> None:
    if info.shape[1] == 0:
        return
    findings.note(
        "annotation_columns",
        file,
        "",
        values={"n": info.shape[1], "names": cut(info, 8)},
        found=f"{counted(info.shape[1], 'annotation column')}: {listed(info, 8)}",
        expected="gene ids and samples",
        mend="nothing: they are not taken as samples",
    )
    for name in info.columns:
        if plain_name(name) in SYMBOLS and (mangled := find_mangled(info[name])):
            findings.warning(
                "mangled_symbols",
                file,
                f"column '{name}'",
                values={"column": name, "n": len(mangled), "names": cut(mangled)},
                found=counted(len(mangled), "gene name")
                + f" turned into a date or number by a spreadsheet: {listed(mangled)}",
                expected="gene symbols",
                mend="export the table again without passing it through a spreadsheet",
            )


def _merge_rows(
    table: CountTable,
    ids: pd.Series,
    values: pd.DataFrame,
    info: pd.DataFrame,
    repeated: NDArray[np.bool_],
) -> None:
    """Put counts and annotation into the table, rows of one id summed.

    `repeated` is True where an earlier row had the same id as written in the file.
    """
    codes, names = pd.factorize(ids)
    index = pd.Index(names, name="gene_id")
    first = ~pd.Series(codes).duplicated().to_numpy()
    table.gene_info = info[first].set_axis(index).replace({"": None})
    table.counts = values[first].set_axis(index)
    table.rows_merged = len(ids) - len(names)
    if table.rows_merged == 0:
        return
    extra = values[~first].set_axis(index[codes[~first]])
    total = table.counts.to_numpy(copy=True)
    np.add.at(total, codes[~first], extra.to_numpy())
    copied = (extra.to_numpy() == table.counts.loc[extra.index].to_numpy()).all(axis=1)
    copied &= (extra.to_numpy() > 0).any(axis=1) & repeated[~first]
    merged = pd.DataFrame(total, index=index, columns=values.columns)
    table.counts = merged.apply(as_integers) if total.dtype == np.float64 else merged
    twice = extra.index.unique()
    table.findings.note(
        "duplicate_ids",
        table.file,
        "",
        values={"n": len(twice), "names": cut(twice)},
        found=f"{counted(len(twice), 'gene id')} on several rows: {listed(twice)}",
        expected="one row per gene",
        mend="nothing: the rows of one id are summed",
    )
    if copied.any():
        table.findings.warning(
            "copied_rows",
            table.file,
            "",
            values={"names": cut(extra.index[copied].unique())},
            found=f"rows that repeat another row of the same id count by count: "
            f"{listed(extra.index[copied].unique())}",
            expected="each count once",
            mend="delete the copies if they are copies; as it stands they are summed",
        )
