"""Gene annotation from a table or a GTF: symbol, biotype and chromosome of each gene id."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from diffpath.findings import Findings, InputError, cut
from diffpath.read.identifiers import NO_ID, strip_versions
from diffpath.read.layout import DELIMITERS, split_line
from diffpath.read.names import (
    BIOTYPES,
    CHROMOSOMES,
    OTHER_IDS,
    STABLE_IDS,
    SYMBOLS,
    plain_chromosomes,
    plain_name,
)
from diffpath.read.source import iterate_lines, read_head, read_text
from diffpath.read.wording import counted, fault, listed, near

COLUMNS = {
    "gene_id": (*STABLE_IDS, "gene", *OTHER_IDS),
    "symbol": SYMBOLS,
    "biotype": (*BIOTYPES, "type"),
    "chromosome": CHROMOSOMES,
}
ATTRIBUTES = {
    "gene_id": re.compile(rb'(?<!\w)gene_id "([^"]*)"'),
    "symbol": re.compile(rb'(?<!\w)(?:gene_name|gene_symbol|gene) "([^"]*)"'),
    "biotype": re.compile(rb'(?<!\w)gene_(?:bio)?type "([^"]*)"'),
}

HEAD = 50  # lines; GENCODE starts with 5 of comments


def read_annotation(
    path: str | Path, *, columns: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, Findings]:
    """Read symbols, biotypes and chromosomes of genes.

    Parameters
    ----------
    path
        A table with a header (tab-, semicolon- or comma-separated) or a GTF, plain or gzip.
    columns
        Column of the table for ``gene_id``, ``symbol``, ``biotype``, ``chromosome``; those
        not given are recognised by their usual names.

    Returns
    -------
    tuple
        Genes × (symbol, biotype, chromosome), index ``gene_id`` unique and sorted,
        versions removed, chromosomes without ``chr`` and the mitochondrial one as
        ``MT``; and findings. The frame is empty where the file cannot be used.
    """
    findings = Findings()
    file = str(path)
    try:
        if _is_gtf(read_head(path, HEAD)):
            frame = _read_gtf(path)
        else:
            frame = _read_table(read_text(path), file, columns or {}, findings)
    except InputError as error:
        findings.items.extend(error.errors)
        empty = pd.DataFrame(columns=["symbol", "biotype", "chromosome"], dtype=object)
        return empty.rename_axis("gene_id"), findings
    frame = frame[~frame["gene_id"].isin(NO_ID)]
    frame = frame.assign(gene_id=strip_versions(frame["gene_id"])[0])
    for name in ("symbol", "biotype", "chromosome"):
        frame[name] = frame[name].mask(frame[name].isin(NO_ID))
    frame["chromosome"] = plain_chromosomes(frame["chromosome"].astype(object))
    return _one_row_each(frame, file, findings), findings


def check_annotation_header(
    path: str | Path, *, columns: Mapping[str, str] | None = None
) -> Findings:
    """Hold the first lines of an annotation against what `read_annotation` will ask of them.

    The rest of the file is not read: a human GTF has 1.5 GB of text.

    Parameters
    ----------
    path, columns
        As for `read_annotation`.

    Returns
    -------
    Findings
        Errors only: what a reader should know of the genes is found when all are read.
    """
    findings = Findings()
    try:
        head = read_head(path, HEAD)
        lines = head.split(b"\n")
        start = _find_header(lines)
        if start is None:
            return findings
        if _is_gtf(head):
            if not ATTRIBUTES["gene_id"].search(head):
                raise _no_genes(str(path))
        else:
            _match_columns(_split_header(lines[start])[0], columns or {}, str(path), Findings())
    except InputError as error:
        findings.items.extend(error.errors)
    return findings


def _is_gtf(data: bytes) -> bool:
    for line in data.split(b"\n"):
        if line.strip() and not line.startswith(b"#"):
            fields = line.split(b"\t")
            return len(fields) == 9 and fields[3].isdigit() and fields[4].isdigit()
    return False


def _read_gtf(path: str | Path) -> pd.DataFrame:
    # Read line by line: the human file is 1.5 GB of text.
    records: dict[bytes, list[bytes]] = {}
    genes = False
    for line in iterate_lines(path):
        is_gene = b"\tgene\t" in line
        # Files without gene lines name the gene on every exon.
        if line.startswith(b"#") or (genes and not is_gene):
            continue
        genes |= is_gene
        fields = line.split(b"\t", 8)
        if len(fields) < 9 or (ids := ATTRIBUTES["gene_id"].search(fields[8])) is None:
            continue
        if is_gene or ids[1] not in records:
            named = [ATTRIBUTES[name].search(fields[8]) for name in ("symbol", "biotype")]
            records[ids[1]] = [*(match[1] if match else b"" for match in named), fields[0]]
    if not records:
        raise _no_genes(str(path))
    rows = [[key.decode(), *(part.decode() for part in record)] for key, record in records.items()]
    return pd.DataFrame(rows, columns=["gene_id", "symbol", "biotype", "chromosome"], dtype=object)


def _no_genes(file: str) -> InputError:
    return fault(
        "no_gtf_genes",
        file,
        "",
        found="no line with an attribute gene_id, as in GFF3",
        expected='a GTF with attributes such as gene_id "ENSG00000165392"',
        mend="give the GTF of the same release, or a table of gene ids and symbols",
    )


def _read_table(
    data: bytes, file: str, columns: Mapping[str, str], findings: Findings
) -> pd.DataFrame:
    lines = data.split(b"\n")
    start = _find_header(lines)
    if start is None:
        raise _unfit(file, "comment lines only")
    names, delimiter, quoted = _split_header(lines[start])
    positions = _match_columns(names, columns, file, findings)
    rows = b"\n".join(lines[start + 1 :])
    try:
        table = pd.read_csv(
            io.BytesIO(rows),
            sep=delimiter,
            header=None,
            names=list(range(len(names))),
            index_col=False,
            usecols=sorted(set(positions.values())),
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8",
        )
    except pd.errors.ParserError as error:
        raise _unfit(file, f"rows that do not fit ({error})") from None
    if table.empty:
        raise _unfit(file, "a header line only")
    out = pd.DataFrame(index=table.index)
    for name in COLUMNS:
        out[name] = table[positions[name]].str.strip() if name in positions else None
    return out.astype(object)


def _find_header(lines: Sequence[bytes]) -> int | None:
    return next(
        (i for i, line in enumerate(lines) if line.strip() and not line.startswith(b"##")), None
    )


def _split_header(line: bytes) -> tuple[list[str], str, bool]:
    """Return the names, the delimiter and whether fields may stand in quotation marks."""
    header = line.decode()
    delimiter = next((mark for mark in DELIMITERS[:3] if mark in header), "\t")
    quoted = delimiter != "\t" or '"' in header
    return split_line(header, delimiter, quoted), delimiter, quoted


def _unfit(file: str, found: str) -> InputError:
    return fault(
        "bad_annotation",
        file,
        "",
        found=found,
        expected="one line per gene, with one field per column",
        mend="write the table again",
    )


def _match_columns(
    names: list[str], columns: Mapping[str, str], file: str, findings: Findings
) -> dict[str, int]:
    plain = [plain_name(name) for name in names]
    positions: dict[str, int] = {}
    for kind, known in COLUMNS.items():
        if kind in columns:
            if columns[kind] not in names:
                close = near(columns[kind], names)
                raise fault(
                    "no_annotation_column",
                    file,
                    f"column '{columns[kind]}'",
                    found=f"columns {listed(names, 12)}",
                    expected=f"the column named for {kind}"
                    + (f" (did you mean {' or '.join(close)}?)" if close else ""),
                    mend="correct annotation.columns in the config",
                )
            positions[kind] = names.index(columns[kind])
            continue
        free = (name for name in known if name in plain)
        hit = next((i for i in map(plain.index, free) if i not in positions.values()), None)
        if hit is not None:
            positions[kind] = hit
    for kind in ("gene_id", "symbol"):
        if kind not in positions:
            raise fault(
                "no_annotation_column",
                file,
                "header",
                found=f"columns {listed(names, 12)}",
                expected=f"a column of {kind}, such as {' or '.join(COLUMNS[kind][:2])}",
                mend=f"name the column as annotation.columns.{kind} in the config",
            )
    for kind in ("biotype", "chromosome"):
        if kind not in positions:
            findings.warning(
                "no_annotation_column",
                file,
                "header",
                values={"kind": kind, "names": cut(names, 12), "example": COLUMNS[kind][0]},
                found=f"no column of {kind}s among {listed(names, 12)}",
                expected=f"a column such as {COLUMNS[kind][0]}",
                mend=f"name it as annotation.columns.{kind} in the config; "
                f"without it the checks that need {kind}s are left out",
            )
    return positions


def _one_row_each(frame: pd.DataFrame, file: str, findings: Findings) -> pd.DataFrame:
    """Return one row per gene id, sorted: of several the first with a symbol, in sorted order."""
    frame = frame.drop_duplicates()
    keys = frame.assign(unnamed=frame["symbol"].isna())
    order = ["gene_id", "unnamed", "symbol", "biotype", "chromosome"]
    frame = frame.loc[keys.sort_values(order, kind="stable").index]
    doubled = frame["gene_id"].duplicated(keep=False)
    if doubled.any():
        ids = frame.loc[doubled, "gene_id"].unique()
        findings.note(
            "annotation_conflicts",
            file,
            values={"n": len(ids), "names": cut(ids)},
            found=f"{counted(len(ids), 'gene id')} with more than one symbol, biotype or "
            f"chromosome: {listed(ids)}",
            expected="one of each per gene",
            mend="nothing: the first in alphabetical order is taken",
        )
    return frame.drop_duplicates("gene_id").set_index("gene_id")
