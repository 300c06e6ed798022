"""The figures' font, cut to the characters that figures hold."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from matplotlib import font_manager

FULL = "DejaVu Sans"  # ships with matplotlib: the same on every machine
LIGHT = "diffpath light"
CHARACTERS = (
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x180),  # Latin letters with accents
    *range(0x391, 0x3CA),  # Greek
    *range(0x2010, 0x2040),  # dashes, quotation marks, ellipsis
    *range(0x2080, 0x208A),  # digits below the line
    *range(0x2190, 0x2194),  # arrows
    *(0x2212, 0x2248, 0x2260, 0x2264, 0x2265),  # minus, about, not equal, at most, at least
)


@cache
def add_light_font() -> str:
    """Register the full font cut to `CHARACTERS` and return the family it is known by.

    A PDF embeds the glyphs it shows. Taking them out of the full font takes 0.5 s a file, two
    fifths of all a contrast's figures cost, and a ninth of that out of this one. In the PDF it
    bears the full font's name. Other characters are to be looked up in `FULL`.
    """
    from fontTools import subset  # 0.08 s, where a PDF is written alone

    options = subset.Options(recalc_timestamp=False, layout_features=["kern"])
    options.drop_tables += ["FFTM"]
    folder = tempfile.mkdtemp(prefix="diffpath-font-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder, "light.ttf")
    with subset.load_font(font_manager.findfont(FULL), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=CHARACTERS)
        cutter.subset(font)
        for record in font["name"].names:
            # Family and style, by which matplotlib finds a font.
            record.string = {1: LIGHT, 2: "Regular"}.get(record.nameID, record.string)
        font.save(file)
    font_manager.fontManager.addfont(file)
    return LIGHT
