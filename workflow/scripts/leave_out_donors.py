"""Fit a contrast's genes and test its themes without each donor in turn."""

from typing import TYPE_CHECKING

import anndata
import pandas as pd

from adapter import logged
from diffpath.gene_sets import read_collection
from diffpath.tables import GENES, LEAVE_ONE_OUT, read_table, write_table
from diffpath.themes.contrast import leave_out_donor

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    entries = zip(snakemake.input.themes, snakemake.params.themes, strict=True)
    units = anndata.read_h5ad(snakemake.input.units)
    genes = read_table(snakemake.input.genes, GENES)
    themes = [read_collection(path, entry["name"])[0] for path, entry in entries]
    tables = [
        leave_out_donor(
            units,
            snakemake.params.contrast,
            donor,
            genes,
            themes,
            unit=snakemake.params.unit,
            numeric=snakemake.params.numeric,
            technical=snakemake.params.technical,
            engine=snakemake.params.engine,
            alpha=snakemake.params.alpha,
            threads=snakemake.threads,
            **snakemake.params.limits,
        )
        for donor in snakemake.params.donors
    ]
    write_table(pd.concat(tables), LEAVE_ONE_OUT, snakemake.output[0])
