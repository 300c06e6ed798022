"""Cost of each stage: the benchmark files and the logs of all jobs, summed up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from diffpath.tables import RUN_COST, conform

SUFFIX = ".benchmark.tsv"


def measure_cost(files: Sequence[str | Path], folder: str | Path) -> pd.DataFrame:
    """Return the `RUN_COST` of jobs from their benchmark files.

    Parameters
    ----------
    files
        Where Snakemake puts them, ``FOLDER/.../RULE[.ANYTHING].benchmark.tsv``, in the order
        to show the rules; those that are not there (yet) are passed over.
    folder
        Folder of the logs; jobs are named by their place in it.
    """
    rows = []
    for path in map(Path, files):
        if not path.is_file() or not path.stat().st_size:
            continue
        # A job too short to be sampled has NA (or -, where the system does not tell).
        table = pd.read_csv(path, sep="\t", na_values=["NA", "-"])
        if len(table):
            row = table.iloc[-1]
            job = str(path.relative_to(folder)).removesuffix(SUFFIX)
            # Either sees a part alone: the samples miss time, the kernel's peak the children's.
            cpu, rss = _told_by_the_job(path.with_name(path.name.removesuffix(SUFFIX) + ".log"))
            cpu, rss = np.fmax(row["cpu_time"], cpu), np.fmax(row["max_rss"], rss)
            rows.append((path.name.split(".")[0], job, row["s"], cpu, rss))
    jobs = pd.DataFrame(rows, columns=["rule", "job", "s", "cpu", "rss"])
    costs = []
    for rule, mine in jobs.groupby("rule", sort=False):
        known = mine.dropna(subset="rss")
        peak = known.loc[known["rss"].idxmax()] if len(known) else None
        costs.append(
            {
                "rule": rule,
                "jobs": len(mine),
                "seconds": mine["s"].sum(),
                "cpu_seconds": mine["cpu"].sum(min_count=1),
                "longest_seconds": mine["s"].max(),
                "peak_mb": None if peak is None else peak["rss"],
                "peak_job": None if peak is None else peak["job"],
            }
        )
    return conform(pd.DataFrame(costs, columns=RUN_COST.names), RUN_COST)


def _told_by_the_job(log: Path) -> tuple[float, float]:
    """Return CPU seconds and peak MB as the job's own log ends with them; NaN where it does not."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    found = re.fullmatch(r"done: ([\d.]+) CPU s, peak ([\d.]+) MB", text.strip())
    return (float(found[1]), float(found[2])) if found else (np.nan, np.nan)


def tell_cost(cost: pd.DataFrame) -> str:
    """Return a few lines of text: one a rule, and the total."""
    if cost.empty:
        return ""
    title = "Cost of these results"
    width = max(cost["rule"].str.len().max(), len(title) - 2)
    lines = [f"{title:{width + 2}}  jobs      wall       CPU  peak memory"]
    for row in cost.to_dict("records"):
        peak = "-" if pd.isna(row["peak_mb"]) else f"{row['peak_mb']:.0f} MB"
        cpu = "-" if pd.isna(row["cpu_seconds"]) else f"{row['cpu_seconds']:.1f} s"
        left = f"  {row['rule']:{width}}  {row['jobs']:4}  {row['seconds']:6.1f} s"
        lines.append(f"{left}  {cpu:>8}  {peak:>11}")
    total = f"{cost['seconds'].sum():6.1f} s  {cost['cpu_seconds'].sum():6.1f} s"
    peak = f"{cost['peak_mb'].max():.0f} MB" if cost["peak_mb"].notna().any() else "-"
    lines.append(f"  {'all':{width}}  {cost['jobs'].sum():4}  {total}  {peak:>11}")
    return "\n".join(lines)
