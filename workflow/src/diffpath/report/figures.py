"""Every figure of a contrast as a file for a paper: SVG and PDF, one and two columns wide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from diffpath import plot
from diffpath.enrich.gsea import running_score
from diffpath.report.model import ContrastReport

HEATMAP_GENES = 40
Maker = Callable[..., Figure]


def write_figures(report: ContrastReport, folder: str | Path) -> list[Path]:
    """Write each figure that can be drawn as ``NAME.90mm`` and ``NAME.180mm``, SVG and PDF."""
    paths: list[Path] = []
    for name, make in list_figures(report).items():
        for width in (plot.SINGLE, plot.DOUBLE):
            figure = make(width=width, simulated=report.simulated)
            paths += plot.save_figure(figure, Path(folder) / f"{name}.{width:.0f}mm")
    return paths


def list_figures(report: ContrastReport) -> dict[str, Maker]:
    """Return what draws each figure, by its file name; figures without data are left out."""
    out: dict[str, Maker] = {}

    def add(name: str, function: Maker, *given: Any, **more: Any) -> None:
        if all(value is not None and (not hasattr(value, "empty") or not value.empty)
               for value in given):  # fmt: skip
            out[name] = lambda **style: function(*given, **more, **style)

    contrast, units, alpha = report.contrast, report.units, report.alpha
    add("library_sizes", plot.plot_library_sizes, units, contrast)
    add("components", plot.plot_components, report.components, units, contrast)
    add("scree", plot.plot_scree, report.components)
    add("distances", plot.plot_distances, report.distances, units)
    add("associations", plot.plot_associations, report.associations)
    add("biotypes", plot.plot_biotypes, report.biotypes)
    results = report.results
    if results is not None and results["pvalue"].notna().any():
        add("volcano", plot.plot_volcano, results, contrast, alpha=alpha)
        add("ma", plot.plot_ma, results, contrast, alpha=alpha)
        add("pvalues", plot.plot_pvalues, results)
        add("dispersion", plot.plot_dispersion, results)
        _add_sets(report, results, add)
    for theme in report.themes:
        if report.theme_scores is not None and theme.name in set(report.theme_scores["theme"]):
            add(f"scores.{theme.name}", plot.plot_scores, report.theme_scores, theme.name, units,
                contrast)  # fmt: skip
        if report.theme_sets is not None and theme.name in set(report.theme_sets["theme"]):
            add(f"forest.{theme.name}", plot.plot_forest, report.theme_sets, theme.name, contrast,
                alpha=alpha)  # fmt: skip
        if report.leave_one_out is not None and theme.name in set(report.leave_one_out["theme"]):
            add(f"leave_one_out.{theme.name}", plot.plot_leave_one_out, report.leave_one_out,
                theme.name, contrast)  # fmt: skip
    return out


def _add_sets(report: ContrastReport, results: pd.DataFrame, add: Callable[..., None]) -> None:
    ranked = results.dropna(subset=["symbol", "pvalue"]).sort_values(
        ["stat", "symbol"], ascending=[False, True]
    )
    values = ranked["stat"].to_numpy(dtype=np.float64)
    for theme in report.themes:
        sets = report.gene_sets.get(theme.name, {})
        for name, gene_set in sets.items():
            hits = np.flatnonzero(ranked["symbol"].isin(list(gene_set.genes)))
            if len(hits):
                add(f"running_sum.{theme.name}.{name}", plot.plot_running_sum,
                    running_score(values, hits), hits, len(values), report.contrast)  # fmt: skip
        union = {gene for gene_set in sets.values() for gene in gene_set.genes}
        rows = ranked[ranked["symbol"].isin(union)]
        strongest = rows.sort_values(["pvalue", "gene_id"]).head(HEATMAP_GENES)
        order = rows.loc[rows.index.isin(strongest.index)]
        if report.expression is not None and len(order):
            labels = dict(zip(order["gene_id"], order["symbol"], strict=True))
            donors = _donor_order(report)
            add(f"heatmap.{theme.name}", plot.plot_heatmap,
                report.expression.loc[donors, list(labels)], labels)  # fmt: skip


def _donor_order(report: ContrastReport) -> list[str]:
    rank = report.units["group"].map({"reference": 0, "test": 1, "other": 2})
    order = report.units.assign(rank=rank).sort_values(["rank", report.donor_column, "unit"])
    return [str(unit) for unit in order["unit"]]
