"""Explore a broad collection in a contrast: cameraPR with a donor flag."""

from typing import TYPE_CHECKING

import anndata

from adapter import logged
from diffpath.gene_sets import read_collection
from diffpath.tables import EXPLORATORY, GENES, RESULTS, read_table, write_table
from diffpath.themes.contrast import explore_contrast

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    collection, _ = read_collection(snakemake.input.collection, snakemake.wildcards.collection)
    table = explore_contrast(
        anndata.read_h5ad(snakemake.input.units),
        snakemake.params.contrast,
        read_table(snakemake.input.results, RESULTS),
        read_table(snakemake.input.genes, GENES),
        collection,
        unit=snakemake.params.unit,
        numeric=snakemake.params.numeric,
        technical=snakemake.params.technical,
        alpha=snakemake.params.alpha,
        **snakemake.params.limits,
    )
    write_table(table, EXPLORATORY, snakemake.output[0])
