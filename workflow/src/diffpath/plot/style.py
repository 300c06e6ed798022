"""Size, colours and deterministic writing of the publication figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from diffpath.plot.fonts import FULL, add_light_font

P = ParamSpec("P")
SINGLE, DOUBLE = 90.0, 180.0  # mm: one and two columns of a journal
MM = 1 / 25.4
# Okabe & Ito 2008, told apart by readers of every kind of colour vision.
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D00", "#6B6B6B",
)  # fmt: skip
MARKERS = ("o", "s", "D", "^", "P", "X", "*", "v")
GROUP = {"test": "#D55E00", "reference": "#0072B2", "other": "#8C8C8C"}
GROUP_MARKER = {"test": "o", "reference": "s", "other": "D"}
UP, DOWN, FLAT = "#D55E00", "#0072B2", "#9AA0A6"
STYLE: Any = {
    "font.family": ["sans-serif", FULL],  # the second has what a light font lacks
    "font.sans-serif": [FULL],
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 6,
    "legend.handlelength": 1.2,
    "legend.columnspacing": 1.0,
    "lines.linewidth": 1.0,
    "svg.hashsalt": "diffpath",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a name may hold a dollar sign
}


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw in the style of the publication figures."""

    @wraps(draw)
    def inner(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with mpl.rc_context(STYLE):
            return draw(*args, **kwargs)

    return inner


def new_figure(
    width: float = SINGLE, height: float = 70.0, *, simulated: bool = False
) -> tuple[Figure, Axes]:
    """Return an empty figure of a size in mm, labelled where the data are simulated."""
    figure = Figure(figsize=(width * MM, height * MM), layout="constrained")
    axes = figure.add_subplot()
    if simulated:
        label_simulated(figure)
    return figure, axes


def label_simulated(figure: Figure) -> None:
    """Write SIMULATED DATA at the foot of a figure."""
    figure.supxlabel("SIMULATED DATA", fontsize=6, color="#6B6B6B", x=0.99, ha="right")


def save_figure(figure: Figure, stem: str | Path) -> list[Path]:
    """Write STEM.svg and STEM.pdf, the same bytes for the same figure; return the paths."""
    Path(stem).parent.mkdir(parents=True, exist_ok=True)
    svg, pdf = Path(f"{stem}.svg"), Path(f"{stem}.pdf")
    with mpl.rc_context(STYLE):
        figure.savefig(svg, metadata={"Date": None})
    figure.set_layout_engine("none")  # settled by the first file, and a third of its cost
    with mpl.rc_context({**STYLE, "font.sans-serif": [add_light_font(), FULL]}):
        figure.savefig(pdf, metadata={"CreationDate": None})
    return [svg, pdf]


def jitter(count: int, step: float = 0.07) -> NDArray[np.float64]:
    """Return fixed sideways shifts that keep neighbouring points apart."""
    shifts = (np.arange(count, dtype=np.float64) % 5 - 2) * step
    return shifts if count > 1 else np.zeros(count)


def draw_groups(
    axes: Axes, values: pd.Series, units: pd.DataFrame, contrast: Mapping[str, str]
) -> None:
    """Draw one point per unit by group, with the group means; paired donors are joined.

    Parameters
    ----------
    values
        Unit → value.
    units
        `UNITS`; a ``donor`` column, where present, joins a donor's points of the two groups.
    """
    values = values.dropna()
    place: dict[str, float] = {}
    groups = [g for g in ("reference", "test", "other") if (units["group"] == g).any()]
    for k, group in enumerate(groups):
        names = [u for u in units.loc[units["group"] == group, "unit"] if u in values]
        x = k + jitter(len(names))
        y = [values[name] for name in names]
        place |= dict(zip(names, x.tolist(), strict=True))
        axes.scatter(x, y, s=18, color=GROUP[group], marker=GROUP_MARKER[group], zorder=3,
                     edgecolors="white", linewidths=0.4)  # fmt: skip
        if names:
            axes.plot([k - 0.22, k + 0.22], [np.mean(y)] * 2, color="black", zorder=4)
    if "donor" in units:
        for _, rows in units[units["unit"].isin(list(place))].groupby("donor", sort=True):
            if rows["group"].nunique() > 1:
                names = rows["unit"].tolist()
                axes.plot([place[n] for n in names], [values[n] for n in names], lw=0.5,
                          color=FLAT, zorder=1)  # fmt: skip
    axes.set_xticks(range(len(groups)), [contrast.get(g, g) for g in groups])
    axes.set_xlim(-0.5, len(groups) - 0.5)


def label_points(axes: Axes, x: Iterable[float], y: Iterable[float], names: Iterable[str]) -> None:
    """Write names beside points, leaving out those that would cover an earlier one."""
    taken: list[tuple[float, float]] = []
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    for a, b, name in zip(x, y, names, strict=True):
        at = ((a - x0) / (x1 - x0), (b - y0) / (y1 - y0))
        if all(abs(at[0] - u) > 0.18 or abs(at[1] - v) > 0.05 for u, v in taken):
            taken.append(at)
            axes.annotate(name, (a, b), xytext=(0, 3), textcoords="offset points", fontsize=5.5,
                          ha="center")  # fmt: skip
