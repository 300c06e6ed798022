"""fry, camera and cameraPR against limma: kept values, and limma itself on real data."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from diffpath.enrich.camera import estimate_correlation, run_camera, run_preranked
from diffpath.enrich.fry import run_fry
from diffpath.enrich.linear import (
    log_cpm,
    moderated_t,
    rotate,
    squeeze_variances,
    weight_matrix,
)
from diffpath.enrich.ulm import run_ulm
from diffpath.gene_sets import read_collection, tested_sets
from diffpath.normalize import keep_genes, size_factors

Array = NDArray[np.float64]
HERE = Path(__file__).parent
ONE, GROUP = np.ones(8), np.repeat([0.0, 1.0], 4)
PAIRS = np.tile(np.eye(4)[:, 1:], (2, 1))
DESIGNS = {
    "two": np.column_stack([ONE, GROUP]),
    "batch": np.column_stack([ONE, np.tile([0.0, 1.0], 4), GROUP]),
    "paired": np.column_stack([ONE, PAIRS, GROUP]),
}


def make_values() -> Array:
    """Return units × genes by the formula in limma.R."""
    i, j = np.arange(1, 301)[None, :], np.arange(1, 9)[:, None]
    return np.asarray(
        (0.4 + 1.6 * np.abs(np.sin(2.1 * i)) ** 3) * np.sin(5.7 * i + 2.3 * j * j + 0.11 * i * j)
        + 0.7 * (i % 9 == 0) * (j > 4)
        + 0.4 * np.cos(0.05 * i) * np.cos(1.9 * j)
    )


def compare(values: Array, design: Array, weights: csr_array, kept: pd.DataFrame) -> float:
    """Return the largest relative error over all methods and sets."""
    contrast = np.zeros(design.shape[1])
    contrast[-1] = 1.0
    effects = rotate(values, design, contrast)
    t, _ = moderated_t(effects)
    fry = run_fry(effects, weights)
    variances = (effects.residual**2).mean(axis=0)
    _, prior_df, prior = squeeze_variances(variances, effects.df)
    ours = {
        "camera": run_camera(effects, weights).p,
        "correlation": estimate_correlation(effects, weights),
        "camera_fixed": run_camera(effects, weights, 0.01).p,
        "fry": fry.p,
        "preranked": run_preranked(t, weights, 0.05).p,
        "ulm": run_ulm(t, weights).p,
        "prior_df": np.full(len(kept), prior_df),
        "prior_variance": np.full(len(kept), prior),
    }
    assert [("Down", "Up")[int(sign > 0)] for sign in fry.t] == kept["direction"].tolist()
    # limma's smallest p is 0 by underflow where ours is the smallest double.
    errors = [
        np.abs(ours[name] / kept[name].to_numpy() - 1)[kept[name].to_numpy() > 1e-300]
        for name in ours
        if name != "correlation"
    ]
    errors.append(np.abs(ours["correlation"] - kept["correlation"].to_numpy()))
    return float(np.concatenate(errors).max())


@pytest.mark.parametrize("design", DESIGNS)
def test_formula_made_data(design: str) -> None:
    kept = pd.read_csv(HERE / "limma.csv", skipinitialspace=True)
    kept = kept[kept["design"] == design].reset_index(drop=True)
    sets = [np.arange(15), np.arange(8, 270, 9), np.arange(59, 160), np.array([8, 199])]
    weights = weight_matrix(sets, 300)
    assert compare(make_values(), DESIGNS[design], weights, kept) < 1e-6


@pytest.mark.parametrize("design", DESIGNS)
def test_shared_reference(design: str, shared: Path) -> None:
    i, j = np.arange(1, 201)[None, :], np.arange(1, 9)[:, None]
    values = (
        np.sin(7.3 * i + 1.7 * j * j)
        + 0.5 * np.cos(0.61 * i * j)
        + 0.8 * (i <= 20) * (j > 4)
        + 0.3 * np.sin(i) * (j % 2 == 0)
    )
    sets = [np.arange(20), np.arange(10, 60), np.arange(100, 140), np.arange(4, 200, 5)]
    kept = pd.read_csv(shared / "reference/limma_3.54.1_reference.csv")
    kept = kept[kept["design"] == design].reset_index(drop=True)
    names = {"cam_est": "camera", "cor": "correlation", "cam_01": "camera_fixed"}
    names |= {"dir": "direction", "pr05": "preranked", "pr0": "ulm", "df_prior": "prior_df"}
    kept = kept.rename(columns={**names, "s2_prior": "prior_variance"})
    kept["prior_df"] = 1.0  # infinite in both, checked below
    weights = weight_matrix(sets, 200)
    contrast = np.zeros(DESIGNS[design].shape[1])
    contrast[-1] = 1.0
    effects = rotate(values, DESIGNS[design], contrast)
    t, prior_df = moderated_t(effects)
    assert prior_df == effects.df * 200
    own = run_preranked(t, weights, np.array([0.01, 0.02, 0.05, 0.1])).p
    np.testing.assert_allclose(own, kept["prvec"], rtol=1e-6)
    fry, camera = run_fry(effects, weights), run_camera(effects, weights)
    np.testing.assert_allclose(fry.p, kept["fry"], rtol=1e-6)
    np.testing.assert_allclose(camera.p, kept["camera"], rtol=1e-6)
    np.testing.assert_allclose(
        run_camera(effects, weights, 0.01).p, kept["camera_fixed"], rtol=1e-6
    )
    np.testing.assert_allclose(run_preranked(t, weights).p, kept["ulm"], rtol=1e-6)
    np.testing.assert_allclose(run_ulm(t, weights).p, kept["ulm"], rtol=1e-6)
    np.testing.assert_allclose(
        estimate_correlation(effects, weights), kept["correlation"], rtol=1e-6
    )


def test_limma_on_macrophages(shared: Path, rscript: str, tmp_path: Path) -> None:
    folder = shared / "data/macrophage"
    sheet = pd.read_csv(folder / "coldata.csv", index_col=0)
    sheet = sheet[sheet["condition_name"].isin(["naive", "IFNg"])]
    counts = pd.read_csv(folder / "gene_counts_summed_rounded.tsv.gz", sep="\t", index_col=0)
    counts = counts[sheet.index].T
    counts = counts.loc[:, keep_genes(counts.to_numpy(), 10, 6)]
    annotation = pd.read_csv(shared / "annotation/grch38_genes.tsv.gz", sep="\t", dtype=str)
    symbols = annotation.drop_duplicates("ensgene").set_index("ensgene")["symbol"]
    symbols = symbols.reindex(counts.columns.str.replace(r"\.\d+$", "", regex=True))
    usable = (symbols.notna() & ~symbols.duplicated()).to_numpy()
    values = log_cpm(counts.to_numpy(), size_factors(counts.to_numpy()))[:, usable]
    names = symbols[usable].tolist()
    donors = pd.get_dummies(sheet["line_id"], dtype=float).to_numpy()
    design = np.column_stack([donors, sheet["condition_name"] == "IFNg"]).astype(float)
    collection, _ = read_collection(shared / "genesets/h.all.v7.0.symbols.gmt", "hallmark")
    sets = tested_sets(collection, names, 10, 500)
    assert len(sets) == 50

    pd.DataFrame(values.T, names).to_csv(tmp_path / "values.tsv", sep="\t")
    pd.DataFrame(design).to_csv(tmp_path / "design.tsv", sep="\t", index=False)
    lines = ["\t".join([k, "", *(names[i] for i in where)]) for k, where in sets.items()]
    (tmp_path / "sets.gmt").write_text("\n".join(lines) + "\n")
    files = ["values.tsv", "design.tsv", "sets.gmt", "limma.csv"]
    program = [rscript, str(HERE / "limma.R"), *(str(tmp_path / name) for name in files)]
    subprocess.run(program, check=True, capture_output=True)

    kept = pd.read_csv(tmp_path / "limma.csv")
    assert np.isfinite(kept["prior_df"]).all()
    assert compare(values, design, weight_matrix(list(sets.values()), len(names)), kept) < 1e-6
