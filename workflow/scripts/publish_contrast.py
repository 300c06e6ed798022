"""Write a contrast's methods text, supplementary workbook and publication figures."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from adapter import logged
from diffpath.report.figures import write_figures
from diffpath.report.load import load_contrast
from diffpath.report.methods import write_methods
from diffpath.report.workbook import write_workbook

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    report = load_contrast(
        snakemake.params.folder,
        snakemake.params.contrast,
        snakemake.params.config,
        excluded=snakemake.params.excluded,
        findings=pd.DataFrame(snakemake.params.findings),
        config_file=snakemake.params.config_file,
    )
    Path(snakemake.output.methods).write_text(write_methods(report), encoding="utf-8")
    write_workbook(report, snakemake.output.workbook)
    write_figures(report, snakemake.output.figures)
