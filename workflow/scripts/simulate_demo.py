"""Simulate the demo cohort."""

from pathlib import Path
from typing import TYPE_CHECKING

from adapter import logged
from diffpath.simulate import simulate_cohort, write_cohort

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    cohort = simulate_cohort(seed=snakemake.params.seed)
    write_cohort(cohort, Path(snakemake.output[0]).parent)
