"""Figures of the gene results, `RESULTS` in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from diffpath.plot.style import (
    DOWN,
    FLAT,
    PALETTE,
    SINGLE,
    UP,
    draw_groups,
    label_points,
    new_figure,
    styled,
)

LABELLED = 12


@styled
def plot_volcano(
    results: pd.DataFrame,
    contrast: Mapping[str, str],
    *,
    alpha: float = 0.05,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return −log10 p against log2 fold change; significant genes are triangles."""
    kept = results.dropna(subset=["pvalue", "log2FoldChange"])
    # A p of 0 has no logarithm: it stands at the smallest positive double.
    height = -np.log10(kept["pvalue"].clip(lower=np.finfo(float).tiny))
    figure = _cloud(kept, kept["log2FoldChange"], height, alpha, width, simulated)
    axes = figure.axes[0]
    axes.set_xlabel(f"log2 fold change, {contrast['test']} / {contrast['reference']}")
    axes.set_ylabel("−log10 p")
    return figure


@styled
def plot_ma(
    results: pd.DataFrame,
    contrast: Mapping[str, str],
    *,
    alpha: float = 0.05,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return log2 fold change against the mean of normalized counts."""
    kept = results.dropna(subset=["pvalue", "log2FoldChange"])
    figure = _cloud(
        kept, np.log10(kept["baseMean"]), kept["log2FoldChange"], alpha, width, simulated
    )
    axes = figure.axes[0]
    axes.axhline(0, color="black", lw=0.5)
    axes.set_xlabel("mean of normalized counts (log10)")
    axes.set_ylabel(f"log2 fold change, {contrast['test']} / {contrast['reference']}")
    return figure


@styled
def plot_pvalues(
    results: pd.DataFrame, *, width: float = SINGLE, simulated: bool = False
) -> Figure:
    """Return the histogram of the Wald p-values, 40 bins."""
    figure, axes = new_figure(width, 55, simulated=simulated)
    axes.hist(results["pvalue"].dropna(), bins=np.linspace(0, 1, 41).tolist(), color=PALETTE[0],
              edgecolor="white", linewidth=0.3)  # fmt: skip
    axes.set_xlabel("p-value")
    axes.set_ylabel("genes")
    return figure


@styled
def plot_dispersion(
    results: pd.DataFrame, *, width: float = SINGLE, simulated: bool = False
) -> Figure:
    """Return dispersions against the mean: gene-wise, used, and the trend."""
    figure, axes = new_figure(width, simulated=simulated)
    kept = results.dropna(subset=["dispersion", "dispersion_gene", "dispersion_trend"])
    kept = kept[kept["baseMean"] > 0].sort_values("baseMean", kind="stable")
    for name, colour, label in (
        ("dispersion_gene", FLAT, "each gene alone"),
        ("dispersion", PALETTE[0], "as used"),
    ):
        axes.scatter(kept["baseMean"], kept[name], s=1.5, color=colour, label=label, lw=0,
                     rasterized=True)  # fmt: skip
    axes.plot(kept["baseMean"], kept["dispersion_trend"], color=UP, label="trend")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("mean of normalized counts")
    axes.set_ylabel("dispersion")
    figure.legend(loc="outside upper left", ncols=3, markerscale=3)
    return figure


@styled
def plot_gene(
    expression: pd.Series,
    units: pd.DataFrame,
    contrast: Mapping[str, str],
    title: str,
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return one gene's expression (unit → VST, log2), a point per unit."""
    figure, axes = new_figure(width, 60, simulated=simulated)
    draw_groups(axes, expression, units, contrast)
    axes.set_ylabel("expression (VST, log2)")
    axes.set_title(title)
    return figure


def _cloud(
    kept: pd.DataFrame,
    x: pd.Series,
    y: pd.Series,
    alpha: float,
    width: float,
    simulated: bool,
) -> Figure:
    figure, axes = new_figure(width, simulated=simulated)
    hit = kept["padj"] < alpha
    up = kept["log2FoldChange"] > 0
    # Points are pixels inside the vector figure: 20,000 circles make a 6 MB file.
    for rows, colour, marker, size in (
        (~hit, FLAT, "o", 2), (hit & ~up, DOWN, "v", 5), (hit & up, UP, "^", 5)
    ):  # fmt: skip
        axes.scatter(x[rows], y[rows], s=size, color=colour, marker=marker, lw=0,
                     rasterized=True)  # fmt: skip
    best = kept[hit & kept["symbol"].notna()].sort_values(["pvalue", "gene_id"]).index[:LABELLED]
    label_points(axes, x[best], y[best], kept.loc[best, "symbol"])
    return figure
