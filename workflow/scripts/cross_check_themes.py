"""Judge a contrast's themes once more, on the genes as the other engine fitted them."""

from typing import TYPE_CHECKING

import anndata
import pandas as pd

from adapter import logged
from diffpath.gene_sets import read_collection
from diffpath.tables import (
    CROSS_CHECK,
    CROSS_CHECK_THEMES,
    GENES,
    GSEA,
    LEAVE_ONE_OUT,
    RESULTS,
    THEME_VERDICTS,
    read_table,
    write_table,
)
from diffpath.themes.cross_check import check_verdicts

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    entries = zip(snakemake.input.themes, snakemake.params.themes, strict=True)
    table = check_verdicts(
        read_table(snakemake.input.verdicts, THEME_VERDICTS),
        read_table(snakemake.input.check, CROSS_CHECK),
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
        alpha=snakemake.params.alpha,
        **snakemake.params.limits,
    )
    write_table(table, CROSS_CHECK_THEMES, snakemake.output[0])
