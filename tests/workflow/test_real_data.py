"""The ready configs for real counts, run to their reports."""

from __future__ import annotations

import subprocess
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from diffpath.tables import (
    GSEA,
    RESULTS,
    STATUS,
    THEME_SETS,
    THEME_VERDICTS,
    read_table,
)
from tests.workflow.conftest import ROOT, Project

R_SCRIPT = """
suppressMessages(library(DESeq2))
files <- commandArgs(TRUE)
counts <- as.matrix(read.csv(files[1], row.names = 1, check.names = FALSE))
units <- read.csv(files[2], row.names = 1)
units$donor <- factor(units$donor)
units$condition <- factor(units$condition)
data <- DESeqDataSetFromMatrix(counts, units, ~ donor + condition)
fit <- results(DESeq(data, quiet = TRUE), contrast = c("condition", "IFNg", "naive"))
write.csv(as.data.frame(fit), files[3])
"""


def run_cohort(name: str, shared: Path, folder: Path) -> Path:
    """Run a ready config in a folder of its own; return its results."""
    work = folder / "main"
    work.mkdir()
    (folder / "shared").symlink_to(shared)
    (work / "config").symlink_to(ROOT / "config")
    config = work / "config" / name / "config.yaml"
    project = Project(work, config)
    project.run()
    assert (work / "results" / name / "index.html").stat().st_size > 100_000
    return work / "results" / name


@pytest.fixture(scope="module")
def macrophage(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_cohort("macrophage", shared, tmp_path_factory.mktemp("macrophage"))


def test_interferon_arm_agrees_with_r_deseq2(
    macrophage: Path, rscript: str, tmp_path: Path
) -> None:
    folder = macrophage / "contrasts" / "IFNg_vs_naive"
    ours = read_table(folder / "results.tsv.gz", RESULTS).set_index("gene_id")
    units = anndata.read_h5ad(folder / "units.h5ad")
    kept = units.var["kept"].to_numpy()
    counts = pd.DataFrame(units.X[:, kept].T, units.var_names[kept], units.obs_names)
    counts.to_csv(tmp_path / "counts.csv")
    units.obs[["donor", "condition"]].to_csv(tmp_path / "units.csv")
    (tmp_path / "fit.R").write_text(R_SCRIPT)
    files = [str(tmp_path / name) for name in ("fit.R", "counts.csv", "units.csv", "r.csv")]
    subprocess.run([rscript, *files], check=True, capture_output=True)
    theirs = pd.read_csv(tmp_path / "r.csv", index_col=0)
    both = ours.loc[theirs.index]
    called, expected = both["padj"] < 0.05, theirs["padj"] < 0.05
    apart = ~np.isclose(both["log2FoldChange"], theirs["log2FoldChange"], rtol=1e-3, atol=0)
    # R ends its bounded search loosely in genes whose counts leave the estimate open: two of
    # 16,043 here, of standard error 2.5.
    print("genes apart by over a thousandth:", list(both.index[apart]))
    assert apart.sum() <= 1e-3 * len(both)
    assert (both.loc[apart, "lfcSE"] > 2).all()
    print(f"genes at padj < .05: ours {called.sum()}, R DESeq2 {expected.sum()}")
    assert (called == expected).all()
    by_symbol = both.reset_index().set_index("symbol")["log2FoldChange"]
    for symbol, size in {"CXCL9": 10.8, "IDO1": 10.3, "STAT1": 3.2}.items():
        print(symbol, round(by_symbol[symbol], 3))
        assert by_symbol[symbol] == pytest.approx(size, abs=0.1)


def test_interferon_arm_is_led_by_an_interferon_set(macrophage: Path) -> None:
    folder = macrophage / "contrasts" / "IFNg_vs_naive"
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS).set_index("theme")
    assert verdicts.loc["inflammation", "verdict"] == "higher"
    assert verdicts.loc["inflammation", "p_holm"] < 1e-3
    sets = read_table(folder / "themes" / "sets.tsv", THEME_SETS)
    own = sets[sets["theme"] == "inflammation"].sort_values("p_two_key")
    assert "INTERFERON" in own["gene_set"].iloc[0]
    gsea = read_table(folder / "enrichment" / "inflammation.gsea.tsv", GSEA)
    assert "INTERFERON" in gsea.sort_values("nes")["gene_set"].iloc[-1]
    hallmark = read_table(folder / "enrichment" / "hallmark.gsea.tsv", GSEA)
    assert "INTERFERON" in hallmark.sort_values("nes")["gene_set"].iloc[-1]


def test_salmonella_arms_have_their_known_genes(macrophage: Path) -> None:
    results = read_table(
        macrophage / "contrasts" / "SL1344_vs_naive" / "results.tsv.gz", RESULTS
    ).set_index("symbol")
    for symbol in ("CCL20", "IL6", "TNF", "CXCL8"):
        assert results.loc[symbol, "log2FoldChange"] > 6
        assert results.loc[symbol, "padj"] < 1e-6


def test_strain_on_three_donors(shared: Path, tmp_path: Path) -> None:
    results = run_cohort("ipsc_msc_chondrocyte_strain", shared, tmp_path)
    status = read_table(results / "contrasts" / "strain_vs_unstrained" / "status.tsv", STATUS).iloc[
        0
    ]
    assert status["fitted"]
    assert (status["n_test"], status["n_reference"], status["residual_df"]) == (3, 3, 2)
    alone = results / "contrasts" / "NA19160_vs_NA18855"
    assert not read_table(alone / "status.tsv", STATUS)["fitted"].iloc[0]
    verdicts = read_table(alone / "themes" / "verdicts.tsv", THEME_VERDICTS)
    assert set(verdicts["verdict"]) == {"refused"}
    assert verdicts["p_holm"].isna().all()
    assert verdicts["reason"].str.contains("NA19160").all()
    assert "NA19160" in (alone / "report.html").read_text()


def test_infection_in_25_donors(shared: Path, tmp_path: Path) -> None:
    results = run_cohort("tb_dendritic_cells", shared, tmp_path)
    folder = results / "contrasts" / "infected_vs_not"
    status = read_table(folder / "status.tsv", STATUS).iloc[0]
    assert (status["n_test"], status["n_reference"], status["residual_df"]) == (25, 25, 24)
    assert status["n_up"] > 4000
    assert status["n_down"] > 4000
    genes = read_table(folder / "results.tsv.gz", RESULTS).set_index("symbol")
    for symbol, size in {"CXCL10": 7.5, "CXCL8": 5.6, "IL1B": 5.0, "TNF": 2.3}.items():
        assert genes.loc[symbol, "log2FoldChange"] == pytest.approx(size, abs=0.5)
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS).set_index("theme")
    assert verdicts.loc["inflammation", "verdict"] == "higher"
    assert verdicts.loc["inflammation", "loo_n"] == 25
