"""Small figures drawn straight into the page, so that the first screen needs no script."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup

from diffpath.report.format import format_log2

WIDTH, LEFT, RIGHT, ROW = 300, 84, 12, 24


def _axis(values: pd.Series) -> tuple[float, float]:
    low, high = float(min(values.min(), 0)), float(max(values.max(), 0))
    pad = 0.06 * (high - low) or 0.5
    return low - pad, high + pad


def draw_dots(values: pd.Series, units: pd.DataFrame, contrast: Mapping[str, str]) -> Markup:
    """Return an SVG of one value per unit, the test group above the reference.

    Parameters
    ----------
    values
        Unit → score (log2).
    units
        `UNITS`, indexed by unit.
    contrast
        Gives the names of the two groups.
    """
    if values.empty:
        return Markup("")
    low, high = _axis(values)

    def place(value: float) -> float:
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    parts = [Markup("<line class='zero' x1='{0}' x2='{0}' y1='4' y2='54'/>").format(place(0.0))]
    for row, group in enumerate(("test", "reference")):
        members = [u for u in values.index if u in units.index and units.loc[u, "group"] == group]
        y = 16 + row * ROW
        name = contrast[group]
        shown = name if len(name) <= 12 else name[:11] + "…"
        parts.append(Markup("<text x='0' y='{}'>{}</text>").format(y + 4, shown))
        for i, unit in enumerate(members):
            shift = (i % 3 - 1) * 4
            parts.append(
                Markup("<circle class='{}' cx='{}' cy='{}' r='4'><title>{} {}</title></circle>")
                .format(group, place(values[unit]), y + shift, unit, format_log2(values[unit]))
            )  # fmt: skip
        if members:
            mean = place(float(np.mean(values[members])))
            parts.append(
                Markup("<line class='mean' x1='{0}' x2='{0}' y1='{1}' y2='{2}'/>").format(
                    mean, y - 10, y + 10
                )
            )
    for value in (low, 0.0, high):
        inner = value if value == 0 else value * 0.94
        if value == 0 or abs(place(inner) - place(0.0)) > 34:
            parts.append(
                Markup("<text class='tick' x='{}' y='66'>{}</text>").format(
                    place(inner), format_log2(inner)
                )
            )
    label = f"{contrast['test']}, {contrast['reference']}"
    return Markup("<svg class='dots' viewBox='0 0 {} 70' role='img' aria-label='{}'>{}</svg>").format(
        WIDTH, label, Markup("").join(parts)
    )  # fmt: skip


def draw_bars(rows: list[tuple[str, float, float]], unit: str) -> Markup:
    """Return an SVG of horizontal bars: label, value, largest value of the scale."""
    height = 20 * len(rows) + 6
    parts = []
    for i, (label, value, top) in enumerate(rows):
        width = 0 if top == 0 else round(value / top * 190, 1)
        parts.append(
            Markup(
                "<text x='148' y='{y}' class='end'>{label}</text>"
                "<rect x='156' y='{top}' width='{width}' height='12'/>"
                "<text x='{after}' y='{y}'>{value}</text>"
            ).format(
                y=15 + 20 * i, top=5 + 20 * i, label=label if len(label) < 24 else label[:23] + "…",
                width=width, after=160 + width, value=f"{value:,.0f}",
            )
        )  # fmt: skip
    return Markup("<svg class='bars' viewBox='0 0 400 {}' role='img' aria-label='{}'>{}</svg>").format(
        height, unit, Markup("").join(parts)
    )  # fmt: skip
