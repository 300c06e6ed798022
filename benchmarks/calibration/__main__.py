"""Command line: python -m benchmarks.calibration --help."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.calibration import scenarios
from benchmarks.calibration.cohort import Cohort, read_cohort
from benchmarks.calibration.methods import compare, run_methods, run_verdicts, unite_themes
from diffpath.gene_sets import Collection, read_collection
from diffpath.multiple import adjust_bh

ALPHA = 0.05
RANDOM_SETS = 100
Record = dict[str, object]


def main() -> None:
    """Run the scenarios asked for and print one table each."""
    options = parse()
    cohort = read_cohort(
        options.counts,
        options.metadata,
        options.annotation,
        donor=options.donor,
        where=options.where,
    )
    themes = [read_collection(path, path.stem)[0] for path in options.themes]
    collection = read_collection(options.collection, options.collection.stem)[0]
    console = Console(width=110)
    about = f"{options.counts.parent.name}{', ' + options.where if options.where else ''}"
    console.print(f"{about}: {len(cohort.counts)} samples, {cohort.donors.nunique()} donors")
    frames = []
    with Progress(console=Console(stderr=True)) as progress:
        for scenario in options.scenarios:
            for n in options.n:
                if scenario == "random" and not options.pairs:
                    continue
                steps = progress.add_task(f"{scenario}, {n} a group", total=options.splits)
                rows: list[Record] = []
                for split in range(options.splits):
                    # A seed a split: any part of a run can be repeated alone.
                    generator = np.random.default_rng([options.seed, n, split])
                    rows += RUNNERS[scenario](
                        cohort, n, split, themes, collection, generator, options
                    )
                    progress.advance(steps)
                frame = pd.DataFrame(rows).assign(scenario=scenario, n=n)
                frames.append(frame)
                console.print(summarise(frame, f"{scenario}, {n} against {n}"))
    if options.out:
        pd.concat(frames).to_csv(options.out, sep="\t", index=False)


def run_null(
    cohort: Cohort,
    n: int,
    split: int,
    themes: list[Collection],
    collection: Collection,
    generator: np.random.Generator,
    options: argparse.Namespace,
) -> list[Record]:
    """Random donors against random donors."""
    drawn = scenarios.split_null(cohort, n, generator)
    comparison = compare(drawn.counts, cohort.symbols, drawn.test)
    found = run_methods(comparison, collection, slow=True)
    return [
        *_theme_records(run_verdicts(comparison, themes).tests),
        *_set_records(found, f"{collection.name} sets"),
    ]


def run_planted(
    cohort: Cohort,
    n: int,
    split: int,
    themes: list[Collection],
    collection: Collection,
    generator: np.random.Generator,
    options: argparse.Namespace,
) -> list[Record]:
    """30% of one theme's genes × 1.5, the themes in turn."""
    theme = themes[split % len(themes)]
    return _one_theme(scenarios.plant_change(cohort, n, theme, generator), cohort, themes)


def run_outlier(
    cohort: Cohort,
    n: int,
    split: int,
    themes: list[Collection],
    collection: Collection,
    generator: np.random.Generator,
    options: argparse.Namespace,
) -> list[Record]:
    """60% of one theme's genes × 4 in one sample, the themes in turn."""
    theme = themes[split % len(themes)]
    return _one_theme(scenarios.spoil_sample(cohort, n, theme, generator), cohort, themes)


def run_clones(
    cohort: Cohort,
    n: int,
    split: int,
    themes: list[Collection],
    collection: Collection,
    generator: np.random.Generator,
    options: argparse.Namespace,
) -> list[Record]:
    """Three clones a donor, taken as samples and summed."""
    records = []
    for name, drawn in zip(
        ("clones as samples", "summed per donor"),
        scenarios.nest_clones(cohort, n, generator),
        strict=True,
    ):
        comparison = compare(drawn.counts, cohort.symbols, drawn.test)
        records += _set_records(run_methods(comparison, collection, slow=False), name)
    return records


def run_random(
    cohort: Cohort,
    n: int,
    split: int,
    themes: list[Collection],
    collection: Collection,
    generator: np.random.Generator,
    options: argparse.Namespace,
) -> list[Record]:
    """Random sets, of the sizes of the themes' sets, under a massive paired change."""
    column, test, reference = options.pairs
    drawn, donors = scenarios.pair_donors(cohort, column, test, reference, n, generator)
    comparison = compare(drawn.counts, cohort.symbols, drawn.test, donors)
    symbols = comparison.results["symbol"].dropna().tolist()
    sizes = [len(set_.genes) for theme in themes for set_ in theme.sets]
    chosen = generator.choice(sizes, RANDOM_SETS).tolist()
    sets = scenarios.draw_random_sets(symbols, chosen, generator)
    return _set_records(run_methods(comparison, sets, slow=True), "random sets")


RUNNERS: dict[str, Callable[..., list[Record]]] = {
    "null": run_null,
    "random": run_random,
    "planted": run_planted,
    "outlier": run_outlier,
    "clones": run_clones,
}


def _one_theme(
    split: scenarios.Split, cohort: Cohort, themes: list[Collection]
) -> list[Record]:
    comparison = compare(split.counts, cohort.symbols, split.test)
    tests = run_verdicts(comparison, themes).tests
    unions = unite_themes([theme for theme in themes if theme.name == split.theme])
    found = run_methods(comparison, unions, slow=True, max_size=len(cohort.symbols))
    records = list(_theme_records(tests[tests["theme"] == split.theme]))
    return [*records, *_set_records(found, "union of the theme")]


def _theme_records(tests: pd.DataFrame) -> Iterator[Record]:
    for level, column in (("theme p", "p_theme"), ("theme after Holm", "p_holm")):
        called = tests[column] < ALPHA
        right = (tests["fry_direction"] == "up")[called]
        yield {
            "level": "themes",
            "method": f"two-key {level}",
            "called": int(called.sum()),
            "asked": len(tests),
            "any": bool(called.any()),
            "up": int(right.sum()),
        }


def _set_records(found: dict[str, np.ndarray], level: str) -> Iterator[Record]:
    for method, p in found.items():
        yield {
            "level": level,
            "method": method,
            "called": int((p < ALPHA).sum()),
            "asked": len(p),
            "any": bool((adjust_bh(p) < ALPHA).any()),
        }


def summarise(frame: pd.DataFrame, title: str) -> Table:
    """Return a table: level, method, share called, share of splits with any call."""
    table = Table(title=title, title_justify="left")
    for name in ("level", "method", "p < .05", "any FDR < .05", "called up"):
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


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    root = Path(__file__).resolve().parents[2]
    built_in = [root / f"resources/themes/{n}.tsv" for n in ("inflammation", "calcium", "ecm")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    add = parser.add_argument
    add("--counts", type=Path, required=True, help="genes x samples, raw counts")
    add("--metadata", type=Path, required=True, help="sample sheet, first column the sample")
    add("--annotation", type=Path, required=True, help="TSV with ensgene and symbol")
    add("--collection", type=Path, required=True, help="broad collection (GMT), such as Hallmark")
    add("--themes", type=Path, nargs="+", default=built_in, help="theme tables (the three built in)")
    add("--donor", help="column of the donor (default: every sample is one)")
    add("--where", default="", help="subset of the samples, such as \"treatment == 'noninf'\"")
    add("--pairs", nargs=3, metavar=("COLUMN", "TEST", "REFERENCE"), help="for 'random'")
    add("--scenarios", nargs="+", default=["null"], choices=list(RUNNERS))
    add("--splits", type=int, default=200, help="comparisons a scenario and group size")
    add("--n", type=int, nargs="+", default=[3, 4], help="donors a group")
    add("--seed", type=int, default=1)
    add("--out", type=Path, help="write the counts of calls of every comparison (TSV)")
    return parser.parse_args()


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        main()
