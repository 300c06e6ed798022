"""The simulated cohort: reproducible, labelled, of the intended shape, with a truth that holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from diffpath.gene_sets import read_collection
from diffpath.simulate import (
    THEMES,
    Cohort,
    draw_counts,
    simulate_cohort,
    write_cohort,
)
from diffpath.tables import conform, read_table
from diffpath.tables.simulated import (
    SIMULATED_ANNOTATION,
    SIMULATED_COUNTS,
    SIMULATED_SAMPLES,
    TRUTH,
    TRUTH_SETS,
)

FILES = ["annotation.tsv.gz", "counts.tsv.gz", "samples.tsv", "truth.tsv", "truth_sets.tsv"]


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    """Return the demo cohort as the workflow makes it."""
    return simulate_cohort(seed=1)


def log_cpm(cohort: Cohort) -> pd.DataFrame:
    """Return symbols × samples, log2 of counts per million + 0.5."""
    cpm = cohort.counts / cohort.counts.sum() * 1e6
    return np.log2(cpm.set_index(pd.Index(cohort.annotation["symbol"])) + 0.5)


def ratios(cohort: Cohort) -> pd.Series:
    """Return log2 WS/control per symbol from donor sums, against the median gene."""
    donor_sums = cohort.counts.T.groupby(cohort.samples["donor"].to_numpy()).sum().T
    values = np.log2(donor_sums / donor_sums.sum() * 1e6 + 0.5)
    ill = values.columns.str.startswith("SIM-WS")
    ratio = values.loc[:, ill].mean(axis=1) - values.loc[:, ~ill].mean(axis=1)
    ratio -= ratio[(donor_sums >= 100).all(axis=1)].median()
    return pd.Series(ratio.to_numpy(), index=cohort.annotation["symbol"].to_numpy())


def residuals(cohort: Cohort) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return donors × genes without group and batch means, and which genes have many counts."""
    sheet = cohort.samples.drop_duplicates("donor")
    donor_sums = cohort.counts.T.groupby(cohort.samples["donor"].to_numpy()).sum()
    values = np.log2(donor_sums.div(donor_sums.sum(axis=1), axis=0) * 1e6 + 0.5)
    values = values.loc[sheet["donor"]]
    cells = (sheet["condition"] + sheet["batch"]).to_numpy()
    rest = values - values.groupby(cells).transform("mean")
    return rest.to_numpy(), (donor_sums.mean() >= 200).to_numpy()


def test_same_seed_same_cohort(cohort: Cohort) -> None:
    again = simulate_cohort(seed=1)
    pd.testing.assert_frame_equal(cohort.counts, again.counts)
    pd.testing.assert_frame_equal(cohort.truth, again.truth)
    other = simulate_cohort(seed=2)
    assert (cohort.counts != other.counts).to_numpy().mean() > 0.5


def test_files_are_the_same_bytes_each_time(cohort: Cohort, tmp_path: Path) -> None:
    write_cohort(cohort, tmp_path / "one")
    write_cohort(simulate_cohort(seed=1), tmp_path / "two")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == FILES
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_files_are_what_is_declared(cohort: Cohort, tmp_path: Path) -> None:
    write_cohort(cohort, tmp_path / "demo")
    counts = read_table(tmp_path / "demo/counts.tsv.gz", SIMULATED_COUNTS).set_index("gene_id")
    assert (counts.astype("int64") == cohort.counts).to_numpy().all()
    for name, table in [
        ("annotation.tsv.gz", SIMULATED_ANNOTATION),
        ("samples.tsv", SIMULATED_SAMPLES),
        ("truth.tsv", TRUTH),
        ("truth_sets.tsv", TRUTH_SETS),
    ]:
        assert len(read_table(tmp_path / "demo" / name, table))


def test_everything_is_labelled_as_simulated(cohort: Cohort) -> None:
    assert cohort.counts.columns.str.startswith("SIM-").all()
    assert cohort.samples["donor"].str.startswith("SIM-").all()
    assert cohort.counts.index.str.startswith("SIMG").all()
    assert cohort.counts.columns.tolist() == cohort.samples["sample"].tolist()
    assert cohort.counts.index.tolist() == cohort.annotation["gene_id"].tolist()


def test_design_is_balanced(cohort: Cohort) -> None:
    sheet = cohort.samples.drop_duplicates("donor")
    assert cohort.samples.groupby("donor").size().tolist() == [2] * 8
    for column in ("batch", "sex", "passage"):
        table = pd.crosstab(sheet["condition"], sheet[column])
        assert (table == 2).all(axis=None), column
        assert (cohort.samples.groupby("donor")[column].nunique() == 1).all()


def test_counts_look_like_bulk_libraries(cohort: Cohort) -> None:
    assert cohort.counts.shape == (18_000, 16)
    assert (cohort.counts.dtypes == "int64").all()
    assert cohort.counts.sum().between(11.5e6, 25.5e6).all()
    assert (cohort.counts >= 10).sum().between(13_000, 15_000).all()
    share = cohort.counts.groupby(cohort.annotation["biotype"].to_numpy()).sum().sum(axis=1)
    share /= share.sum()
    assert share["protein_coding"] > 0.9
    assert share["rRNA"] < 0.001
    top = log_cpm(cohort).mean(axis=1).nlargest(40).index
    assert {"COL1A1", "VIM"} <= set(top)


def test_each_real_symbol_stands_once(cohort: Cohort) -> None:
    assert not cohort.annotation["symbol"].duplicated().any()
    for symbol in ("THY1", "NT5E", "ENG", "PTPRC", "WRN", "XIST", "UTY", "MT-CO1", "RNA5S1"):
        assert symbol in set(cohort.annotation["symbol"])


def test_clones_of_a_donor_resemble_each_other(cohort: Cohort) -> None:
    values = log_cpm(cohort)[(cohort.counts.mean(axis=1) >= 200).to_numpy()].to_numpy()
    donor = pd.factorize(cohort.samples["donor"])[0]
    means = np.stack([values[:, donor == d].mean(axis=1) for d in range(8)], axis=1)
    sheet = cohort.samples.drop_duplicates("donor")
    cell = pd.factorize(sheet["condition"] + sheet["batch"])[0]
    centred = (
        means - np.stack([means[:, cell == c].mean(axis=1) for c in range(4)], axis=1)[:, cell]
    )
    between = 2 * (centred**2).sum(axis=1).mean() / 4
    within = ((values - means[:, donor]) ** 2).sum(axis=1).mean() / 8
    assert 0.7 < (between - within) / (between + within) < 0.9


def test_genes_of_a_set_go_together_a_little() -> None:
    found = []
    for seed in (1, 2, 3):
        cohort = simulate_cohort(seed)
        rest, many = residuals(cohort)
        unit = rest[:, many] / np.sqrt((rest[:, many] ** 2).sum(axis=0))
        position = {s: i for i, s in enumerate(cohort.annotation["symbol"][many])}
        for _, members in cohort.truth.dropna(subset="gene_set").groupby("gene_set"):
            columns = [position[s] for s in members["symbol"] if s in position]
            n = len(columns)
            total = (unit[:, columns].sum(axis=1) ** 2).sum()
            found.append((total - n) / (n * (n - 1)))
    assert 0.03 < np.mean(found) < 0.08


def test_sex_genes_fit_the_sheet(cohort: Cohort) -> None:
    counts = cohort.counts.set_axis(cohort.annotation["symbol"])
    male = (cohort.samples["sex"] == "male").to_numpy()
    assert counts.loc["XIST", ~male].min() > 500
    assert counts.loc["XIST", male].max() < 10
    y_genes = counts.loc[["RPS4Y1", "DDX3Y", "UTY", "KDM5D", "EIF1AY"]]
    assert y_genes.loc[:, male].min(axis=None) > 50
    assert y_genes.loc[:, ~male].max(axis=None) < 10


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_named_genes_show_the_published_ratios(seed: int) -> None:
    ratio = ratios(simulate_cohort(seed))
    assert 5.5 < 2 ** ratio["IL1B"] < 9
    assert -1.4 < ratio["WRN"] < -0.6
    assert ratio["CDKN2A"] > 1.5
    assert ratio["CDKN1A"] > 0.9
    assert ratio["LMNB1"] < -0.8
    assert ratio["COL1A1"] < -0.6


def test_truth_is_recovered_by_plain_ratios(cohort: Cohort) -> None:
    genes = cohort.truth.drop_duplicates("symbol").set_index("symbol")
    ratio = ratios(cohort)
    planted = genes.index[genes["planted"]]
    assert 450 < len(planted) < 700
    assert np.corrcoef(genes.loc[planted, "log2_fold_change"], ratio[planted])[0, 1] > 0.95
    error = ratio[planted] - genes.loc[planted, "log2_fold_change"]
    assert abs(error.mean()) < 0.05


def test_sets_move_as_the_truth_says(cohort: Cohort) -> None:
    ratio = ratios(cohort)
    expressed = set(ratio.index[(cohort.counts.mean(axis=1) >= 20).to_numpy()])
    sets = cohort.truth_sets.set_index("gene_set")
    members = cohort.truth.dropna(subset="gene_set").groupby("gene_set")["symbol"]
    means = members.apply(lambda s: ratio[[gene for gene in s if gene in expressed]].mean())
    assert (means[sets.index[sets["changed"] == "up"]] > 0.25).all()
    assert (means[sets.index[sets["changed"] == "down"]] < -0.25).all()
    untouched = sets.index[(sets["changed"] == "none") & (sets["n_planted"] == 0)]
    assert len(untouched) >= 10
    assert means[untouched].abs().max() < 0.25


def test_truth_lists_every_gene_of_every_set(cohort: Cohort, root: Path) -> None:
    truth, sets = conform(cohort.truth, TRUTH), conform(cohort.truth_sets, TRUTH_SETS)
    expected = {
        (gene_set.name, gene)
        for theme in THEMES
        for gene_set in read_collection(root / f"resources/themes/{theme}.tsv", theme)[0].sets
        for gene in gene_set.genes
    }
    inside = truth.dropna(subset="gene_set")
    assert set(zip(inside["gene_set"], inside["symbol"], strict=True)) == expected
    assert (truth["planted"] == (truth["log2_fold_change"] != 0)).all()
    outside = truth[truth["gene_set"].isna()]
    assert outside["planted"].all()
    assert (outside["log2_fold_change"] > 0).mean() == pytest.approx(0.5, abs=0.1)
    assert sets["gene_set"].nunique() == len({name for name, _ in expected})
    changed = sets[sets["changed"] != "none"].groupby("theme").size()
    assert changed.to_dict() == {"calcium": 2, "ecm": 2, "inflammation": 2, "senescence": 3}
    assert (sets["changed"] == "none").mean() > 0.8


def test_other_sizes() -> None:
    cohort = simulate_cohort(1, n_genes=6_000, donors=3, clones=1)
    assert cohort.counts.shape == (6_000, 6)
    assert cohort.samples["batch"].tolist() == ["b1", "b1", "b2"] * 2


def test_too_few_genes_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"n_genes is 2000; the themes and the background need \d+"
    ):
        simulate_cohort(1, n_genes=2_000)


def test_counts_have_the_negative_binomial_variance() -> None:
    mean = np.array([5.0, 50.0, 5000.0])
    dispersion = np.array([0.6, 0.1, 0.01])
    draws = draw_counts(np.random.default_rng(1), np.tile(mean, (40_000, 1)), dispersion)
    np.testing.assert_allclose(draws.mean(axis=0), mean, rtol=0.02)
    np.testing.assert_allclose(draws.var(axis=0), mean + dispersion * mean**2, rtol=0.05)
