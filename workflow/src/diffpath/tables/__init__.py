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
from diffpath.tables.genes import CROSS_CHECK, DESIGN, RESULTS, STATUS
from diffpath.tables.runs import RUN_COST
from diffpath.tables.themes import (
    CLAIMS,
    CROSS_CHECK_THEMES,
    EXPLORATORY,
    LEAVE_ONE_OUT,
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_TESTS,
    THEME_VERDICTS,
)

__all__ = [
    "ASSOCIATIONS",
    "BIOTYPES",
    "CLAIMS",
    "COMPONENTS",
    "COVERAGE",
    "CROSS_CHECK",
    "CROSS_CHECK_THEMES",
    "DESIGN",
    "DISTANCES",
    "EXPLORATORY",
    "FINDINGS",
    "GENES",
    "GSEA",
    "LEAVE_ONE_OUT",
    "ORA",
    "RESULTS",
    "RUN_COST",
    "SAMPLE_QC",
    "SOURCES",
    "STATUS",
    "THEME_GENES",
    "THEME_OVERLAP",
    "THEME_SCORES",
    "THEME_SETS",
    "THEME_TESTS",
    "THEME_VERDICTS",
    "UNITS",
    "Column",
    "Dtype",
    "Table",
    "TableError",
    "conform",
    "read_table",
    "write_table",
]
