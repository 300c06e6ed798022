"""Every figure of a contrast, ready for a journal: SVG and PDF, one and two columns wide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from diffpath import plot
from diffpath.enrich.gsea import running_score
from diffpath.report.model import ContrastReport

HEATMAP_GENES = 40


def write_figures(report: ContrastReport, folder: str | Path) -> list[Path]:
    """Write ``NAME.90mm`` and ``NAME.180mm`` of every figure, as SVG and PDF; return the paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, draw in list_figures(report):
        for width in (plot.SINGLE, plot.DOUBLE):
            paths += plot.save_figure(draw(width=width), folder / f"{name}.{width:.0f}mm")
    return paths


def list_figures(report: ContrastReport) -> Iterator[tuple[str, Callable[..., Figure]]]:
    """Yield each figure's name and a function of its width (mm) that draws it."""
    contrast: Any = report.contrast
    about: dict[str, Any] = {"simulated": report.simulated}
    units = report.units
    yield "library_sizes", partial(plot.plot_library_sizes, units, contrast, **about)
    if report.components is not None and len(report.components):
        yield (
            "components",
            partial(plot.plot_components, report.components, units, contrast, **about),
        )
        yield "scree", partial(plot.plot_scree, report.components, **about)
    if report.distances is not None and len(units) > 1:
        yield "distances", partial(plot.plot_distances, report.distances, units, **about)
    if report.associations is not None and len(report.associations):
        yield "associations", partial(plot.plot_associations, report.associations, **about)
    if report.biotypes is not None and len(report.biotypes):
        yield "biotypes", partial(plot.plot_biotypes, report.biotypes, **about)
    results = report.results
    if results is None or results["pvalue"].isna().all():
        return
    level: dict[str, Any] = {"alpha": report.alpha, **about}
    yield "volcano", partial(plot.plot_volcano, results, contrast, **level)
    yield "ma", partial(plot.plot_ma, results, contrast, **level)
    yield "pvalues", partial(plot.plot_pvalues, results, **about)
    yield "dispersion", partial(plot.plot_dispersion, results, **about)
    for theme in report.themes:
        yield from _list_theme(report, theme.name, contrast, about)


def _list_theme(
    report: ContrastReport, theme: str, contrast: Any, about: dict[str, Any]
) -> Iterator[tuple[str, Callable[..., Figure]]]:
    scores, sets = report.theme_scores, report.theme_sets
    if scores is not None and (scores["theme"] == theme).any():
        yield (
            f"{theme}.scores",
            partial(plot.plot_scores, scores, theme, report.units, contrast, **about),
        )
    if sets is not None and (sets["theme"] == theme).any():
        yield (
            f"{theme}.sets",
            partial(plot.plot_forest, sets, theme, contrast, alpha=report.alpha, **about),
        )
    left_out = report.leave_one_out
    if left_out is not None and (left_out["theme"] == theme).any():
        yield (
            f"{theme}.leave_one_out",
            partial(plot.plot_leave_one_out, left_out, theme, contrast, **about),
        )
    genes = report.theme_genes
    if genes is None or report.expression is None:
        return
    own = genes[(genes["theme"] == theme) & genes["leading_edge"]]
    own = own.sort_values("stat", key=np.abs, ascending=False, kind="stable")[:HEATMAP_GENES]
    if len(own):
        yield (
            f"{theme}.heatmap",
            partial(
                plot.plot_heatmap,
                report.expression.loc[report.units["unit"], own["gene_id"]],
                dict(zip(own["gene_id"], own["symbol"], strict=True)),
                **about,
            ),
        )
    yield from _list_curve(report, theme, contrast, about)


def _list_curve(
    report: ContrastReport, theme: str, contrast: Any, about: dict[str, Any]
) -> Iterator[tuple[str, Callable[..., Figure]]]:
    genes, sets, results = report.theme_genes, report.theme_sets, report.results
    if genes is None or sets is None or results is None or sets["p_two_key"].isna().all():
        return
    own = sets[sets["theme"] == theme]
    if own.empty or own["p_two_key"].isna().all():
        return
    first = own.sort_values(["p_two_key", "gene_set"]).iloc[0]["gene_set"]
    inside = genes[(genes["theme"] == theme)]
    members = inside[inside["gene_sets"].str.split(",").map(lambda names: first in names)]
    ranked = results[results["pvalue"].notna() & results["symbol"].notna()]
    ranked = ranked.sort_values(["stat", "symbol"], ascending=[False, True], kind="stable")
    hits = np.flatnonzero(ranked["gene_id"].isin(members["gene_id"]))
    if len(hits):
        curve = running_score(ranked["stat"].to_numpy(dtype=float), hits)
        yield (
            f"{theme}.running_sum.{first}",
            partial(plot.plot_running_sum, curve, hits, len(ranked), contrast, **about),
        )
