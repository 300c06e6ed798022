"""What the page says of the data at hand."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from diffpath.report.answers import answer_themes, count_genes, describe_cohort, describe_genes
from diffpath.report.format import format_p
from diffpath.report.methods import write_methods
from diffpath.report.model import ContrastReport
from diffpath.report.sentences import (
    cramers_v,
    cross_groups,
    describe_all,
    describe_confounding,
    estimate_null_share,
)


def test_cohort_counts_donors_not_files(report: ContrastReport) -> None:
    assert describe_cohort(report).en == (
        "8 donors: 4 WS, 4 control (16 libraries summed to 8 independent units); Homo sapiens."
    )
    units = report.units.copy()
    units.loc[[0, 4], "donor"] = "shared"
    text = describe_cohort(replace(report, units=units)).en
    assert text.startswith("7 donors: 4 in WS, 4 in control, 1 of them in both")
    alone = report.units.assign(n_samples=1)
    assert describe_cohort(replace(report, units=alone)).en == (
        "8 donors: 4 WS, 4 control (8 libraries, each an independent unit); Homo sapiens."
    )
    paired = alone.assign(donor=["d1", "d2", "d3", "d4"] * 2)
    text = describe_cohort(replace(report, units=paired))
    assert text.en == (
        "4 donors, each in both WS and control (8 libraries, compared within donors); Homo sapiens."
    )
    assert "ライブラリ8件をドナー内で比較" in text.ja
    partly = describe_cohort(replace(report, units=units.assign(n_samples=1)))
    assert "1 of them in both (8 libraries, each a unit)" in partly.en
    assert "うち1名は両方（ライブラリ8件、それぞれが1単位）" in partly.ja
    units.loc[7, "group"] = "other"
    assert (
        "Units of other groups that help to estimate the dispersion: 1"
        in describe_cohort(replace(report, units=units)).en
    )


def test_gene_counts_are_those_of_the_table(report: ContrastReport) -> None:
    assert report.results is not None
    hit = report.results[report.results["padj"] < 0.05]
    counts = count_genes(report)
    assert counts["up"] == int((hit["log2FoldChange"] > 0).sum()) > 0
    assert counts["down"] == int((hit["log2FoldChange"] < 0).sum()) > 0
    assert f"{counts['up']} are higher and {counts['down']} lower" in describe_genes(report).en


def test_answers_follow_the_config_and_name_what_overturns(report: ContrastReport) -> None:
    answers = answer_themes(report)
    assert [a.name for a in answers] == ["inflammation", "calcium", "matrix"]
    assert [a.tone for a in answers] == ["up", "none", "part"]
    assert answers[0].facts[0].en == "p = 0.0016 (after Holm)"
    assert answers[0].facts[1].en == "effect +0.92 log2 [+0.55, +1.29], ×1.89"
    assert answers[0].overturn is not None
    assert "weakest without WS2 (p = 0.012)" in answers[0].overturn.en
    assert answers[1].overturn is not None
    assert "mean change of 0.33 log2 (×1.26) with 80% power" in answers[1].overturn.en
    assert "Mmp timp 高" in answers[2].sentence.ja


def test_answers_without_verdicts_count_sets(report: ContrastReport) -> None:
    assert report.gsea is not None
    gsea = report.gsea.copy()
    own = gsea["collection"] == "inflammation"
    gsea.loc[own, "padj"] = [0.01, 0.01, 0.01, 0.5, 0.5]
    gsea.loc[own, "nes"] = [2.0, 1.9, -1.8, 1.0, 1.0]
    answer = answer_themes(replace(report, theme_verdicts=None, gsea=gsea))[0]
    assert answer.label.en == "2 sets higher, 1 lower (gene-level ranking only)"
    assert answer.sentence.en.startswith("Of 5 sets, 2 lean higher and 1 lower in WS")


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (["a"] * 4 + ["b"] * 4, "Cannot be told apart from the compared groups: batch"),
        (["a", "a", "a", "a", "b", "b", "b", "a"], "Partly tied to the compared groups: batch"),
        (["a", "b"] * 4, "Balanced enough over the compared groups: batch, sex"),
        # Asked of one group alone.
        (["mild", "bad"] * 2 + [""] * 4, "Balanced enough over the compared groups: sex"),
    ],
)
def test_confounding_is_named(report: ContrastReport, batch: list[str], said: str) -> None:
    changed = replace(report, units=report.units.assign(batch=batch))
    assert describe_confounding(changed).en == said


def test_a_covariate_of_one_level_or_of_one_donor_each_is_not_checked(
    report: ContrastReport,
) -> None:
    units = report.units.assign(clone="c1+c2", well=[f"w{i}" for i in range(8)])
    assert list(cross_groups(replace(report, units=units))) == ["condition", "batch", "sex"]


def test_cramers_v_by_hand() -> None:
    assert cramers_v(pd.DataFrame([[4, 0], [0, 4]])) == pytest.approx(1)
    assert cramers_v(pd.DataFrame([[3, 1], [1, 3]])) == pytest.approx(0.5)
    assert cramers_v(pd.DataFrame([[4, 4]])) == 0


def test_null_share() -> None:
    uniform = pd.Series(np.linspace(0.0005, 0.9995, 1000))
    assert estimate_null_share(uniform, 0) == pytest.approx(1)
    assert estimate_null_share(uniform, 100) == pytest.approx(0.9)
    mixed = pd.concat([uniform, pd.Series([1e-5] * 1000)])
    assert estimate_null_share(mixed, 900) == pytest.approx(0.5)


def test_every_figure_sentence_names_these_data(report: ContrastReport) -> None:
    said = {name: text.en for name, text in describe_all(report).items()}
    sizes = report.units.set_index("unit")["library_size"]
    assert f"the smallest is {sizes.idxmin()}" in said["library"]
    assert "PC1" in said["pca"]
    assert "condition (R² 0.93" in said["pca"]
    assert "flagged as outliers: CT4" in said["distances"]
    assert said["pvalues"].startswith(("p-values pile up", "8", "9", "1"))
    assert "beyond what the design explains (dispersion" in said["dispersion"]
    assert set(said) >= {"library", "factors", "detected", "pca", "scree", "associations",
                         "distances", "biotypes", "pvalues", "ma", "dispersion"}  # fmt: skip


def test_an_effect_that_shrinks_without_one_donor_is_told(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    shrinks = report.theme_verdicts.assign(loo_least_share=0.31)
    whole, _, part = answer_themes(replace(report, theme_verdicts=shrinks))
    assert whole.overturn is not None
    assert "without WS2 only 31% of the effect is left" in whole.overturn.en
    assert "WS2を除くと効果の31%しか残らない" in whole.overturn.ja
    turns = report.theme_verdicts.assign(loo_least_share=-0.06)
    gone = answer_themes(replace(report, theme_verdicts=turns))[0].overturn
    assert gone is not None
    assert "without WS2 nothing of the mean change is left" in gone.en
    assert "The sign holds" not in gone.en
    assert part.overturn is not None
    assert "of the effect is left" not in part.overturn.en


def test_a_verdict_on_parts_is_overturned_by_its_sets(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    assert report.theme_sets is not None
    row = report.theme_verdicts.iloc[2]
    assert row["verdict"] == "component_specific"
    names = row["named_sets"].split(",")
    named = report.theme_sets[report.theme_sets["gene_set"].isin(names)]
    weakest = named.loc[named["loo_max_p"].idxmax()]
    part = answer_themes(report)[2].overturn
    assert part is not None
    assert part.en.startswith(
        "Every named set keeps its direction in each of 8 leave-one-donor-out"
    )
    assert (
        f"weakest is: {weakest['title']} (largest p = {format_p(weakest['loo_max_p'])})" in part.en
    )
    assert "two keys" not in part.en
    # A mixed verdict on a union that passed stands on that as well.
    mixed = report.theme_verdicts.assign(verdict="mixed", p_union=0.04)
    both = answer_themes(replace(report, theme_verdicts=mixed))[2].overturn
    assert both is not None
    assert both.en.startswith(part.en)
    assert "two keys" in both.en


def test_what_is_not_specific_is_not_told_what_it_would_have_shown(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    common = report.theme_verdicts.assign(
        verdict="not_theme_specific", p_donor=0.0014, p_ulm=0.71, detectable_effect=0.1
    )
    overturn = answer_themes(replace(report, theme_verdicts=common))[0].overturn
    assert overturn is not None
    assert "donor key holds (p = 0.0014)" in overturn.en
    assert "specificity key would have to hold as well (p = 0.71)" in overturn.en
    assert "power" not in overturn.en
    other = common.assign(p_ulm=0.0004, donor_direction="up", ulm_direction="down")
    overturn = answer_themes(replace(report, theme_verdicts=other))[0].overturn
    assert overturn is not None
    assert "points the other way (p = 0.0004) and would have to turn" in overturn.en
    assert "逆方向を指しており（p = 0.0004）" in overturn.ja


def test_an_effect_without_an_interval_shows_none(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    alone = report.theme_verdicts.assign(effect=0.32, effect_low=np.nan, effect_high=np.nan)
    facts = answer_themes(replace(report, theme_verdicts=alone))[0].facts
    assert facts[-1].en == "effect +0.32 log2, ×1.25"


def test_units_of_other_groups_help_only_where_something_was_fitted(
    report: ContrastReport,
) -> None:
    units = report.units.assign(group=["test"] * 3 + ["other"] + ["reference"] * 4)
    fitted = replace(report, units=units)
    assert (
        "Units of other groups that help to estimate the dispersion: 1."
        in describe_cohort(fitted).en
    )
    failed = replace(fitted, status={"status": "failed", "reasons": ["no residual"]})
    assert "other groups" not in describe_cohort(failed).en


def test_methods_hold_the_real_numbers(report: ContrastReport, factory: ModuleType) -> None:
    text = write_methods(report)
    counts = count_genes(report)
    for part in (
        "~ batch + condition", "as implemented in diffpath 0.1.0",
        "at least 10 counts in at least 4 units",
        f"{counts['up']} genes were higher and {counts['down']} lower", "10000 permutations",
        "The counts are simulated.", "with 5 residual degrees of freedom", "Snakemake on Python",
    ):  # fmt: skip
        assert part in text
    cited = [int(n) for n in __import__("re").findall(r"\[(\d+)", text)]
    assert cited == sorted(cited)
    assert cited[0] == 1
    named = replace(report, contrast={**report.contrast, "test": "W&S"})
    assert "We compared W&S with control" in write_methods(named)


def test_methods_of_a_refused_contrast_claim_no_test(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    refused = report.theme_verdicts.assign(status="refused", reason="group WS has 1 donor")
    text = write_methods(replace(report, theme_verdicts=refused))
    assert "were not tested, because group WS has 1 donor." in text
    assert "two keys" not in text
    assert "left out" not in text


def test_methods_of_uneven_groups_tell_the_share(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    assert "had to be left" not in write_methods(report)
    uneven = report.theme_verdicts.assign(n_test=3, n_reference=7)
    assert (
        "as one group has more than 2 times the donors of the other, at least 50% of the mean "
        "log2 fold change had to be left each time."
    ) in write_methods(replace(report, theme_verdicts=uneven))


def test_methods_say_what_mixed_means_where_a_theme_is(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    plain = report.theme_verdicts.assign(verdict="higher")
    assert "called mixed" not in write_methods(replace(report, theme_verdicts=plain))
    mixed = plain.assign(verdict=["mixed", *plain["verdict"][1:]])
    assert (
        "whose mean fold change has an interval around 0 and a passing set against it, is called "
        "mixed."
    ) in write_methods(replace(report, theme_verdicts=mixed))


def test_methods_name_the_engine_that_ran(report: ContrastReport) -> None:
    ours = write_methods(replace(report, cross_check=None))
    assert "DESeq2's method [1] as implemented in diffpath 0.1.0" in ours
    assert "pydeseq2" not in ours
    versions = {**report.provenance["versions"], "engine": "pydeseq2 0.5.4"}
    stock = replace(report, provenance={**report.provenance, "versions": versions})
    assert "expression was tested by pydeseq2 0.5.4 [1, 2]" in write_methods(stock)


def test_a_mean_that_may_be_nil_is_said(report: ContrastReport) -> None:
    assert report.theme_verdicts is not None
    sure = answer_themes(report)[0]
    verdicts = report.theme_verdicts.copy()
    verdicts.loc[0, "effect_low"] = -0.1
    unsure = answer_themes(replace(report, theme_verdicts=verdicts))[0]
    assert sure.overturn is not None
    assert unsure.overturn is not None
    assert "interval of the mean change includes 0" not in sure.overturn.en
    assert "interval of the mean change includes 0" in unsure.overturn.en
    assert "0を含む" in unsure.overturn.ja


def test_the_title_stands_once(report: ContrastReport) -> None:
    answer = answer_themes(report)[0]
    assert answer.sentence.en == "Theme genes higher in WS."
    assert not answer.sentence.ja.startswith(answer.title)
