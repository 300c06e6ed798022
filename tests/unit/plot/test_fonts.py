"""The light font: found by its own name, and never instead of the full one."""

from __future__ import annotations

from pathlib import Path

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from diffpath import plot
from diffpath.plot import fonts
from diffpath.plot.style import new_figure, styled


def test_light_font_holds_what_figures_hold_and_leaves_the_full_one_alone() -> None:
    full = font_manager.findfont(fonts.FULL)
    light = font_manager.findfont(fonts.add_light_font())
    assert font_manager.findfont(fonts.FULL) == full != light
    assert Path(light).stat().st_size < Path(full).stat().st_size / 8
    small, whole = FT2Font(light), FT2Font(full)
    held = [mark for mark in map(chr, fonts.CHARACTERS) if whole.get_char_index(ord(mark))]
    assert all(small.get_char_index(ord(mark)) for mark in held)
    assert {*"WS-MSC ΔΨ μ é − ≤ → ₂"} <= {*held}
    assert small.get_char_index(ord("Д")) == 0
    assert whole.get_char_index(ord("Д")) > 0


@styled
def draw_label(text: str) -> Figure:
    figure, axes = new_figure()
    axes.set_xlabel(text)
    return figure


def test_a_character_the_light_font_lacks_is_taken_from_the_full_one(tmp_path: Path) -> None:
    for name, text in {"latin": "Donor 1", "cyrillic": "Донор 1"}.items():
        figure = draw_label(text)
        # A glyph that neither font has is a warning, and a warning an error here.
        _, pdf = plot.save_figure(figure, tmp_path / name)
        assert b"+DejaVuSans" in pdf.read_bytes()
    sizes = {name: (tmp_path / f"{name}.pdf").stat().st_size for name in ("latin", "cyrillic")}
    assert sizes["cyrillic"] > sizes["latin"] + 500  # the letters of the second font


def test_both_files_have_the_same_layout(tmp_path: Path) -> None:
    figure, axes = new_figure()
    axes.set_ylabel("a label that takes room")
    figure.savefig(tmp_path / "reference.svg")
    placed = axes.get_position().bounds
    again, axes = new_figure()
    axes.set_ylabel("a label that takes room")
    plot.save_figure(again, tmp_path / "both")
    assert axes.get_position().bounds == placed
