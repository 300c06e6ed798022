"""Write the index over all contrasts."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from adapter import logged
from diffpath.report.index import render_index
from diffpath.report.load import load_index

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    report = load_index(
        snakemake.params.folder,
        snakemake.params.contrasts,
        snakemake.params.config,
        findings=pd.DataFrame(snakemake.params.findings),
        config_file=snakemake.params.config_file,
    )
    Path(snakemake.output[0]).write_text(render_index(report), encoding="utf-8")
