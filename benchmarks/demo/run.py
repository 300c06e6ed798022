"""Time the demo from counts to report, ours and R's, side by side: python benchmarks/demo/run.py.

Ours is the whole workflow on two cores, every stage from the wall and CPU seconds that its jobs
kept. R's is one script in one process: DESeq2, plain preranked GSEA, plots, a knitted page.
Needs R with DESeq2, ggplot2 and rmarkdown (Debian: r-bioc-deseq2 r-cran-rmarkdown pandoc).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "src"))

from diffpath.runs.cost import measure_cost  # noqa: E402

SINGLE = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
THEMES = ["inflammation", "calcium", "ecm", "senescence"]


def clock(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its wall and CPU seconds, those of all it started included."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=os.environ | SINGLE, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def run_ours(folder: Path) -> None:
    """Run the demo's workflow in a folder and print what each rule cost."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--cores", "2", "--directory", str(folder)]
    command += ["--configfile", str(ROOT / "config/demo/config.yaml")]
    (folder / "config").symlink_to(ROOT / "config")
    wall, cpu = clock(command, folder)
    cost = measure_cost(sorted((folder / "demo").rglob("*.benchmark.tsv")), folder / "demo")
    print("\n| stage of ours | jobs | wall s, summed | CPU s |\n|---|---|---|---|")
    for row in cost.itertuples():
        print(f"| {row.rule} | {row.jobs} | {row.seconds:.1f} | {row.cpu_seconds:.1f} |")
    print(f"| **all, from counts to report, with Snakemake** | | **{wall:.1f}** | **{cpu:.1f}** |")


def run_theirs(folder: Path) -> None:
    """Knit the R page of the same counts and print what each stage cost."""
    given = {
        "counts": folder / "demo/counts.tsv.gz",
        "annotation": folder / "demo/annotation.tsv.gz",
        "samples": ROOT / "config/demo/samples.tsv",
        "themes": ",".join(str(ROOT / f"resources/themes/{name}.tsv") for name in THEMES),
        "times": folder / "times.tsv",
    }
    parameters = ", ".join(f"{name} = '{value}'" for name, value in given.items())
    code = (
        f"rmarkdown::render('{HERE / 'report.Rmd'}', output_dir = '{folder}', "
        f"intermediates_dir = '{folder}', params = list({parameters}), quiet = TRUE)"
    )
    wall, cpu = clock(["Rscript", "-e", code], folder)
    print("\n| stage of R | wall s | CPU s |\n|---|---|---|")
    for row in pd.read_csv(folder / "times.tsv", sep="\t").itertuples():
        print(f"| {row.stage} | {row.wall:.1f} | {row.cpu:.1f} |")
    print(f"| **all, from counts to page, with start-up** | **{wall:.1f}** | **{cpu:.1f}** |")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        run_ours(Path(place))
        run_theirs(Path(place))
