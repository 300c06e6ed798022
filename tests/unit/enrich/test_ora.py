import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from diffpath.enrich.ora import run_ora
from diffpath.tables import ORA, conform


def universe() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 400
    return pd.DataFrame(
        {
            "symbol": [f"G{i:03d}" for i in range(n)],
            "log2FoldChange": rng.normal(size=n),
            "padj": np.where(rng.uniform(size=n) < 0.2, 0.01, 0.5),
        }
    )


def test_agrees_with_fisher_and_counts_every_set() -> None:
    genes = universe()
    sets = {f"S{i}": np.arange(i * 10, i * 10 + 25) for i in range(5)}
    up = (genes["padj"] < 0.05) & (genes["log2FoldChange"] > 0)
    sets["NONE"] = genes.index[~up][:12].to_numpy()
    table = run_ora(genes, sets, "toy")
    assert len(table) == 12
    for _, row in table[table["direction"] == "up"].iterrows():
        member = genes.index.isin(sets[row["gene_set"]])
        counts = [[(member & up).sum(), (member & ~up).sum()],
                  [(~member & up).sum(), (~member & ~up).sum()]]  # fmt: skip
        assert row["n_overlap"] == counts[0][0]
        expected = fisher_exact(counts, alternative="greater").pvalue
        assert row["pvalue"] == pytest.approx(expected, rel=1e-9)
    none = table[(table["gene_set"] == "NONE") & (table["direction"] == "up")]
    assert none["pvalue"].item() == 1.0
    assert none["n_overlap"].item() == 0
    conform(table, ORA)


def test_missing_padj_is_not_significant() -> None:
    genes = universe()
    genes.loc[:20, "padj"] = np.nan
    table = run_ora(genes, {"S": np.arange(21)}, "toy")
    assert table["n_overlap"].tolist() == [0, 0]
