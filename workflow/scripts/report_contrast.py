"""Write the page of one contrast."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from adapter import logged
from diffpath.report.contrast import render_contrast
from diffpath.report.history import update_history
from diffpath.report.load import load_contrast

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
    # Beside the page and no output of the rule: Snakemake deletes outputs before a job runs.
    changes = update_history(Path(snakemake.params.folder) / "history.json", report)
    report = replace(report, changes=changes)
    Path(snakemake.output[0]).write_text(render_contrast(report), encoding="utf-8")
