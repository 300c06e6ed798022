from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from diffpath.enrich.combine import adjust_holm, combine_cauchy, combine_simes
from diffpath.gene_sets import Collection, GeneSet
from diffpath.tables import (
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_TESTS,
    read_table,
    write_table,
)
from diffpath.themes.leave_out import run_left_out
from diffpath.themes.testing import run_themes

TABLES = {
    "tests": THEME_TESTS,
    "sets": THEME_SETS,
    "genes": THEME_GENES,
    "scores": THEME_SCORES,
    "overlap": THEME_OVERLAP,
}
Make = Callable[..., Any]


def test_the_planted_theme_is_found_and_the_other_is_not(make_cohort: Make) -> None:
    found = make_cohort(4).run()
    tests = found.tests.set_index("theme")
    alpha, beta = tests.loc["alpha"], tests.loc["beta"]
    assert alpha["p_holm"] < 0.01 < 0.2 < beta["p_holm"]
    assert (alpha["direction"], alpha["failed_key"]) == ("up", "none")
    assert alpha["effect"] == pytest.approx(0.5, abs=0.25)
    assert alpha["effect_low"] < alpha["effect"] < alpha["effect_high"]
    assert alpha["permutation_p"] == alpha["permutation_smallest_p"] == pytest.approx(2 / 70)
    assert (alpha["n_sets"], alpha["n_genes_tested"]) == (3, 90)
    # A set of five genes is declared, and too small to be tested.
    assert (beta["n_sets_declared"], beta["n_sets"], beta["n_genes_tested"]) == (3, 2, 60)


def test_theme_p_is_the_omnibus_of_the_union_and_the_sets(make_cohort: Make) -> None:
    found = make_cohort(3, shift=0.5).run()
    for row in found.tests.to_dict("records"):
        own = found.sets[found.sets["theme"] == row["theme"]]
        assert row["p_union"] == max(row["p_donor"], row["p_ulm"])
        assert row["p_sets"] == pytest.approx(combine_simes(own["p_two_key"]))
        assert row["p_theme"] == pytest.approx(combine_cauchy([row["p_union"], row["p_sets"]]))
        np.testing.assert_allclose(own["p_holm_within"], adjust_holm(own["p_two_key"]))
    np.testing.assert_allclose(found.tests["p_holm"], adjust_holm(found.tests["p_theme"]))


def test_negative_regulators_enter_with_their_sign(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    found = cohort.run().sets.set_index("gene_set")
    assert found.loc["A3", "sign"] == -1
    assert found.loc["A3", "direction"] == "up"
    turned = [replace(s, sign=-s.sign) for s in cohort.themes[0].sets]
    alpha = replace(cohort.themes[0], sets=tuple(turned))
    other = replace(cohort, themes=(alpha, cohort.themes[1])).run()
    sets = other.sets.set_index("gene_set")
    np.testing.assert_allclose(sets.loc["A3", "effect"], -found.loc["A3", "effect"])
    assert sets.loc["A3", "p_two_key"] == found.loc["A3", "p_two_key"]
    assert other.tests["direction"].tolist()[0] == "down"


def test_genes_of_both_signs_leave_the_union(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    first, second, third = cohort.themes[0].sets
    clash = replace(third, genes=tuple(sorted({*third.genes, *first.genes[:4]})))
    alpha = replace(cohort.themes[0], sets=(first, second, clash))
    found = replace(cohort, themes=(alpha,)).run()
    assert found.tests["n_conflicting"].tolist() == [4]
    assert found.tests["n_genes_tested"].tolist() == [86]
    assert (found.genes["sign"] == 0).sum() == 4


def test_swapping_the_groups_turns_every_sign_and_leaves_every_p(make_cohort: Make) -> None:
    cohort = make_cohort(4, shift=0.5)
    batch = np.tile([0.0, 1.0], 4)
    design = cohort.design.assign(batch=batch)[["mean", "batch", "WS"]]
    contrast = pd.Series([0.0, 0.0, 1.0], design.columns)
    cohort = replace(cohort, design=design, contrast=contrast)
    swapped = design.assign(WS=1 - design["WS"])
    back = cohort.results.assign(
        stat=-cohort.results["stat"], log2FoldChange=-cohort.results["log2FoldChange"]
    )
    standing = cohort.assess()
    first = cohort.run(standing)
    second = replace(cohort, design=swapped, results=back).run(standing)
    for name in ("tests", "sets"):
        a, b = getattr(first, name), getattr(second, name)
        for column in a.columns[a.columns.str.startswith("p_")]:
            np.testing.assert_allclose(b[column], a[column], rtol=1e-9)
        for column in ("donor_direction", "ulm_direction", "direction"):
            assert b[column].tolist() == [{"up": "down", "down": "up"}[w] for w in a[column]]
        np.testing.assert_allclose(b["effect"], -a["effect"])
        np.testing.assert_allclose(b["effect_low"], -a["effect_high"])
    assert second.genes["leading_edge"].tolist() == first.genes["leading_edge"].tolist()
    np.testing.assert_allclose(second.scores["score"], first.scores["score"])


def test_order_of_units_genes_sets_and_themes_changes_nothing(make_cohort: Make) -> None:
    cohort = make_cohort(4, shift=0.5)
    rng = np.random.default_rng(0)
    units, genes = rng.permutation(8), rng.permutation(cohort.values.shape[1])
    themes = [
        Collection(t.name, t.title, tuple(t.sets[i] for i in rng.permutation(3)), t.file)
        for t in reversed(cohort.themes)
    ]
    shuffled = replace(
        cohort,
        values=cohort.values.iloc[units, genes],
        design=cohort.design.iloc[rng.permutation(8)],
        results=cohort.results.iloc[rng.permutation(len(cohort.results))],
        themes=tuple(themes),
    )
    first, second = cohort.run(), shuffled.run()
    for name, table in TABLES.items():
        keys = list(table.key)
        a = getattr(first, name).sort_values(keys, ignore_index=True)
        b = getattr(second, name).sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(a, b, rtol=1e-12, atol=1e-12)


def test_scores_show_the_effect_donor_by_donor(make_cohort: Make) -> None:
    cohort = make_cohort(4, paired=True)
    found = cohort.run()
    scores = found.scores[(found.scores["theme"] == "alpha") & (found.scores["gene_set"] == "")]
    side = cohort.units.loc[scores["unit"], "condition"].to_numpy() == "WS"
    effect = found.tests.set_index("theme").loc["alpha", "effect"]
    for column in ("score", "adjusted"):
        difference = scores.loc[side, column].mean() - scores.loc[~side, column].mean()
        assert difference == pytest.approx(effect)
    assert scores["adjusted"].std() < scores["score"].std()
    assert len(found.scores) == 8 * (2 + 5)


def test_overlap_says_what_is_left_without_the_shared_genes(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    shared = replace(cohort.themes[1].sets[0], genes=cohort.themes[0].sets[1].genes)
    beta = replace(cohort.themes[1], sets=(shared, *cohort.themes[1].sets[1:]))
    found = replace(cohort, themes=(cohort.themes[0], beta)).run()
    row = found.overlap.set_index("theme").loc["beta"]
    assert (row["other"], row["n_genes"], row["n_shared"]) == ("alpha", 70, 40)
    assert row["jaccard"] == pytest.approx(40 / 120)
    assert row["p_union"] < 0.01 < row["p_union_without"]
    assert row["shared"].split(",") == list(shared.genes)
    assert row["score_correlation"] > 0.8


def test_genes_that_carry_a_theme(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    genes = cohort.run().genes
    assert len(genes) == 150
    raised = genes["gene_id"].isin([f"ENSG{i:04d}" for i in [*range(0, 60, 2), *range(60, 90, 2)]])
    assert genes.loc[raised, "leading_edge"].mean() > 0.9
    assert genes.loc[~raised & (genes["theme"] == "alpha"), "leading_edge"].mean() < 0.5
    row = genes.set_index("gene_id").loc["ENSG0022"]
    assert row["gene_sets"] == "A1,A2"
    assert row["high"] - row["low"] == pytest.approx(
        2 * 1.959964 * cohort.results.set_index("gene_id").loc["ENSG0022", "lfcSE"], rel=1e-6
    )


def test_a_refused_design_is_described_without_p(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    refused = replace(cohort.assess(), status="refused", reasons=("no",))
    found = cohort.run(refused)
    for table in (found.tests, found.sets):
        assert table.filter(regex="^p_|low|high|permutation").isna().to_numpy().all()
        assert table["effect"].notna().all()
    assert len(found.scores) == 56


def test_genes_that_were_not_fitted_leave_effects_and_scores(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    empty = cohort.results.assign(stat=np.nan, log2FoldChange=np.nan, lfcSE=np.nan, padj=np.nan)
    found = replace(cohort, results=empty).run()
    assert found.tests["p_donor"].notna().all()
    assert found.tests["p_theme"].isna().all()
    assert not found.genes["leading_edge"].any()


def test_outlying_and_unmapped_genes_leave_the_universe(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    results = cohort.results.copy()
    results.loc[[0, 1], "stat"] = np.nan
    results.loc[[2], "symbol"] = None
    found = replace(cohort, results=results).run()
    assert found.tests["n_genes_tested"].tolist() == [87, 60]


def test_tables_survive_being_written(make_cohort: Make, tmp_path: Any) -> None:
    found = make_cohort(4).run()
    for name, table in TABLES.items():
        frame = getattr(found, name)
        write_table(frame, table, tmp_path / f"{name}.tsv")
        read = read_table(tmp_path / f"{name}.tsv", table)
        for column in ("gene_set", "title", "shared"):
            if column in read:
                read[column] = read[column].fillna("")
                frame = frame.assign(**{column: frame[column].fillna("")})
        pd.testing.assert_frame_equal(read, frame)


def test_faulty_input_is_refused(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    with pytest.raises(ValueError, match="design's units are not the units"):
        replace(cohort, values=cohort.values.iloc[1:]).run()
    doubled = cohort.results.assign(symbol=["S0001", *cohort.results["symbol"][1:]])
    with pytest.raises(ValueError, match="'S0001' stands for two tested genes"):
        replace(cohort, results=doubled).run()


def test_designs_that_cannot_be_estimated_are_described(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    unfitted = cohort.results.assign(stat=np.nan, log2FoldChange=np.nan, lfcSE=np.nan)
    aliased = cohort.design.assign(batch=cohort.design["WS"])
    contrast = pd.Series([0.0, 1.0, 0.0], aliased.columns)
    confounded = replace(cohort, design=aliased, contrast=contrast, results=unfitted)
    assert confounded.assess().status == "refused"
    found = confounded.run()
    assert found.tests["effect"].isna().all()
    assert found.scores["score"].notna().all()

    one = replace(
        cohort,
        values=cohort.values.iloc[[0, 4]],
        units=cohort.units.iloc[[0, 4]],
        design=cohort.design.iloc[[0, 4]],
        results=unfitted,
    )
    assert one.assess().status == "refused"
    found = one.run()
    scores = found.scores[found.scores["gene_set"] == ""].set_index(["theme", "unit"])["score"]
    effect = found.tests.set_index("theme").loc["alpha", "effect"]
    assert scores["alpha", "u0"] - scores["alpha", "u4"] == pytest.approx(effect)
    assert found.tests["effect_low"].isna().all()


def test_two_against_two_gives_numbers_without_a_verdict(make_cohort: Make) -> None:
    cohort = make_cohort(2)
    standing = cohort.assess()
    assert standing.status == "exploratory"
    found = cohort.run(standing)
    assert found.tests["p_theme"].notna().all()
    assert found.tests["permutation_p"].isna().all()


def theme(name: str, *sets: GeneSet) -> Collection:
    return Collection(name, name.title(), sets, f"{name}.tsv")


def genes(n: int) -> tuple[str, ...]:
    return tuple(f"S{i:04d}" for i in range(n))


def test_a_declared_theme_that_is_not_tested_counts_in_holm(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    alone = cohort.run().tests
    small = theme("small", GeneSet("S", genes(4)))
    large = theme("large", GeneSet("L", genes(600)))
    both = theme("both", GeneSet("L", genes(600)), GeneSet("S", genes(4)))
    found = replace(cohort, themes=(*cohort.themes, small, large, both)).run().tests
    assert found["untested"].tolist()[2:] == ["too_small", "too_large", "sizes"]
    assert found["untested"].isna().tolist()[:2] == [True, True]
    assert found[["p_theme", "p_holm"]].isna().all(axis=1).tolist() == [False] * 2 + [True] * 3
    np.testing.assert_allclose(found["p_theme"][:2], alone["p_theme"])
    assert found.loc[0, "p_holm"] == pytest.approx(5 * found.loc[0, "p_theme"])


def test_a_theme_whose_signs_cancel_is_tested_by_its_sets(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    cancelled = theme("c", GeneSet("P", genes(30), "p", 1), GeneSet("N", genes(30), "n", -1))
    tests = replace(cohort, themes=(cancelled,)).run().tests
    assert tests.loc[0, "untested"] == "cancelled"
    assert tests.loc[0, "p_theme"] == pytest.approx(tests.loc[0, "p_sets"])
    assert tests.loc[0, "p_holm"] < 0.05


def test_a_panel_of_nothing_but_the_theme_has_no_other_genes(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    members = cohort.themes[0].symbols
    results = cohort.results.assign(symbol=lambda t: t["symbol"].where(t["symbol"].isin(members)))
    panel = replace(cohort, results=results, themes=cohort.themes[:1])
    found = panel.run()
    row = found.tests.iloc[0]
    assert row["untested"] == "whole_universe"
    assert np.isnan(row["p_ulm"])
    assert np.isfinite(row["p_donor"])
    assert row["p_theme"] == pytest.approx(row["p_sets"])
    rest = panel.drop("d0")
    # The fits of a panel know its genes alone too.
    fitted = rest.results.assign(symbol=results["symbol"])
    given = (rest.values, rest.design, rest.contrast, fitted, panel.themes, "d0")
    rows = run_left_out(*given).set_index("gene_set", drop=False)
    assert rows["reason"].dropna().tolist() == [
        "the set holds every tested gene: nothing is left to compare it with"
    ]

    one = replace(cohort, themes=(theme("all", GeneSet("A", tuple(sorted(members)))),),
                  results=results).run()  # fmt: skip
    assert one.tests.loc[0, "untested"] == "whole_universe"
    assert np.isnan(one.tests.loc[0, "p_theme"])


def test_a_single_tested_gene_gives_no_p(make_cohort: Make) -> None:
    cohort = make_cohort(4)
    for kept in (["S0003"], ["S0003", "S0007"]):
        symbols = cohort.results["symbol"].where(cohort.results["symbol"].isin(kept))
        found = run_themes(
            cohort.values, cohort.design, cohort.contrast, cohort.results.assign(symbol=symbols),
            cohort.themes, cohort.assess(), min_size=1,
        )  # fmt: skip
        assert found.tests["p_theme"].isna().all()
        assert found.tests.loc[0, "effect"] > 0
