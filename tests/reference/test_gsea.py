"""Our preranked GSEA against gseapy's multilevel method, within its noise from seed to seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gseapy
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from diffpath import deseq
from diffpath.enrich.gsea import run_gsea

Sets = dict[str, NDArray[np.intp]]
SEEDS = range(1, 9)


def simulated(_: Path) -> tuple[pd.Series, Sets]:
    """2,000 genes, 30 sets of which one is moved up and one down."""
    rng = np.random.default_rng(0)
    stat = pd.Series(rng.normal(size=2000), index=[f"G{i:05d}" for i in range(2000)])
    rng = np.random.default_rng(1)
    sets = {f"S{i}": np.sort(rng.choice(2000, 20 + i, replace=False)) for i in range(30)}
    stat.iloc[sets["S3"]] += 1.5
    stat.iloc[sets["S7"]] -= 1.5
    return stat, sets


def macrophage(shared: Path) -> tuple[pd.Series, Sets]:
    """Wald statistics of IFNg against naive, six donors each, and Hallmark."""
    folder = shared / "data" / "macrophage"
    counts = pd.read_csv(folder / "gene_counts_summed_rounded.tsv.gz", sep="\t", index_col=0)
    sheet = pd.read_csv(folder / "coldata.csv").set_index("names").loc[counts.columns]
    sheet = sheet[sheet["condition_name"].isin(["naive", "IFNg"])]
    counts = counts.loc[(counts[sheet.index] >= 10).sum(axis=1) >= 6, sheet.index]
    donors = pd.get_dummies(sheet["line_id"], drop_first=True, dtype=float).to_numpy()
    treated = sheet["condition_name"].eq("IFNg").to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(sheet)), donors, treated])
    test = deseq.wald_test(deseq.fit(counts.to_numpy().T, design), np.eye(design.shape[1])[-1])
    genes = pd.read_csv(shared / "annotation" / "grch38_genes.tsv.gz", sep="\t", dtype=str)
    symbol = genes.drop_duplicates("ensgene").set_index("ensgene")["symbol"]
    stat = pd.Series(test.stat, counts.index.str.split(".").str[0].map(symbol))
    stat = stat[stat.notna() & stat.index.notna()]
    stat = stat[~stat.index.duplicated()]
    place = {name: i for i, name in enumerate(stat.index)}
    sets = {}
    for line in (shared / "genesets" / "h.all.v7.0.symbols.gmt").read_text().splitlines():
        name, _, *members = line.split("\t")
        sets[name] = np.array(sorted(place[gene] for gene in set(members) & place.keys()))
    return stat, sets


def theirs_of(stat: pd.Series, sets: Sets, seed: int) -> pd.DataFrame:
    found = gseapy.prerank(
        stat.sort_values(ascending=False),
        {name: stat.index[rows].tolist() for name, rows in sets.items()},
        method="multilevel", permutation_num=5000, min_size=1, max_size=2000,
        seed=seed, threads=1, outdir=None, no_plot=True,
    ).res2d.set_index("Term")  # fmt: skip
    return found.loc[sorted(sets)]


@pytest.mark.parametrize("make", [simulated, macrophage])
def test_agrees_with_gseapy_within_its_noise(
    make: Callable[[Path], tuple[pd.Series, Sets]], request: pytest.FixtureRequest
) -> None:
    stat, sets = make(request.getfixturevalue("shared") if make is macrophage else Path())
    ours = run_gsea(stat, sets, "toy", permutations=5000).set_index("gene_set")
    runs = [theirs_of(stat, sets, seed) for seed in SEEDS]
    np.testing.assert_allclose(ours["es"], runs[0]["ES"].astype(float), rtol=1e-9)
    for mine, name in (
        (np.log(ours["pvalue"]), "NOM p-val"),
        (np.log(ours["nes"].abs()), "NES"),
    ):
        each = np.log(np.abs([run[name].to_numpy(dtype=float) for run in runs]))
        # The spread of eight runs is itself uncertain: that of all sets is its floor.
        spread = each.std(axis=0, ddof=1)
        spread = np.maximum(spread, np.median(spread))
        apart = np.abs(mine - each.mean(axis=0)) / spread
        print(make.__name__, name, "largest difference in standard deviations", apart.max())
        assert (apart < 4).all()
    edges = runs[0]["Lead_genes"].str.replace(";", ",")
    assert ours["leading_edge"].tolist() == edges.tolist()
