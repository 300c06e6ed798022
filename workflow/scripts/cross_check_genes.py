"""Fit a contrast with the other engine and hold its genes against the results."""

from typing import TYPE_CHECKING

import anndata

from adapter import logged
from diffpath.cross_check import check_contrast
from diffpath.tables import CROSS_CHECK, RESULTS, STATUS, read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    check = check_contrast(
        anndata.read_h5ad(snakemake.input.units),
        snakemake.params.contrast,
        read_table(snakemake.input.results, RESULTS),
        numeric=snakemake.params.numeric,
        engine=snakemake.params.engine,
        alpha=snakemake.params.alpha,
        threads=snakemake.threads,
    )
    write_table(check.genes, CROSS_CHECK, snakemake.output.genes)
    write_table(check.status, STATUS, snakemake.output.status)
