"""Test a contrast's themes with both keys and give the verdicts."""

from typing import TYPE_CHECKING

import anndata
import pandas as pd

from adapter import logged
from diffpath.gene_sets import read_collection
from diffpath.tables import (
    CLAIMS,
    FINDINGS,
    GENES,
    GSEA,
    LEAVE_ONE_OUT,
    RESULTS,
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_VERDICTS,
    read_table,
    write_table,
)
from diffpath.themes.contrast import judge_contrast

if TYPE_CHECKING:
    from snakemake.script import snakemake

TABLES = {
    "verdicts": THEME_VERDICTS,
    "sets": THEME_SETS,
    "genes": THEME_GENES,
    "scores": THEME_SCORES,
    "overlap": THEME_OVERLAP,
    "leave_one_out": LEAVE_ONE_OUT,
    "claims": CLAIMS,
}

with logged(snakemake.log[0]):
    entries = zip(snakemake.input.themes, snakemake.params.themes, strict=True)
    tables, findings = judge_contrast(
        anndata.read_h5ad(snakemake.input.units),
        snakemake.params.contrast,
        read_table(snakemake.input.results, RESULTS),
        read_table(snakemake.input.genes, GENES),
        [read_collection(path, e["name"], e.get("title", e["name"]))[0] for path, e in entries],
        read_table(snakemake.input.left_out, LEAVE_ONE_OUT),
        pd.concat([read_table(path, GSEA) for path in snakemake.input.gsea]),
        unit=snakemake.params.unit,
        numeric=snakemake.params.numeric,
        technical=snakemake.params.technical,
        expectations=snakemake.params.expectations,
        alpha=snakemake.params.alpha,
        **snakemake.params.limits,
    )
    for name, table in TABLES.items():
        write_table(tables[name], table, snakemake.output[name])
    write_table(findings.to_frame("themes"), FINDINGS, snakemake.output.findings)
