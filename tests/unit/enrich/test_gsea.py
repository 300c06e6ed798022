import gseapy
import numpy as np
import pandas as pd
import pytest

from diffpath.enrich.gsea import leading_edge, run_gsea, running_score
from diffpath.tables import GSEA, conform


def ranking(n: int = 2000, seed: int = 0) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(rng.normal(size=n), index=[f"G{i:05d}" for i in range(n)])


def some_sets(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {f"S{i}": np.sort(rng.choice(n, 20 + i, replace=False)) for i in range(30)}


def test_agrees_with_gseapy_and_finds_what_was_planted() -> None:
    stat = ranking()
    sets = some_sets(len(stat))
    stat.iloc[sets["S3"]] += 1.5
    stat.iloc[sets["S7"]] -= 1.5
    ours = run_gsea(stat, sets, "toy", permutations=2000).set_index("gene_set")
    theirs = gseapy.prerank(
        stat.sort_values(ascending=False),
        {name: stat.index[rows].tolist() for name, rows in sets.items()},
        method="multilevel", permutation_num=2000, min_size=1, max_size=2000,
        seed=1, threads=1, outdir=None, no_plot=True,
    ).res2d.set_index("Term")  # fmt: skip
    for ours_name, name in (("es", "ES"), ("nes", "NES"), ("pvalue", "NOM p-val")):
        np.testing.assert_allclose(
            ours[ours_name], theirs.loc[ours.index, name].astype(float), rtol=1e-9
        )
    edges = theirs.loc[ours.index, "Lead_genes"].str.replace(";", ",")
    assert ours["leading_edge"].tolist() == edges.tolist()
    assert ours["padj"].idxmin() in ("S3", "S7")
    assert (ours.loc[["S3", "S7"], "padj"] < 1e-3).all()
    assert np.sign(ours.loc[["S3", "S7"], "nes"]).tolist() == [1, -1]
    assert (ours["pvalue"] > 0).all()
    conform(ours.reset_index(), GSEA)


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


def test_no_set_gives_an_empty_table() -> None:
    assert run_gsea(ranking(10), {}, "toy").columns.tolist() == GSEA.names
