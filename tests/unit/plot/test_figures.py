"""Publication figures: size, bytes, labels, names that look like markup."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from diffpath import plot
from diffpath.plot.style import MM
from tests.report.factory import make_report


@pytest.fixture(scope="module")
def report() -> Any:
    return make_report(n_genes=400, broad=5)


def _curve(report: Any, **style: Any) -> Figure:
    hits = np.array([3, 10, 200])
    curve = np.array([[0.0, 0.3], [0.25, 0.6], [0.1, 0.4]])
    return plot.plot_running_sum(curve, hits, 390, report.contrast, **style)


FIGURES: dict[str, Callable[..., Figure]] = {
    "library": lambda r, **s: plot.plot_library_sizes(r.units, r.contrast, **s),
    "pca": lambda r, **s: plot.plot_components(r.components, r.units, r.contrast, **s),
    "pca_batch": lambda r, **s: plot.plot_components(
        r.components, r.units, r.contrast, "batch", **s
    ),
    "scree": lambda r, **s: plot.plot_scree(r.components, **s),
    "distances": lambda r, **s: plot.plot_distances(r.distances, r.units, **s),
    "associations": lambda r, **s: plot.plot_associations(r.associations, **s),
    "biotypes": lambda r, **s: plot.plot_biotypes(r.biotypes, **s),
    "volcano": lambda r, **s: plot.plot_volcano(r.results, r.contrast, **s),
    "ma": lambda r, **s: plot.plot_ma(r.results, r.contrast, **s),
    "pvalues": lambda r, **s: plot.plot_pvalues(r.results, **s),
    "dispersion": lambda r, **s: plot.plot_dispersion(r.results, **s),
    "gene": lambda r, **s: plot.plot_gene(
        r.expression.iloc[:, 0], r.units, r.contrast, "IL1B", **s
    ),
    "scores": lambda r, **s: plot.plot_scores(
        r.theme_scores, "inflammation", r.units, r.contrast, **s
    ),
    "forest": lambda r, **s: plot.plot_forest(r.theme_sets, "matrix", r.contrast, **s),
    "loo": lambda r, **s: plot.plot_leave_one_out(r.leave_one_out, "matrix", r.contrast, **s),
    "running": _curve,
    "heatmap": lambda r, **s: plot.plot_heatmap(r.expression.iloc[:, :30], {}, **s),
}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figure_has_its_width_axis_names_and_label(name: str, report: Any) -> None:
    figure = FIGURES[name](report, width=plot.DOUBLE, simulated=True)
    assert figure.get_size_inches()[0] == pytest.approx(180 * MM)
    assert figure.get_supxlabel() == "SIMULATED DATA"
    axes = figure.axes[0]
    ticks = [t.get_text() for t in axes.get_yticklabels()]
    assert axes.get_ylabel() or any(text and not text[0].isdigit() for text in ticks)
    assert FIGURES[name](report).get_supxlabel() == ""


def test_long_titles_of_sets_leave_room_for_the_effects_in_one_column(report: Any) -> None:
    sets = report.theme_sets.assign(title="Inflammatory core of the senescence phenotype, " * 3)
    figure = plot.plot_forest(sets, "matrix", report.contrast, width=plot.SINGLE)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert axes.get_position().width > 0.3
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) > 1
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_saved_figures_are_the_same_bytes(tmp_path: Path, report: Any) -> None:
    for run in ("a", "b"):
        paths = plot.save_figure(FIGURES["volcano"](report, simulated=True), tmp_path / run)
        assert [path.suffix for path in paths] == [".svg", ".pdf"]
    for suffix in ("svg", "pdf"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    text = (tmp_path / "a.svg").read_text()
    assert "SIMULATED DATA" in text
    assert 'width="255.11' in text  # 90 mm in points


def test_names_are_text_and_not_formulas(tmp_path: Path, report: Any) -> None:
    contrast = {"test": "<script>$x^2$", "reference": "a & b"}
    figure = plot.plot_gene(
        report.expression.iloc[:, 0], report.units, contrast, "$\\alpha$ </svg>"
    )
    plot.save_figure(figure, tmp_path / "odd")
    text = (tmp_path / "odd.svg").read_text()
    assert "&lt;script&gt;$x^2$" in text
    assert "<script>" not in text
    assert "$\\alpha$ &lt;/svg&gt;" in text


def test_a_paired_donor_is_joined(report: Any) -> None:
    units = report.units.copy()
    units["donor"] = ["d1", "d2", "d3", "d4"] * 2
    axes = plot.plot_gene(report.expression.iloc[:, 0], units, report.contrast, "x").axes[0]
    assert len(axes.lines) == 4 + 2  # donors, and the two group means
