"""Matrices of the used samples: read, held against the sheet, merged, annotated, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from anndata import AnnData

from diffpath.check.counts import check_counts, check_values
from diffpath.findings import Findings
from diffpath.read.annotation import read_annotation
from diffpath.read.genes import annotate_genes
from diffpath.read.matrix import CountTable, read_counts
from diffpath.read.merge import merge_counts


@dataclass(frozen=True)
class Samples:
    """Checked counts of samples, and the tables that describe them."""

    counts: AnnData
    sources: pd.DataFrame
    genes: pd.DataFrame
    sample_qc: pd.DataFrame
    biotypes: pd.DataFrame
    findings: Findings


def read_samples(
    sources: Sequence[Mapping[str, Any]],
    columns: Mapping[str, tuple[str, str]],
    sheet: pd.DataFrame,
    *,
    annotation: str | Path | None = None,
    annotation_columns: Mapping[str, str] | None = None,
    unit: str = "donor",
    file: str = "samples",
) -> Samples:
    """Read the counts of some samples and check them; all faults are raised together.

    Parameters
    ----------
    sources
        ``name``, ``file``, ``format`` and ``id_column`` of each count input.
    columns
        Sample → (source, column in its matrix).
    sheet
        Samples × covariates.
    annotation, annotation_columns
        Table or GTF of the genes, and its unusual column names.
    unit
        Column of the sheet that names the donor.
    file
        Path of the sheet, for the messages.

    Returns
    -------
    Samples
        ``counts``: samples × genes (int64), sorted by sample and gene id, with the
        `GENES` columns in ``var``.

    Raises
    ------
    InputError
        If a file cannot be read, a column is missing, or values are no counts.
    """
    findings = Findings()
    tables = [_read_source(entry, columns, findings) for entry in sources]
    findings.raise_errors()
    ordered = {sample: columns[sample] for sample in sorted(columns)}
    counts, source_table, found = merge_counts(tables, ordered)
    findings.extend(found)
    findings.raise_errors()
    known = None
    if annotation is not None:
        known, found = read_annotation(annotation, columns=annotation_columns)
        findings.extend(found)
        findings.raise_errors()
    totals = pd.Series(counts.X.sum(axis=0), index=counts.var_names)
    genes, found = annotate_genes(counts.var_names, known, counts.var, totals)
    findings.extend(found)
    told = sheet.loc[list(counts.obs_names)]
    if unit != "donor":  # a column of that name says something else here
        told = told.drop(columns="donor", errors="ignore").rename(columns={unit: "donor"})
    sample_qc, biotypes, found = check_counts(counts, genes, told, file)
    findings.extend(found)
    findings.raise_errors()
    counts.var = genes.set_index("gene_id").fillna("")
    return Samples(counts, source_table, genes, sample_qc, biotypes, findings)


def _read_source(
    entry: Mapping[str, Any], columns: Mapping[str, tuple[str, str]], findings: Findings
) -> CountTable:
    table = read_counts(
        entry["file"], entry["name"], format=entry["format"], id_column=entry["id_column"]
    )
    findings.extend(table.findings)
    used = {sample: column for sample, (name, column) in columns.items() if name == table.name}
    absent = sorted(set(used.values()) - set(table.counts.columns))
    if absent and not table.findings.errors:
        findings.error(
            "column_missing",
            table.file,
            f"columns {', '.join(absent)}",
            found="no such column in the matrix",
            expected="the columns that the sample sheet names",
            mend="correct the sheet's 'sample' or 'column'",
        )
    elif not table.findings.errors:
        table.counts = table.counts[sorted(set(used.values()))]
        findings.extend(check_values(table))
    return table
