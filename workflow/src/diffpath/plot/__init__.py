"""Frames to publication figures: SVG and PDF, 90 or 180 mm wide, colour-blind safe."""

from diffpath.plot.genes import plot_dispersion, plot_gene, plot_ma, plot_pvalues, plot_volcano
from diffpath.plot.qc import (
    plot_associations,
    plot_biotypes,
    plot_components,
    plot_distances,
    plot_library_sizes,
    plot_scree,
)
from diffpath.plot.style import DOUBLE, SINGLE, save_figure
from diffpath.plot.themes import (
    plot_forest,
    plot_heatmap,
    plot_leave_one_out,
    plot_running_sum,
    plot_scores,
)

__all__ = [
    "DOUBLE",
    "SINGLE",
    "plot_associations",
    "plot_biotypes",
    "plot_components",
    "plot_dispersion",
    "plot_distances",
    "plot_forest",
    "plot_gene",
    "plot_heatmap",
    "plot_leave_one_out",
    "plot_library_sizes",
    "plot_ma",
    "plot_pvalues",
    "plot_running_sum",
    "plot_scores",
    "plot_scree",
    "plot_volcano",
    "save_figure",
]
