"""Variance-stabilise a contrast's units and describe them: components, distances, outliers."""

from typing import TYPE_CHECKING

import anndata

from adapter import logged
from diffpath.describe import describe_units
from diffpath.tables import (
    ASSOCIATIONS,
    COMPONENTS,
    DISTANCES,
    FINDINGS,
    UNITS,
    write_table,
)

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    picture = describe_units(
        anndata.read_h5ad(snakemake.input.units),
        snakemake.params.contrast["variable"],
        numeric=snakemake.params.numeric,
        replicates=snakemake.params.replicates,
        file=snakemake.params.file,
    )
    picture.expression.write_h5ad(snakemake.output.expression, compression="gzip")
    write_table(picture.units, UNITS, snakemake.output.units)
    write_table(picture.components, COMPONENTS, snakemake.output.components)
    write_table(picture.distances, DISTANCES, snakemake.output.distances)
    write_table(picture.associations, ASSOCIATIONS, snakemake.output.associations)
    write_table(picture.findings.to_frame("normalize"), FINDINGS, snakemake.output.findings)
