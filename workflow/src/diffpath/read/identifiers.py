"""Gene ids: versions, PAR copies, counters' special rows, and what spreadsheets did to them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.wording import counted, listed

NO_ID = ("", "NA", "N/A", "#N/A", "NaN")
SPECIAL_ROWS = (
    r"(__)?(no_feature|ambiguous|too_low_aQual|not_aligned|alignment_not_unique)"
    r"|N_(unmapped|multimapping|noFeature|ambiguous)"
)
# ENSG00000182378.14_PAR_Y, and ENSGR0000182378.10 in older GENCODE releases.
ENSEMBL = re.compile(r"(ENS[A-Z]*G)(R?)(\d{10,11})(?:\.\d+)?(_PAR_Y)?")
MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|"
    "mrz|mär|mai|okt|dez|févr|mars|avr|août|déc"
)
MANGLED = re.compile(
    rf"\d{{1,2}}[-. ]+(?:{MONTHS})|(?:{MONTHS})-\d{{1,2}}"
    r"|\d{4}-\d{2}-\d{2}(?: 00:00:00)?|\d{1,4}/\d{1,2}/\d{1,4}"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d(?:[.,]\d+)?E\+\d+",
    re.IGNORECASE,
)


def find_mangled(names: pd.Series) -> list[str]:
    """Return the distinct names that a spreadsheet turned into dates or numbers, in file order.

    The form is that of Ziemann, Eren & El-Osta 2016 (Genome Biology 17:177): ``1-Mar`` for
    MARCHF1 or MTARC1, ``2-Sep`` for SEPTIN2, ``2023-03-01``, ``44256``, and ``2.31E+13`` for
    a RIKEN clone.
    """
    # Few gene names hold one of these characters, all dates do.
    short = names[names.str.contains(r"[-/+月. ]", regex=True)]
    hits = [str(name) for name in short.unique() if MANGLED.fullmatch(str(name))]
    # Days since 1900, 2000 to 2035, where dates were then turned into numbers; Entrez ids are
    # no such case, all of them being numbers.
    numbers = names[names.str.fullmatch(r"(?:3[7-9]|4\d)\d{3}")]
    return [*hits, *numbers.unique()] if 2 * len(numbers) < len(names) else hits


def clean_ids(
    ids: pd.Series, rows: NDArray[np.int64], column: str, file: str
) -> tuple[pd.Series, NDArray[np.bool_], Findings]:
    """Return gene ids without versions and PAR suffixes, and which rows hold genes.

    Parameters
    ----------
    ids
        Ids as in the file (rows).
    rows
        Line of each row in the file, counted from 1.
    column
        Name of the id column, for the messages.

    Returns
    -------
    tuple
        Ids (rows); True where the row is a gene and neither without id nor a special row
        of HTSeq or STAR; errors for empty, mangled or missing ids and a note for every change.
    """
    findings = Findings()
    place = f"column '{column}'" if column else "the column of gene ids"
    text = ids.astype(str).str.strip()
    empty = text.isin(NO_ID).to_numpy()
    if empty.any():
        findings.error(
            "empty_gene_id",
            file,
            f"{'row' if empty.sum() == 1 else 'rows'} {listed(rows[empty])}",
            found=counted(int(empty.sum()), "row") + " without a gene id",
            expected="a gene id in every row",
            mend="add the ids or delete the rows",
        )
    if _are_row_numbers(text):
        findings.error(
            "row_numbers",
            file,
            place,
            found="row numbers where gene ids should stand",
            expected="gene ids",
            mend="export the table with its gene ids, or name their column as id_column",
        )
    mangled = find_mangled(text)
    if mangled:
        findings.error(
            "mangled_ids",
            file,
            place,
            found=counted(len(mangled), "gene name")
            + f" turned into a date or number by a spreadsheet: {listed(mangled)}",
            expected="gene names such as MARCHF1 or SEPTIN2",
            mend="export the table again without passing it through a spreadsheet; "
            "which gene such a name was cannot be told",
        )
    special = text.str.fullmatch(SPECIAL_ROWS).to_numpy(dtype=bool)
    if special.any():
        findings.note(
            "special_rows",
            file,
            place,
            values={"names": cut(text[special])},
            found=f"rows of reads without a gene: {listed(text[special])}",
            expected="genes only",
            mend="nothing: the rows are left out",
        )
    return _clean_versions(text, file, place, findings), ~(special | empty), findings


def _are_row_numbers(text: pd.Series) -> bool:
    if len(text) < 3 or not text.str.fullmatch(r"\d+").all():
        return False
    values = text.astype("float64").to_numpy()
    return bool(values[0] <= 1 and (np.diff(values) == 1).all())


def strip_versions(text: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return ids with Ensembl versions and PAR suffixes removed; and which had either."""
    candidates = text.str.startswith("ENS") & text.str.contains(r"[._]|^ENS[A-Z]*GR\d", regex=True)
    versions = par = pd.Series(False, index=text.index)
    if not candidates.any():
        return text, versions, par
    old = text[candidates]
    parts = old.str.extract(f"^{ENSEMBL.pattern}$")
    fits = parts[0].notna()
    out = text.copy()
    # The R of the older PAR ids replaces the first of eleven digits.
    out[old.index[fits]] = (parts[0] + parts[2].str.zfill(11))[fits]
    par = (parts[3].notna() | (parts[1] == "R")).reindex(text.index, fill_value=False)
    versions = (old.str.contains(".", regex=False) & fits).reindex(text.index, fill_value=False)
    return out, versions, par


def _clean_versions(text: pd.Series, file: str, place: str, findings: Findings) -> pd.Series:
    out, versions, par = strip_versions(text)
    if versions.any():
        findings.note(
            "versions_removed",
            file,
            place,
            values={"n": int(versions.sum()), "example": text[versions].iloc[0]},
            found=f"{counted(int(versions.sum()), 'gene id')} with a version, "
            f"such as {text[versions].iloc[0]}",
            expected="ids without versions",
            mend="nothing: the versions are removed",
        )
    if par.any():
        findings.note(
            "par_y_summed",
            file,
            place,
            values={"n": int(par.sum())},
            found=counted(int(par.sum()), "Y copy", "Y copies")
            + " of pseudoautosomal genes (PAR_Y)",
            expected="one row per gene",
            mend="nothing: their counts are added to the copy on X",
        )
    return out
