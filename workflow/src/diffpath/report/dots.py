"""Small figures drawn straight into the page, so that the first screen needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup

from diffpath.report.format import format_log2, format_number, is_missing

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
    return _wrap("dots", f"0 0 {WIDTH} 70", label, parts)


def draw_upset(names: Sequence[str], combined: Sequence[tuple[Sequence[str], int]]) -> Markup:
    """Return an UpSet plot: a bar per combination of contrasts, dots for its members.

    Parameters
    ----------
    names
        Contrasts, top to bottom.
    combined
        Combination and number of genes that are in exactly these, largest first.
    """
    left = 24 + min(24, max(len(name) for name in names)) * 7
    largest = max(count for _, count in combined)
    column, row, top = max(26, 6 * len(format_number(largest)) + 8), 20, 120
    parts: list[Markup] = []
    for y, name in enumerate(names):
        shown = name if len(name) <= 24 else name[:23] + "…"
        parts.append(
            Markup("<text class='end' x='{}' y='{}'>{}</text>").format(
                left - 12, top + y * row + 18, shown
            )
        )
    for x, (members, count) in enumerate(combined):
        centre = left + x * column + column // 2
        height = round(95 * count / largest, 1)
        parts.append(
            Markup(
                "<g><title>{label}: {count}</title>"
                "<rect x='{x}' y='{y}' width='16' height='{height}'/>"
                "<text class='tick' x='{centre}' y='{above}'>{count}</text>"
            ).format(
                label=" & ".join(members), count=format_number(count), x=centre - 8,
                y=round(top - height, 1),
                height=height, centre=centre, above=round(top - height - 4, 1),
            )
        )  # fmt: skip
        rows = [y for y, name in enumerate(names) if name in members]
        for y in range(len(names)):
            parts.append(
                Markup("<circle class='{}' cx='{}' cy='{}' r='5'/>").format(
                    "in" if y in rows else "out", centre, top + y * row + 14
                )
            )
        parts.append(
            Markup("<line class='mean' x1='{0}' x2='{0}' y1='{1}' y2='{2}'/></g>").format(
                centre, top + rows[0] * row + 14, top + rows[-1] * row + 14
            )
        )
    box = f"0 0 {left + column * len(combined) + 10} {top + row * len(names) + 10}"
    return _wrap("upset", box, "UpSet", parts)


def draw_matrix(pairs: pd.DataFrame) -> Markup:
    """Return the correlation of every two contrasts as a triangle of tinted cells.

    Parameters
    ----------
    pairs
        `correlate_contrasts`: each pair once, contrasts in the order of the cohort.
    """
    names = list(dict.fromkeys([*pairs["first"], *pairs["second"]]))
    place = {name: i for i, name in enumerate(names)}
    left, width, height = 50 + min(24, max(len(name) for name in names)) * 7, 46, 32
    parts: list[Markup] = []
    for i, name in enumerate(names):
        shown = name if len(name) <= 24 else name[:23] + "…"
        parts.append(
            Markup(
                "<text class='end' x='{name}' y='{y}'>{shown}</text>"
                "<text class='end r' x='{x}' y='{y}'>{i}</text>"
                "<text class='tick r' x='{centre}' y='{y}'>{i}</text>"
            ).format(
                name=left - 36, x=left - 10, y=i * height + 20, shown=shown, i=i + 1,
                centre=left + i * width + width // 2,
            )
        )  # fmt: skip
    for first, second, genes, r in pairs[["first", "second", "genes", "spearman"]].itertuples(
        index=False, name=None
    ):
        known = not is_missing(r)
        text, count = format_log2(r).lstrip("+"), format_number(genes)
        x, y = left + place[first] * width, place[second] * height
        parts.append(
            Markup(
                "<g><title>{first}, {second}: {text} ({count})</title>"
                "<rect class='{tone}' x='{x}' y='{y}' width='{w}' height='{h}' fill-opacity='{a}'/>"
                "<text class='r' x='{centre}' y='{above}'>{text}</text>"
                "<text class='tick' x='{centre}' y='{below}'>{count}</text></g>"
            ).format(
                first=first, second=second, text=text, count=count,
                tone="down" if known and r < 0 else "up", x=x + 1, y=y + 1, w=width - 2,
                h=height - 2, a=round(abs(r) / 2, 3) if known else 0, centre=x + width // 2,
                above=y + 14, below=y + 27,
            )
        )  # fmt: skip
    box = f"0 0 {left + width * len(names)} {height * len(names)}"
    return _wrap("matrix", box, "Spearman", parts)


def _wrap(name: str, box: str, label: str, parts: list[Markup]) -> Markup:
    width, height = box.split()[2:]
    return Markup(
        "<svg class='{}' viewBox='{}' width='{}' height='{}' role='img' aria-label='{}'>{}</svg>"
    ).format(name, box, width, height, label, Markup("").join(parts))
