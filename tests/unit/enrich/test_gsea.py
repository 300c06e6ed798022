from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from diffpath.enrich import null, null_numba, null_numpy
from diffpath.enrich.gsea import leading_edge, run_gsea, running_score
from diffpath.tables import GSEA, conform


def ranking(n: int = 2000, seed: int = 0) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(rng.normal(size=n), index=[f"G{i:05d}" for i in range(n)])


def some_sets(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {f"S{i}": np.sort(rng.choice(n, 20 + i, replace=False)) for i in range(30)}


def test_what_was_planted_is_found() -> None:
    stat = ranking()
    sets = some_sets(len(stat))
    stat.iloc[sets["S3"]] += 1.5
    stat.iloc[sets["S7"]] -= 1.5
    ours = run_gsea(stat, sets, "toy", permutations=5000).set_index("gene_set")
    assert ours["padj"].idxmin() in ("S3", "S7")
    assert (ours.loc[["S3", "S7"], "padj"] < 1e-3).all()
    assert np.sign(ours.loc[["S3", "S7"], "nes"]).tolist() == [1, -1]
    assert (ours["pvalue"] > 0).all()
    conform(ours.reset_index(), GSEA)


def test_a_set_alone_has_the_answer_it_has_among_others() -> None:
    stat = ranking()
    sets = some_sets(len(stat))
    sets |= {f"T{i}": np.sort(rows[:20]) for i, rows in enumerate(sets.values())}
    for i, name in enumerate(["T1", "T2", "T3", "S4"]):
        stat.iloc[sets[name]] += 0.6 * (i + 1) * (-1) ** i
    whole = run_gsea(stat, sets, "toy", permutations=1000, threads=2).drop(columns="padj")
    assert (whole["pvalue"] < 0.001).sum() >= 3
    for name in ("T1", "T2", "T3", "S4", "S9"):
        other = {"renamed": sets[name]}
        alone = run_gsea(stat, other, "toy", permutations=1000).drop(columns="padj")
        mine = whole[whole["gene_set"] == name].assign(gene_set="renamed")
        pd.testing.assert_frame_equal(alone, mine.reset_index(drop=True), check_exact=True)


def test_plain_path_gives_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    stat = ranking(300)
    stat.iloc[::7] = 0.0
    sets = {f"S{i}": rows[rows < 300] for i, rows in enumerate(some_sets(1000).values())}
    stat.iloc[sets["S5"]] += 3
    stat.iloc[sets["S6"]] -= 3
    compiled = run_gsea(stat, sets, "toy", permutations=1000)
    assert null._kernels() is null_numba
    monkeypatch.setattr(null, "_kernels", lambda: null_numpy)
    plain = run_gsea(stat, sets, "toy", permutations=1000)
    pd.testing.assert_frame_equal(compiled, plain, check_exact=True)
    assert compiled["pvalue"].min() < 1e-3


def test_small_p_is_that_of_all_subsets() -> None:
    stat = ranking(24, seed=5).sort_values(ascending=False)
    weights = null.make_weights(stat.to_numpy())
    every = np.array([
        null.score(weights, np.array(rows)) for rows in combinations(range(24), 4)
    ])  # fmt: skip
    score = np.where(every[:, 0] >= every[:, 1], every[:, 0], -every[:, 1])
    for rows in ([0, 1, 2, 5], [0, 1, 2, 3], [19, 21, 22, 23], [3, 9, 14, 20]):
        peak, trough = null.score(weights, np.array(rows))
        up = peak >= trough
        same = score[(score >= 0) == up]
        exact = (same >= peak).mean() if up else (same <= -trough).mean()
        found = [
            run_gsea(stat, {"a": np.array(rows)}, "toy", permutations=1000, seed=seed)["pvalue"][0]
            for seed in range(40)
        ]
        error = np.std(found, ddof=1) / np.sqrt(len(found))
        # +1 in numerator and denominator adds up to a thousandth.
        assert abs(np.mean(found) - exact) < 4 * error + 0.002 * exact + 1e-6, rows


def test_p_of_random_sets_is_uniform() -> None:
    stat = ranking(3000, seed=9)
    rng = np.random.default_rng(4)
    sets = {f"S{i}": rng.choice(3000, 15 + i % 40, replace=False) for i in range(2000)}
    p = run_gsea(stat, sets, "toy", permutations=5000)["pvalue"]
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert stats.binomtest(int((p < 0.01).sum()), len(p), 0.01).pvalue > 0.001


def test_order_of_genes_and_sets_changes_nothing() -> None:
    stat = ranking()
    stat.iloc[::5] = 0.25  # ties
    sets = some_sets(len(stat))
    first = run_gsea(stat, sets, "toy", permutations=1000)
    order = np.random.default_rng(2).permutation(len(stat))
    back = np.argsort(order)
    mixed = {name: back[rows] for name, rows in reversed(sets.items())}
    pd.testing.assert_frame_equal(
        first, run_gsea(stat.iloc[order], mixed, "toy", permutations=1000)
    )


def test_running_score_by_hand() -> None:
    values = np.array([3.0, 2.0, 1.0, -1.0, -2.0])
    np.testing.assert_allclose(
        running_score(values, np.array([0, 3])),
        [[0.0, 0.75], [0.75 - 2 / 3, 1 - 2 / 3]],
    )
    assert leading_edge(values, np.array([0, 3])).tolist() == [0]
    assert leading_edge(values, np.array([4, 3])).tolist() == [4, 3]


def test_a_bad_ranking_is_refused() -> None:
    stat = ranking(10)
    stat.iloc[0] = np.inf
    with pytest.raises(ValueError, match="missing or infinite"):
        run_gsea(stat, {"a": np.array([1, 2])}, "toy")
    double = pd.Series([1.0, 2.0], index=["a", "a"])
    with pytest.raises(ValueError, match="a symbol twice"):
        run_gsea(double, {"a": np.array([0])}, "toy")


def test_a_bad_set_and_too_few_permutations_are_refused() -> None:
    for rows in ([], [1, 1]):
        with pytest.raises(ValueError, match="a is empty or names a gene twice"):
            run_gsea(ranking(10), {"a": np.array(rows, dtype=int)}, "toy")
    with pytest.raises(ValueError, match="1000 permutations are needed, not 10"):
        run_gsea(ranking(10), {"a": np.array([1])}, "toy", permutations=10)


def test_no_set_gives_an_empty_table() -> None:
    assert run_gsea(ranking(10), {}, "toy").columns.tolist() == GSEA.names
