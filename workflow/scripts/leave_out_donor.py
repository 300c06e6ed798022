"""Fit a contrast's genes and test its themes without one donor."""

from typing import TYPE_CHECKING

import anndata

from adapter import logged
from diffpath.gene_sets import read_collection
from diffpath.tables import GENES, LEAVE_ONE_OUT, read_table, write_table
from diffpath.themes.contrast import leave_out_donor

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    entries = zip(snakemake.input.themes, snakemake.params.themes, strict=True)
    table = leave_out_donor(
        anndata.read_h5ad(snakemake.input.units),
        snakemake.params.contrast,
        snakemake.params.donor,
        read_table(snakemake.input.genes, GENES),
        [read_collection(path, entry["name"])[0] for path, entry in entries],
        unit=snakemake.params.unit,
        numeric=snakemake.params.numeric,
        engine=snakemake.params.engine,
        alpha=snakemake.params.alpha,
        threads=snakemake.threads,
        **snakemake.params.limits,
    )
    write_table(table, LEAVE_ONE_OUT, snakemake.output[0])
