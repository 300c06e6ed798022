"""Sum a contrast's samples into independent units, choose the genes, make size factors."""

from typing import TYPE_CHECKING

import anndata
import pandas as pd

from adapter import logged
from diffpath.design import formula_variables
from diffpath.normalize import prepare_units
from diffpath.tables import FINDINGS, write_table
from diffpath.units import sum_units

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    units, findings = sum_units(
        anndata.read_h5ad(snakemake.input.samples),
        pd.DataFrame(snakemake.params.sheet).set_index("sample"),
        snakemake.params.unit,
        formula_variables(snakemake.params.contrast["design"]),
        replicates=snakemake.params.replicates,
        numeric=snakemake.params.numeric,
        file=snakemake.params.file,
    )
    contrast = snakemake.params.contrast
    findings.extend(
        prepare_units(
            units,
            contrast["variable"],
            contrast["test"],
            contrast["reference"],
            **snakemake.params.filter,
        )
    )
    units.write_h5ad(snakemake.output.units, compression="gzip")
    write_table(findings.to_frame("units"), FINDINGS, snakemake.output.findings)
