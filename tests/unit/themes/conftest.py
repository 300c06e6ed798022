"""A small cohort with a known answer for the tests of the themes stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from diffpath.enrich.linear import moderated_t, rotate
from diffpath.gene_sets import Collection, GeneSet
from diffpath.themes.leave_out import run_left_out
from diffpath.themes.standing import Standing, assess_design
from diffpath.themes.testing import ThemeResult, run_themes

N_GENES = 800


@dataclass(frozen=True)
class Cohort:
    """Expression of two groups of donors, its design and the declared themes."""

    values: pd.DataFrame
    units: pd.DataFrame
    design: pd.DataFrame
    contrast: pd.Series
    results: pd.DataFrame
    themes: tuple[Collection, ...]

    def assess(self) -> Standing:
        return assess_design(
            self.units, self.design, self.contrast, variable="condition", test="WS",
            reference="control", donor="donor", name="ws",
        )  # fmt: skip

    def run(self, standing: Standing | None = None) -> ThemeResult:
        return run_themes(
            self.values, self.design, self.contrast, self.results, self.themes,
            standing or self.assess(),
        )  # fmt: skip

    def drop(self, donor: str) -> Cohort:
        stay = (self.units["donor"] != donor).to_numpy()
        part = replace(
            self, values=self.values[stay], units=self.units[stay], design=self.design[stay]
        )
        return replace(part, results=fit(part))

    def leave_out(self, *donors: str) -> pd.DataFrame:
        parts = []
        for donor in donors or sorted(self.units["donor"].unique()):
            rest = self.drop(donor)
            parts.append(
                run_left_out(
                    rest.values, rest.design, rest.contrast, rest.results, rest.themes, donor
                )
            )
        return pd.concat(parts, ignore_index=True)


def fit(cohort: Cohort) -> pd.DataFrame:
    """Gene statistics from a linear model, in the columns of `RESULTS` that themes read."""
    effects = rotate(
        cohort.values.to_numpy(), cohort.design.to_numpy(float), cohort.contrast.to_numpy(float)
    )
    t, _ = moderated_t(effects)
    change = effects.contrast * effects.per_effect
    genes = cohort.values.columns
    return pd.DataFrame(
        {
            "gene_id": genes,
            "symbol": genes.str.replace("ENSG", "S"),
            "log2FoldChange": change,
            "lfcSE": change / t,
            "stat": t,
            "pvalue": 0.5,
            "padj": np.where(np.abs(t) > 4, 0.01, 0.6),
            "reason": None,
        }
    )


def _set(name: str, genes: range, sign: int = 1) -> GeneSet:
    return GeneSet(name, tuple(f"S{i:04d}" for i in genes), name.lower(), sign)


@pytest.fixture
def make_cohort() -> Callable[..., Cohort]:
    """Return a maker of cohorts: donors a group, log2 change of part of theme ``alpha``."""

    def make(n: int = 4, *, shift: float = 1.0, paired: bool = False, seed: int = 1) -> Cohort:
        rng = np.random.default_rng(seed)
        donors = [f"d{i}" for i in range(n)] * 2 if paired else [f"d{i}" for i in range(2 * n)]
        test = np.arange(2 * n) < n
        units = pd.DataFrame(
            {"donor": donors, "condition": np.where(test, "WS", "control")},
            index=[f"u{i}" for i in range(2 * n)],
        )
        genes = [f"ENSG{i:04d}" for i in range(N_GENES)]
        # A state every donor has more or less of moves many genes a little.
        state = np.outer(rng.normal(size=2 * n), rng.normal(scale=0.2, size=N_GENES))
        values = 6 + rng.normal(size=N_GENES) + state + rng.normal(scale=0.3, size=state.shape)
        values[np.ix_(test, np.arange(0, 60, 2))] += shift
        values[np.ix_(test, np.arange(60, 90, 2))] -= shift
        columns = {"mean": np.ones(2 * n)}
        if paired:
            columns |= {f"donor[{d}]": np.array(donors) == d for d in donors[1:n]}
        design = pd.DataFrame({**columns, "WS": test}, index=units.index).astype(float)
        contrast = pd.Series(0.0, design.columns)
        contrast["WS"] = 1.0
        alpha = Collection(
            "alpha", "Alpha", (_set("A1", range(30)), _set("A2", range(20, 60)),
                               _set("A3", range(60, 90), -1)), "alpha.tsv",
        )  # fmt: skip
        beta = Collection(
            "beta", "Beta", (_set("B1", range(200, 240)), _set("B2", range(230, 260)),
                             _set("B3", range(300, 305))), "beta.tsv",
        )  # fmt: skip
        cohort = Cohort(
            pd.DataFrame(values, units.index, genes), units, design, contrast, pd.DataFrame(),
            (alpha, beta),
        )  # fmt: skip
        return replace(cohort, results=fit(cohort))

    return make
