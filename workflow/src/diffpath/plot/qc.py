"""Figures of the units: sizes, components, distances, associations, biotypes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from diffpath.plot.style import GROUP, MARKERS, PALETTE, SINGLE, new_figure, styled


@styled
def plot_library_sizes(
    units: pd.DataFrame,
    contrast: Mapping[str, str],
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return bars of the counts in each unit, in millions (`UNITS`)."""
    figure, axes = new_figure(width, simulated=simulated)
    for group in ("test", "reference", "other"):
        rows = np.flatnonzero((units["group"] == group).to_numpy())
        if len(rows):
            axes.bar(rows, units["library_size"].to_numpy()[rows] / 1e6, color=GROUP[group],
                     label=contrast.get(group, group),
                     hatch="//" if group == "reference" else None, edgecolor="white")  # fmt: skip
    axes.set_xticks(range(len(units)), units["unit"], rotation=90)
    axes.set_ylabel("counts (millions)")
    figure.legend(loc="outside upper left", ncols=3)
    return figure


@styled
def plot_components(
    components: pd.DataFrame,
    units: pd.DataFrame,
    contrast: Mapping[str, str],
    by: str = "group",
    *,
    x: str = "PC1",
    y: str = "PC2",
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return two components against each other, coloured by a column of the units."""
    figure, axes = new_figure(width, simulated=simulated)
    scores = components.pivot_table(index="unit", columns="component", values="score")
    share = components.drop_duplicates("component").set_index("component")["variance_fraction"]
    y = y if y in scores else x
    labels = units.set_index("unit")[by].reindex(scores.index).astype(str)
    for k, level in enumerate(sorted(labels.unique())):
        rows = scores[labels == level]
        colour = GROUP[level] if by == "group" else PALETTE[k % len(PALETTE)]
        axes.scatter(rows[x], rows[y], s=18, color=colour, marker=MARKERS[k % len(MARKERS)],
                     label=contrast.get(level, level) if by == "group" else level)  # fmt: skip
    if len(scores) <= 24:
        for unit, row in scores.iterrows():
            axes.annotate(str(unit), (row[x], row[y]), xytext=(0, 3), fontsize=5,
                          textcoords="offset points", ha="center")  # fmt: skip
    axes.set_xlabel(f"{x} ({100 * share[x]:.1f}% of variance)")
    axes.set_ylabel(f"{y} ({100 * share[y]:.1f}% of variance)")
    figure.legend(loc="outside upper left", ncols=4)
    return figure


@styled
def plot_scree(
    components: pd.DataFrame, *, width: float = SINGLE, simulated: bool = False
) -> Figure:
    """Return the share of the variance each component carries."""
    figure, axes = new_figure(width, 55, simulated=simulated)
    share = components.drop_duplicates("component")
    axes.bar(share["component"], 100 * share["variance_fraction"], color=PALETTE[0])
    axes.set_ylabel("variance (%)")
    return figure


@styled
def plot_distances(
    distances: pd.DataFrame,
    units: pd.DataFrame,
    *,
    width: float = SINGLE,
    simulated: bool = False,
) -> Figure:
    """Return the distances between units as a heatmap, units in the order given."""
    figure, axes = new_figure(width, width * 0.85, simulated=simulated)
    square = distances.pivot_table(index="unit_a", columns="unit_b", values="distance")
    order = [unit for unit in units["unit"] if unit in square.index]
    values = square.loc[order, order].to_numpy(dtype=float, copy=True)
    np.fill_diagonal(values, np.nan)
    image = axes.imshow(values, cmap="cividis_r", aspect="auto", interpolation="none")
    axes.set_xticks(range(len(order)), order, rotation=90)
    axes.set_yticks(range(len(order)), order)
    figure.colorbar(image, ax=axes, label="distance (log2)", shrink=0.7)
    return figure


@styled
def plot_associations(
    associations: pd.DataFrame, *, width: float = SINGLE, simulated: bool = False
) -> Figure:
    """Return how much of each component each covariate explains (R²); * marks p < .05."""
    components = list(dict.fromkeys(associations["component"]))
    covariates = list(dict.fromkeys(associations["covariate"]))
    grid, p = (
        associations.pivot_table(index="covariate", columns="component", values=name).reindex(
            index=covariates, columns=components
        )
        for name in ("r_squared", "pvalue")
    )
    figure, axes = new_figure(width, 16 + 7 * len(covariates), simulated=simulated)
    image = axes.imshow(grid.to_numpy(dtype=float), cmap="Blues", vmin=0, vmax=1, aspect="auto",
                        interpolation="none")  # fmt: skip
    for i, covariate in enumerate(covariates):
        for j, component in enumerate(components):
            value = grid.loc[covariate, component]
            if pd.notna(value):
                star = " *" if p.loc[covariate, component] < 0.05 else ""
                axes.text(j, i, f"{value:.2f}{star}", ha="center", va="center", fontsize=5.5,
                          color="white" if value > 0.6 else "black")  # fmt: skip
    axes.set_xticks(range(len(components)), components)
    axes.set_yticks(range(len(covariates)), covariates)
    figure.colorbar(image, ax=axes, label="R²", shrink=0.8)
    return figure


@styled
def plot_biotypes(
    biotypes: pd.DataFrame, *, width: float = SINGLE, simulated: bool = False
) -> Figure:
    """Return each sample's counts by biotype, as shares."""
    figure, axes = new_figure(width, simulated=simulated)
    samples = list(dict.fromkeys(biotypes["sample"]))
    grid = biotypes.pivot_table(index="sample", columns="biotype", values="fraction").reindex(
        samples
    )
    foot = np.zeros(len(grid))
    total = grid.sum().sort_index().sort_values(ascending=False, kind="stable")
    for k, name in enumerate(total.index):
        values = 100 * grid[name].fillna(0).to_numpy(dtype=float)
        axes.bar(range(len(grid)), values, bottom=foot, label=str(name),
                 color=PALETTE[k % len(PALETTE)])  # fmt: skip
        foot += values
    axes.set_xticks(range(len(grid)), samples, rotation=90)
    axes.set_ylabel("counts (%)")
    figure.legend(loc="outside upper left", ncols=3)
    return figure
