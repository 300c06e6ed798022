from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from diffpath.gene_sets import Collection, GeneSet
from diffpath.multiple import adjust_bh
from diffpath.tables import EXPLORATORY
from diffpath.themes.exploring import explore_collection

Make = Callable[..., Any]


def broad(n: int = 25) -> Collection:
    sets = [
        GeneSet(f"C{i:02d}", tuple(f"S{j:04d}" for j in range(30 * i, 30 * i + 30)))
        for i in range(n)
    ]
    return Collection("broad", "Broad", tuple(sets), "broad.gmt")


def test_a_changed_set_leads_and_donors_support_it(make_cohort: Make) -> None:
    cohort = make_cohort(4, shift=1.5)
    table = explore_collection(
        cohort.values, cohort.design, cohort.contrast, cohort.results, broad()
    )
    assert table.columns.tolist() == EXPLORATORY.names
    lead = table.sort_values("pvalue").iloc[0]
    assert lead["gene_set"] in ("C00", "C01", "C02")
    assert lead["donor_supported"]
    np.testing.assert_allclose(table["padj"], adjust_bh(table["pvalue"]))
    positive = np.maximum(table["correlation_estimated"], 0)
    np.testing.assert_allclose(table["correlation"], 0.5 * positive + 0.5 * positive.mean())
    support = (table["p_fry"] < 0.05) & (table["direction"] == table["fry_direction"])
    assert table["donor_supported"].tolist() == support.tolist()


def test_a_refused_contrast_is_described_without_claims(make_cohort: Make) -> None:
    cohort = make_cohort(4, shift=1.5)
    given = (cohort.values, cohort.design, cohort.contrast, cohort.results, broad())
    table = explore_collection(*given, refused=True)
    missing = ["pvalue", "padj", "p_fry", "fry_direction", "donor_supported"]
    assert table[missing].isna().all().all()
    kept = [name for name in EXPLORATORY.names if name not in missing]
    pd.testing.assert_frame_equal(table[kept], explore_collection(*given)[kept])


def test_nothing_is_explored_without_sets_or_gene_statistics(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    given = (cohort.values, cohort.design, cohort.contrast)
    assert explore_collection(*given, cohort.results, broad(), min_size=100).empty
    unfitted = cohort.results.assign(stat=np.nan)
    assert explore_collection(*given, unfitted, broad()).empty
    single = replace(cohort, values=cohort.values.iloc[[0, 4]], design=cohort.design.iloc[[0, 4]])
    table = explore_collection(
        single.values, single.design, single.contrast, cohort.results, broad()
    )
    assert table.columns.tolist() == EXPLORATORY.names
    assert table.empty


def test_a_set_of_every_tested_gene_is_not_asked(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    inside = {gene for set_ in broad(2).sets for gene in set_.genes}
    results = cohort.results.assign(symbol=lambda t: t["symbol"].where(t["symbol"].isin(inside)))
    given = (cohort.values, cohort.design, cohort.contrast, results)
    whole = GeneSet("ALL", tuple(sorted(inside)))
    panel = replace(broad(2), sets=(whole, *broad(2).sets))
    assert explore_collection(*given, panel)["gene_set"].tolist() == ["C00", "C01"]
    one = results.assign(symbol=lambda t: t["symbol"].where(t["symbol"] == "S0003"))
    assert explore_collection(*given[:3], one, broad(2), min_size=1).empty
