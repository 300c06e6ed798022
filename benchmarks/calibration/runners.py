"""One comparison of each scenario, tested by every method."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.calibration import scenarios
from benchmarks.calibration.cohort import Cohort
from benchmarks.calibration.methods import (
    ALPHA,
    compare,
    run_methods,
    run_verdicts,
    unite_themes,
)
from diffpath.gene_sets import Collection
from diffpath.multiple import adjust_bh

CHANGES = ("higher", "lower", "component_specific", "mixed")
RANDOM_SETS = 100
Record = dict[str, object]


@dataclass(frozen=True)
class Case:
    """What one comparison is drawn from: a cohort, donors a group, and its own randomness."""

    cohort: Cohort
    sizes: scenarios.Sizes
    split: int
    themes: list[Collection]
    collection: Collection
    pairs: tuple[str, str, str] | None
    generator: np.random.Generator

    @property
    def theme(self) -> Collection:
        """The theme of this comparison: the themes in turn."""
        return self.themes[self.split % len(self.themes)]


def run_null(case: Case) -> list[Record]:
    """Random donors against random donors."""
    drawn = scenarios.split_null(case.cohort, case.sizes, case.generator)
    comparison = compare(drawn.counts, case.cohort.symbols, drawn.test)
    found = run_methods(comparison, case.collection, slow=True)
    tests, _ = run_verdicts(comparison, case.themes)
    return [*_theme_records(tests), *_set_records(found, case.collection.title)]


def run_planted(case: Case) -> list[Record]:
    """30% of one theme's genes × 1.5."""
    drawn = scenarios.plant_change(case.cohort, case.sizes, case.theme, case.generator)
    return _one_theme(case, drawn)


def run_outlier(case: Case) -> list[Record]:
    """60% of one theme's genes × 4 in one sample."""
    drawn = scenarios.spoil_sample(case.cohort, case.sizes, case.theme, case.generator)
    return _one_theme(case, drawn)


def run_clones(case: Case) -> list[Record]:
    """Three clones a donor, taken as samples and summed."""
    records: list[Record] = []
    nested, summed = scenarios.nest_clones(case.cohort, case.sizes, case.generator)
    for name, drawn in (("clones as samples", nested), ("summed per donor", summed)):
        comparison = compare(drawn.counts, case.cohort.symbols, drawn.test)
        records += _set_records(run_methods(comparison, case.collection, slow=False), name)
    return records


def run_random(case: Case) -> list[Record]:
    """Random sets, of the sizes of the themes' sets, under a massive paired change."""
    if case.pairs is None:
        raise ValueError("the scenario 'random' needs --pairs")
    drawn, donors = scenarios.pair_donors(case.cohort, *case.pairs, case.sizes[0], case.generator)
    comparison = compare(drawn.counts, case.cohort.symbols, drawn.test, donors)
    symbols = comparison.results["symbol"].dropna().tolist()
    sizes = [len(set_.genes) for theme in case.themes for set_ in theme.sets]
    chosen = case.generator.choice(sizes, RANDOM_SETS).tolist()
    sets = scenarios.draw_random_sets(symbols, chosen, case.generator)
    return list(_set_records(run_methods(comparison, sets, slow=True), "random sets"))


RUNNERS: dict[str, Callable[[Case], list[Record]]] = {
    "null": run_null,
    "random": run_random,
    "planted": run_planted,
    "outlier": run_outlier,
    "clones": run_clones,
}


def _one_theme(case: Case, drawn: scenarios.Split) -> list[Record]:
    comparison = compare(drawn.counts, case.cohort.symbols, drawn.test)
    tests, verdicts = run_verdicts(comparison, case.themes, case.theme.name)
    found = run_methods(
        comparison, unite_themes([case.theme]), slow=True, max_size=len(case.cohort.symbols)
    )
    own = tests[tests["theme"] == case.theme.name]
    assert verdicts is not None
    changed = verdicts["verdict"].isin(CHANGES)
    verdict: Record = {
        "level": "themes",
        "method": "verdict of a change",
        "called": int(changed.sum()),
        "asked": len(verdicts),
        "any": bool(changed.any()),
        "up": int((verdicts["direction"] == "up")[changed].sum()),
    }
    return [*_theme_records(own), verdict, *_set_records(found, "union of the theme")]


def _theme_records(tests: pd.DataFrame) -> Iterator[Record]:
    for name, column in (("theme p", "p_theme"), ("theme p after Holm", "p_holm")):
        called = tests[column] < ALPHA
        yield {
            "level": "themes",
            "method": f"two keys, {name}",
            "called": int(called.sum()),
            "asked": len(tests),
            "any": bool(called.any()),
            "up": int((tests["direction"] == "up")[called].sum()),
        }


def _set_records(found: dict[str, NDArray[np.float64]], level: str) -> Iterator[Record]:
    for method, p in found.items():
        yield {
            "level": level,
            "method": method,
            "called": int((p < ALPHA).sum()),
            "asked": len(p),
            "any": bool((adjust_bh(p) < ALPHA).any()),
        }
