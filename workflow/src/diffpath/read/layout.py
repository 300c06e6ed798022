"""How a text matrix is laid out, recognised from its first lines alone.

The header can thus be matched with the sample sheet before a large file is
read, and a later full reading finds the same columns.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from diffpath.read.names import ENTREZ, OTHER_IDS, STABLE_IDS, SYMBOLS, is_annotation, plain_name
from diffpath.read.wording import counted, fault, listed, near

HEAD_LINES = 50
DELIMITERS = ("\t", ";", ",", " ")
DELIMITER_NAMES = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "space"}
MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None")
FORMATS = ("auto", "matrix", "featurecounts")
FEATURECOUNTS = ["geneid", "chr", "start", "end", "strand", "length"]

NUMBER = re.compile(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s*")


@dataclass(frozen=True)
class Layout:
    """Layout of a text matrix (genes × columns).

    Attributes
    ----------
    format
        ``matrix`` or ``featurecounts``.
    delimiter, quoted
        Field separator, and whether fields may stand in double quotes.
    header
        Line of the header, counted from 0.
    names
        Names of all columns as in the file; empty for a column without a name.
    id_column, samples, unnamed
        Positions of the gene ids, of the sample columns, and of columns
        without a name that are neither.
    """

    format: str
    delimiter: str
    quoted: bool
    header: int
    names: list[str]
    id_column: int
    samples: list[int]
    unnamed: list[int]

    @property
    def sample_names(self) -> list[str]:
        """Names of the sample columns, as in the file."""
        return [self.names[i] for i in self.samples]

    @property
    def annotation(self) -> list[int]:
        """Positions of named columns that are neither the ids nor samples."""
        other = {self.id_column, *self.samples, *self.unnamed}
        return [i for i in range(len(self.names)) if i not in other]


def recognise_layout(
    head: bytes,
    file: str,
    *,
    format: str = "auto",
    id_column: str | None = None,
    delimiter: str | None = None,
    sample_columns: Sequence[str] | None = None,
) -> Layout:
    """Return the layout of a matrix from its first lines.

    Parameters
    ----------
    head
        First lines of the file (UTF-8).
    format
        ``auto``, ``matrix`` or ``featurecounts``.
    id_column, delimiter, sample_columns
        Taken as given; recognised where None. A column is taken as a sample
        when its name is not that of a usual annotation column and its first
        cells are numbers.

    Raises
    ------
    InputError
        The lines are no matrix, or lack what was asked for.
    """
    if format not in FORMATS:
        raise ValueError(f"format {format!r} is none of {FORMATS}")
    lines = [(i, line) for i, line in enumerate(head.decode("utf-8").split("\n")) if line.strip()]
    lines = _drop_comments(lines)
    if len(lines) < 2:
        raise fault(
            "no_rows",
            file,
            "",
            found="a header line only" if lines else "comment lines only",
            expected="a header line and one line per gene",
            mend="give the file that holds the counts",
        )
    if delimiter is None:
        delimiter = _find_delimiter([line for _, line in lines], file)
    elif delimiter not in lines[1][1]:
        raise fault(
            "wrong_delimiter",
            file,
            f"row {lines[1][0] + 1}",
            found=f"no {DELIMITER_NAMES.get(delimiter, repr(delimiter))}",
            expected="columns separated by the delimiter that was given",
            mend="correct the delimiter, or leave it out so that it is recognised",
        )
    quoted = delimiter != "\t" or any(line.startswith('"') or '\t"' in line for _, line in lines)
    header = split_line(lines[0][1], delimiter, quoted)
    rows = [split_line(line, delimiter, quoted) for _, line in lines[1:]]
    names = _name_columns(header, rows)
    rows = [row for row in rows if len(row) == len(names)]
    if not rows:
        width = len(split_line(lines[1][1], delimiter, quoted))
        raise fault(
            "header_width",
            file,
            f"row {lines[0][0] + 1}",
            found=f"{counted(len(header), 'field')} in the header and {width:,} in the next row",
            expected="as many as in the rows, or one fewer where the gene ids have no name",
            mend="write the table again with one name per column",
        )
    kind = _find_format(names, format, file)
    ids = _find_ids(names, rows, id_column, file)
    _check_header(names, ids, id_column, file, lines[0][0] + 1)
    if sample_columns is None:
        samples = _find_samples(names, rows, ids, kind)
    else:
        samples = _match_samples(names, sample_columns, ids, file)
    if not samples:
        raise fault(
            "no_samples",
            file,
            f"row {lines[0][0] + 1}",
            found=f"columns {listed(names, 8)} and no sample column among them",
            expected="at least one column of counts beside the gene ids",
            mend="give the file that holds the counts",
        )
    _check_doubles([names[i] for i in samples], file, lines[0][0] + 1)
    unnamed = [i for i, name in enumerate(names) if not name and i != ids and i not in samples]
    return Layout(kind, delimiter, quoted, lines[0][0], names, ids, samples, unnamed)


def split_line(line: str, delimiter: str, quoted: bool) -> list[str]:
    """Return the fields of one line."""
    if not quoted:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter))


def is_number(text: str) -> bool:
    """Tell whether a cell is a number, with a decimal point or a decimal comma."""
    return NUMBER.fullmatch(text) is not None


def _drop_comments(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    start = 0
    while start < len(lines) and lines[start][1].startswith("#"):
        start += 1
    # A header may itself start with '#': it then has as many fields as the line after it.
    if 0 < start < len(lines):
        above, below = lines[start - 1][1], lines[start][1]
        for mark in DELIMITERS[:3]:
            if above.count(mark) == below.count(mark) > 0:
                cells = below.split(mark)[1:]
                return lines[start - 1 :] if any(map(is_number, cells)) else lines[start:]
    return lines[start:]


def _find_delimiter(lines: list[str], file: str) -> str:
    header, row = lines[0], lines[1]
    for mark in DELIMITERS:
        if len(split_line(header, mark, True)) > 1 and len(split_line(row, mark, True)) > 1:
            return mark
    for mark in DELIMITERS:
        if len(split_line(row, mark, True)) == 2:
            return mark
    raise fault(
        "no_delimiter",
        file,
        "row 1",
        found="one column only",
        expected="columns separated by tabs, commas, semicolons or spaces",
        mend="export the table as tab-separated text, or name its delimiter in the config",
    )


def _name_columns(header: list[str], rows: list[list[str]]) -> list[str]:
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    if width != len(header) + 1:
        return header
    # One field fewer in the header: R leaves the name of the ids out; a tab
    # at the end of every row looks alike but holds nothing.
    if all(row[-1] == "" for row in rows if len(row) == width):
        return [*header, ""]
    return ["", *header]


def _find_format(names: list[str], format: str, file: str) -> str:
    leading = [plain_name(name) for name in names[: len(FEATURECOUNTS)]]
    if leading == FEATURECOUNTS and format != "matrix":
        return "featurecounts"
    if format == "featurecounts":
        raise fault(
            "not_featurecounts",
            file,
            "row 1",
            found=f"columns {listed(names, 6)}",
            expected="columns Geneid, Chr, Start, End, Strand, Length and one per sample",
            mend="give featureCounts' own output, or set the format to 'auto'",
        )
    return "matrix"


def _find_ids(names: list[str], rows: list[list[str]], id_column: str | None, file: str) -> int:
    if id_column is not None:
        if id_column not in names:
            close = near(id_column, names)
            raise fault(
                "no_id_column",
                file,
                f"column '{id_column}'",
                found=f"columns {listed(names, 8)}",
                expected=f"the column named as id_column{_maybe(close)}",
                mend="correct id_column in the config",
            )
        return names.index(id_column)
    plain = [plain_name(name) for name in names]
    for name in STABLE_IDS:
        if name in plain:
            return plain.index(name)
    numeric = all(is_number(row[0]) for row in rows)
    if names[0] == "" and not numeric:
        return 0
    for i, name in enumerate(plain):
        if name in (*SYMBOLS, *OTHER_IDS) or (name in ENTREZ and i == 0):
            return i
    if names[0] != "" and numeric:
        raise fault(
            "no_gene_ids",
            file,
            f"column '{names[0]}'",
            found="numbers only in the first column, and no column named as gene ids are",
            expected="a column of gene ids",
            mend="add the gene ids, or name their column as id_column in the config",
        )
    return 0


def _check_header(names: list[str], ids: int, id_column: str | None, file: str, row: int) -> None:
    known = id_column is not None or names[ids] == "" or is_annotation(names[ids])
    others = [name for i, name in enumerate(names) if i != ids]
    if not known and others and all(is_number(name) for name in others):
        raise fault(
            "no_header",
            file,
            f"row {row}",
            found=f"numbers where column names should stand ({listed(others, 3)})",
            expected="a header line with the sample names",
            mend="add the header line",
        )


def _find_samples(names: list[str], rows: list[list[str]], ids: int, kind: str) -> list[int]:
    first = len(FEATURECOUNTS) if kind == "featurecounts" else 0
    chosen = []
    for i in range(first, len(names)):
        if i == ids or names[i] == "" or (is_annotation(names[i]) and not first):
            continue
        cells = [row[i].strip() for row in rows]
        numbers = sum(map(is_number, cells))
        if 2 * numbers >= sum(cell not in MISSING for cell in cells):
            chosen.append(i)
    return chosen


def _match_samples(names: list[str], wanted: Sequence[str], ids: int, file: str) -> list[int]:
    absent = [name for name in wanted if name not in names]
    if absent:
        close = sorted({hit for name in absent for hit in near(name, names)})
        raise fault(
            "no_sample_column",
            file,
            f"column '{absent[0]}'",
            found=f"no column named {listed(absent)}; the columns are {listed(names, 8)}",
            expected=f"every sample column asked for{_maybe(close)}",
            mend="correct the column names",
        )
    return [i for i, name in enumerate(names) if name in set(wanted) and i != ids]


def _check_doubles(samples: list[str], file: str, row: int) -> None:
    doubled = [name for name, number in Counter(samples).items() if number > 1]
    if doubled:
        raise fault(
            "double_sample_column",
            file,
            f"row {row}",
            found=f"{counted(len(doubled), 'sample name')} on several columns: {listed(doubled)}",
            expected="one column per sample name",
            mend="delete the copies, or give each column a name of its own",
        )


def _maybe(close: list[str]) -> str:
    return f" (did you mean {' or '.join(close)}?)" if close else ""
