"""Test every gene of a contrast."""

from typing import TYPE_CHECKING

import anndata

from adapter import logged
from diffpath.differ import differ_contrast
from diffpath.tables import DESIGN, FINDINGS, RESULTS, STATUS, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    outcome = differ_contrast(
        anndata.read_h5ad(snakemake.input.units),
        snakemake.params.contrast,
        numeric=snakemake.params.numeric,
        threads=snakemake.threads,
        **snakemake.params.differ,
    )
    write_table(outcome.results, RESULTS, snakemake.output.results)
    write_table(outcome.design, DESIGN, snakemake.output.design)
    write_table(outcome.status, STATUS, snakemake.output.status)
    write_table(outcome.findings.to_frame("differ"), FINDINGS, snakemake.output.findings)
