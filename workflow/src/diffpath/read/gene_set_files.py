"""Theme tables and GMT files: their rows, and what is wrong with them."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from diffpath.findings import Findings, cut
from diffpath.read.identifiers import find_mangled
from diffpath.read.wording import counted, listed

THEME_COLUMNS = ("gene_set", "title", "sign", "source", "genes")
SEPARATORS = {",": "commas", ";": "semicolons", " ": "spaces"}


@dataclass(frozen=True)
class SetRow:
    """A set as it stands in the file: its line, counted from 1, and its fields."""

    line: int
    name: str
    genes: list[str]
    title: str = ""
    sign: str = "1"
    source: str = ""


def read_set_rows(path: str | Path) -> tuple[list[SetRow], Findings]:
    """Read the rows of a theme table or a GMT, plain or gzip, and check them.

    A file whose first line begins with ``gene_set``, or which is called ``.tsv``, is a
    theme table with the columns `THEME_COLUMNS` and genes separated by spaces. Every
    other file is a GMT: name, description (may be empty), then one gene a field.

    Returns
    -------
    tuple
        Rows in file order, and the findings. Faults are errors in the findings and are not
        raised here, so that the faults of several files can be told together.
    """
    findings = Findings()
    file = str(path)
    lines = _read_lines(Path(path), file, findings)
    rows: list[SetRow] = []
    if lines:
        first = _clean(lines[0][1].split("\t")[0])
        if first == THEME_COLUMNS[0] or re.search(r"\.tsv(\.gz)?$", file):
            rows = _parse_theme(lines, file, findings)
        else:
            rows = _parse_gmt(lines, file, findings)
    _check_names(rows, file, findings)
    _check_symbols(rows, file, findings)
    return rows, findings


def _read_lines(path: Path, file: str, findings: Findings) -> list[tuple[int, str]]:
    data = path.read_bytes()
    try:
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        text = data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        findings.error(
            "gene_sets_damaged",
            file,
            found=f"a gzip file that cannot be unpacked ({error})",
            expected="a whole gzip file",
            mend="fetch or pack the file again",
        )
        return []
    except UnicodeDecodeError:
        findings.error(
            "gene_sets_encoding",
            file,
            found="bytes that are not UTF-8 text",
            expected="plain text in UTF-8, tab-separated",
            mend="save the file as tab-separated text in UTF-8",
        )
        return []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        findings.error(
            "gene_sets_empty",
            file,
            found="no line with text",
            expected="at least one gene set",
            mend="give a file with gene sets or take the entry out of the config",
        )
    return lines


def _clean(field: str) -> str:
    return field.strip().strip('"').strip()


def _parse_gmt(lines: list[tuple[int, str]], file: str, findings: Findings) -> list[SetRow]:
    short = [(number, line) for number, line in lines if line.rstrip("\r").count("\t") < 2]
    _report_short(short, file, findings, "3 or more fields: set, description, genes")
    rows = []
    padded: list[str] = []
    for number, line in lines:
        fields = line.split("\t")
        if len(fields) < 3:
            continue
        genes = [_clean(field) for field in fields[2:]]
        padded += [gene for gene, field in zip(genes, fields[2:], strict=True) if gene != field]
        rows.append(
            SetRow(number, _clean(fields[0]), [g for g in genes if g], source=_clean(fields[1]))
        )
    padded = [gene for gene in padded if gene]
    if padded:
        findings.note(
            "symbols_trimmed",
            file,
            values={"n": len(padded), "example": padded[0]},
            found=f"{counted(len(padded), 'symbol')} between spaces or quotation "
            f"marks, such as {padded[0]}",
            expected="bare symbols",
            mend="nothing: they are removed",
        )
    return rows


def _parse_theme(lines: list[tuple[int, str]], file: str, findings: Findings) -> list[SetRow]:
    header = [_clean(field) for field in lines[0][1].split("\t")]
    if sorted(header) != sorted(THEME_COLUMNS):
        findings.error(
            "theme_header",
            file,
            f"row {lines[0][0]}",
            found=f"the columns {listed(header)}",
            expected=f"the columns {', '.join(THEME_COLUMNS)}, separated by tabs",
            mend="write that header line, or name the file .gmt if it is a GMT",
        )
        return []
    short = []
    rows = []
    for number, line in lines[1:]:
        fields = line.split("\t")
        if len(fields) != len(header):
            short.append((number, line))
            continue
        cell = {column: _clean(field) for column, field in zip(header, fields, strict=True)}
        rows.append(
            SetRow(
                number,
                cell["gene_set"],
                cell["genes"].split(),
                cell["title"],
                cell["sign"],
                cell["source"],
            )
        )
    _report_short(short, file, findings, "5 fields: " + ", ".join(header))
    if len(lines) == 1:
        findings.error(
            "gene_sets_empty",
            file,
            found="a header line and no gene set",
            expected="at least one gene set",
            mend="add gene sets or take the entry out of the config",
        )
    for row in rows:
        if row.sign not in ("1", "-1"):
            findings.error(
                "gene_set_sign",
                file,
                f"row {row.line}, column 'sign'",
                found=f"'{row.sign}'",
                expected="1, or -1 for a set of negative regulators",
                mend="write 1 or -1",
            )
    return rows


def _report_short(
    short: list[tuple[int, str]], file: str, findings: Findings, expected: str
) -> None:
    if not short:
        return
    numbers = [number for number, _ in short]
    counts = Counter({word: short[0][1].count(mark) for mark, word in SEPARATORS.items()})
    word, times = counts.most_common(1)[0]
    place = f"{'row' if len(short) == 1 else 'rows'} {listed(numbers)}"
    if "\t" not in short[0][1] and times >= 2:
        findings.error(
            "gene_sets_separator",
            file,
            place,
            found=f"fields separated by {word}",
            expected=f"{expected}, separated by tabs",
            mend="save the file tab-separated",
        )
        return
    fields = short[0][1].count("\t") + 1
    findings.error(
        "gene_set_fields",
        file,
        place,
        found=f"{counted(fields, 'field')} in row {numbers[0]}",
        expected=f"{expected}, separated by tabs",
        mend="complete the rows or delete them",
    )


def _check_names(rows: list[SetRow], file: str, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if not row.name:
            findings.error(
                "gene_set_unnamed",
                file,
                f"row {row.line}",
                found="a gene set without a name",
                expected="a name in the first field",
                mend="name the set",
            )
        elif row.name in seen:
            findings.error(
                "gene_set_twice",
                file,
                f"row {row.line}, set '{row.name}'",
                found=f"a name that row {seen[row.name]} has too",
                expected="every set once",
                mend="rename one of the two or delete it",
            )
        else:
            seen[row.name] = row.line
        if not row.genes:
            findings.error(
                "gene_set_empty",
                file,
                f"row {row.line}, set '{row.name}'",
                found="no gene",
                expected="at least one gene symbol",
                mend="add the genes or delete the row",
            )


def _check_symbols(rows: list[SetRow], file: str, findings: Findings) -> None:
    symbols = pd.Series([gene for row in rows for gene in row.genes], dtype="object")
    if symbols.empty:
        return
    distinct = pd.Series(symbols.unique())
    mangled = find_mangled(distinct)
    if mangled:
        findings.error(
            "mangled_symbols",
            file,
            found=f"{counted(len(mangled), 'symbol')} turned into a date or number by a "
            f"spreadsheet: {listed(mangled)}",
            expected="symbols such as MARCHF1 or SEPTIN2",
            mend="fetch the gene sets again and do not pass them through a spreadsheet",
        )
    numbers = distinct[distinct.str.fullmatch(r"\d+(\.\d+)?")]
    if len(numbers):
        findings.error(
            "numeric_symbols",
            file,
            found=f"{counted(len(numbers), 'number')} in place of gene symbols: {listed(numbers)}",
            expected="gene symbols",
            mend="use the collection's version with symbols (numbers are Entrez ids, weights, or "
            "dates from a spreadsheet)",
        )
    rest = distinct[~distinct.isin(mangled)]
    joined = rest[rest.str.contains(r"[,;\s]", regex=True)]
    if len(joined):
        # A public collection holds a few odd names (Reactome: "18S-rRNA,-5.8S-rRNA").
        findings.add(
            "error" if 100 * len(joined) > len(distinct) else "warning",
            "joined_symbols",
            file,
            "",
            values={"n": len(joined), "names": cut(joined)},
            found=f"{counted(len(joined), 'gene field')} holding a comma, semicolon or space: "
            f"{listed(joined)}",
            expected="one symbol a field",
            mend="separate the genes by tabs in a GMT, by spaces in a theme table, "
            "and take weights out",
        )
    doubled = sum(len(row.genes) - len(set(row.genes)) for row in rows)
    if doubled:
        names = [row.name for row in rows if len(row.genes) != len(set(row.genes))]
        findings.note(
            "genes_twice_in_set",
            file,
            f"{'set' if len(names) == 1 else 'sets'} {listed(names)}",
            values={"n": doubled, "sets": cut(names)},
            found=f"{counted(doubled, 'gene')} more than once in a set",
            expected="every gene once",
            mend="nothing: it counts once",
        )
