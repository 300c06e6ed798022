"""How often each method calls what is not there, and finds what is, on a count cohort."""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.calibration.cohort import read_cohort
from benchmarks.calibration.runners import RUNNERS, Case, Record
from benchmarks.calibration.scenarios import Sizes
from diffpath.gene_sets import read_collection


def main(arguments: list[str] | None = None) -> None:
    """Run the scenarios asked for and print one table for each and each group size."""
    options = parse(arguments)
    cohort = read_cohort(
        options.counts,
        options.metadata,
        options.annotation,
        donor=options.donor,
        where=options.where,
    )
    themes = [read_collection(path, path.stem)[0] for path in options.themes]
    collection = read_collection(options.collection, "collection", options.collection.stem)[0]
    console = Console(width=110)
    console.print(
        f"{options.counts.parent.name} {options.where}: {len(cohort.counts)} samples, "
        f"{cohort.donors.nunique()} donors; {options.splits} comparisons a table"
    )
    frames = []
    with Progress(console=Console(stderr=True)) as progress:
        for scenario in options.scenarios:
            for sizes in options.n:
                title = f"{scenario}, {sizes[0]} against {sizes[1]}"
                rows: list[Record] = []
                for split in progress.track(range(options.splits), description=title):
                    # A seed of its own: any comparison can be repeated alone.
                    drawn = [sizes[0]] if sizes[0] == sizes[1] else list(sizes)
                    generator = np.random.default_rng([options.seed, *drawn, split])
                    case = Case(cohort, sizes, split, themes, collection, options.pairs, generator)
                    rows += RUNNERS[scenario](case)
                frames.append(
                    pd.DataFrame(rows).assign(scenario=scenario, n=f"{sizes[0]}:{sizes[1]}")
                )
                console.print(summarise(frames[-1], title))
    if options.out:
        pd.concat(frames).to_csv(options.out, sep="\t", index=False)


def summarise(frame: pd.DataFrame, title: str) -> Table:
    """Return a table: level, method, share called, share of comparisons with any call."""
    table = Table(title=title, title_justify="left", box=box.MARKDOWN)
    for name in ("level", "method", "p < .05", "any FDR < .05", "of these up"):
        table.add_column(name, justify="left" if name in ("level", "method") else "right")
    for (level, method), rows in frame.groupby(["level", "method"], sort=False):
        called = rows["called"].sum()
        up = f"{rows['up'].sum() / called:.3f}" if level == "themes" and called else ""
        table.add_row(
            str(level),
            str(method),
            f"{called / rows['asked'].sum():.3f}",
            f"{rows['any'].mean():.3f}",
            up,
        )
    return table


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    root = Path(__file__).resolve().parents[2]
    built_in = [root / f"resources/themes/{n}.tsv" for n in ("inflammation", "calcium", "ecm")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    add = parser.add_argument
    add("--counts", type=Path, required=True, help="genes x samples, raw counts")
    add("--metadata", type=Path, required=True, help="sample sheet, first column the sample")
    add("--annotation", type=Path, required=True, help="TSV with ensgene and symbol")
    add("--collection", type=Path, required=True, help="broad collection (GMT), such as Hallmark")
    add("--themes", type=Path, nargs="+", default=built_in, help="theme tables (built in)")
    add("--donor", help="column of the donor (default: every sample is one)")
    add("--where", default="", help="subset of the samples, such as \"treatment == 'noninf'\"")
    add("--pairs", nargs=3, metavar=("COLUMN", "TEST", "REFERENCE"), help="for 'random'")
    add("--scenarios", nargs="+", default=["null"], choices=list(RUNNERS))
    add("--splits", type=int, default=200, help="comparisons a scenario and group size")
    add(
        "--n",
        type=read_sizes,
        nargs="+",
        default=[(3, 3), (4, 4)],
        help="donors a group; 3:24 is 3 test donors against 24",
    )
    add("--seed", type=int, default=1)
    add("--out", type=Path, help="write the calls of every comparison (TSV)")
    options = parser.parse_args(arguments)
    if "random" in options.scenarios and any(a != b for a, b in options.n):
        parser.error("the pairs of 'random' have as many donors in one group as in the other")
    return options


def read_sizes(text: str) -> Sizes:
    """Return the group sizes of ``3`` (equal groups) or ``3:24`` (test, reference)."""
    test, _, reference = text.partition(":")
    return int(test), int(reference or test)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # The local regression of the dispersion trend divides 0 by 0 in empty windows.
        warnings.filterwarnings("ignore", "invalid value encountered in divide")
        main()
