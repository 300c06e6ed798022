"""Figures of themes and sets."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from diffpath.plot.style import DOWN, FLAT, PALETTE, SINGLE, UP, draw_groups, new_figure, styled


@styled
def plot_scores(
    scores: pd.DataFrame,
    theme: str,
    units: pd.DataFrame,
    contrast: Mapping[str, str],
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return the score of a theme's union in every unit (`THEME_SCORES`)."""
    figure, axes = new_figure(width, 60, simulated=simulated)
    rows = scores[(scores["theme"] == theme) & scores["gene_set"].isna()].set_index("unit")
    column = "adjusted" if rows["adjusted"].notna().all() else "score"
    draw_groups(axes, rows[column], units, contrast)
    axes.axhline(0, color=FLAT, lw=0.5, zorder=0)
    axes.set_ylabel("score (log2)")
    return figure


@styled
def plot_forest(
    theme_sets: pd.DataFrame,
    theme: str,
    contrast: Mapping[str, str],
    *,
    alpha: float = 0.05,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return each set's effect with its 95% interval; grey where the two-key p is not small."""
    rows = theme_sets[(theme_sets["theme"] == theme) & theme_sets["effect"].notna()]
    labels = rows["title"].where(rows["title"].notna(), rows["gene_set"])
    # A character of the labels' size takes 1.2 mm: they get the left 45% of the width.
    wrapped = [textwrap.fill(label, int(0.45 * width / 1.2)) for label in labels]
    tall = np.array([max(5.0, 2.0 + 2.8 * (1 + label.count("\n"))) for label in wrapped])  # mm
    middle = tall.cumsum() - tall / 2
    figure, axes = new_figure(width, 24 + tall.sum(), simulated=simulated)
    for y, (_, row) in zip(middle, rows.iterrows(), strict=True):
        sure = row["p_two_key"] < alpha
        colour = (UP if row["effect"] > 0 else DOWN) if sure else FLAT
        axes.plot([row["effect_low"], row["effect_high"]], [y, y], color=colour)
        axes.scatter([row["effect"]], [y], color=colour, s=16, zorder=3)
    axes.set_yticks(middle, wrapped)
    axes.set_ylim(tall.sum(), 0)
    axes.axvline(0, color="black", lw=0.5, zorder=0)
    axes.set_xlabel(f"mean log2 fold change,\n{contrast['test']} / {contrast['reference']}")
    return figure


@styled
def plot_leave_one_out(
    leave_one_out: pd.DataFrame,
    theme: str,
    contrast: Mapping[str, str],
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return the theme's effect with each donor left out in turn."""
    rows = leave_one_out[
        (leave_one_out["theme"] == theme)
        & leave_one_out["gene_set"].isna()
        & leave_one_out["effect"].notna()
    ]
    figure, axes = new_figure(width, 20 + 4 * len(rows), simulated=simulated)
    colours = [UP if effect > 0 else DOWN for effect in rows["effect"]]
    axes.scatter(rows["effect"], range(len(rows)), color=colours, s=16, zorder=3)
    axes.set_yticks(range(len(rows)), [f"without {donor}" for donor in rows["left_out"]])
    axes.invert_yaxis()
    axes.axvline(0, color="black", lw=0.5, zorder=0)
    axes.set_xlabel(f"mean log2 fold change, {contrast['test']} / {contrast['reference']}")
    return figure


@styled
def plot_running_sum(
    curve: NDArray[np.float64],
    hits: NDArray[np.intp],
    n_genes: int,
    contrast: Mapping[str, str],
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return the running score of a set over the ranking.

    Parameters
    ----------
    curve
        (n_hits, 2): score before and after each hit, as `diffpath.enrich.gsea.running_score`.
    hits
        Positions of the set's genes in the ranking, rising (n_hits,).
    n_genes
        Length of the ranking.
    """
    figure, axes = new_figure(width, 55, simulated=simulated)
    x = np.concatenate([[0], np.repeat(hits, 2), [n_genes]])
    y = np.concatenate([[0.0], curve.ravel(), [0.0]])
    axes.plot(x, y, color=PALETTE[2])
    axes.axhline(0, color="black", lw=0.5)
    low = float(min(y.min(), 0)) - 0.08
    axes.vlines(hits, low - 0.06, low, color="black", lw=0.4)
    axes.set_xlim(0, n_genes)
    axes.set_xlabel(
        f"rank of {n_genes:,} genes: {contrast['test']} high → {contrast['reference']} high\n"
        "genes taken as independent, donors not accounted for"
    )
    axes.set_ylabel("running score")
    return figure


@styled
def plot_heatmap(
    expression: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return genes × units, each gene minus its mean (units × gene ids in, log2)."""
    figure, axes = new_figure(width, 22 + 3.2 * expression.shape[1], simulated=simulated)
    centred = (expression - expression.mean()).T
    image = axes.imshow(centred.to_numpy(dtype=float), cmap="RdBu_r", vmin=-2, vmax=2,
                        aspect="auto", interpolation="none")  # fmt: skip
    axes.set_xticks(range(centred.shape[1]), [str(u) for u in centred.columns], rotation=90)
    axes.set_yticks(
        range(len(centred)), [labels.get(str(g), str(g)) for g in centred.index], fontsize=5
    )
    figure.colorbar(image, ax=axes, label="log2, centred", shrink=0.6)
    return figure
