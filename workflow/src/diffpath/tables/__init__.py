"""Columns, types and units of every table the workflow writes."""

from diffpath.tables.core import Column, Dtype, Table, TableError, conform, read_table, write_table
from diffpath.tables.counts import (
    ASSOCIATIONS,
    BIOTYPES,
    COMPONENTS,
    DISTANCES,
    FINDINGS,
    GENES,
    SAMPLE_QC,
    SOURCES,
    UNITS,
)
from diffpath.tables.enrichment import COVERAGE, GSEA, ORA
from diffpath.tables.genes import RESULTS

__all__ = [
    "ASSOCIATIONS",
    "BIOTYPES",
    "COMPONENTS",
    "COVERAGE",
    "DISTANCES",
    "FINDINGS",
    "GENES",
    "GSEA",
    "ORA",
    "RESULTS",
    "SAMPLE_QC",
    "SOURCES",
    "UNITS",
    "Column",
    "Dtype",
    "Table",
    "TableError",
    "conform",
    "read_table",
    "write_table",
]
