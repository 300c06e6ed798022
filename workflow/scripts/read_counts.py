"""Read, merge and check the count matrices of a contrast's samples, or of the cohort's."""

from typing import TYPE_CHECKING

import pandas as pd

from adapter import logged
from diffpath.check.matrices import read_samples
from diffpath.tables import BIOTYPES, FINDINGS, GENES, SAMPLE_QC, SOURCES, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    cohort = read_samples(
        snakemake.params.sources,
        {sample: tuple(column) for sample, column in snakemake.params.columns.items()},
        pd.DataFrame(snakemake.params.sheet).set_index("sample"),
        annotation=snakemake.input.annotation[0] if snakemake.input.annotation else None,
        annotation_columns=snakemake.params.annotation,
        unit=snakemake.params.unit,
        file=snakemake.params.file,
    )
    cohort.counts.write_h5ad(snakemake.output.samples, compression="gzip")
    write_table(cohort.sources, SOURCES, snakemake.output.sources)
    write_table(cohort.genes, GENES, snakemake.output.genes)
    write_table(cohort.sample_qc, SAMPLE_QC, snakemake.output.sample_qc)
    write_table(cohort.biotypes, BIOTYPES, snakemake.output.biotypes)
    write_table(cohort.findings.to_frame("read"), FINDINGS, snakemake.output.findings)
