"""What a page carries with it: our styles and scripts, and the kept libraries.

plotly.js comes out of the installed plotly package and DataTables out of itables; both
go in compressed and are unpacked by the page when a tab first needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from diffpath.report.payload import pack_bytes

_FOLDER = Path(__file__).parent / "assets"


@cache
def pack_plotly() -> str:
    """Return plotly.js, packed."""
    return pack_bytes(
        resources.files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    )


@cache
def pack_datatables() -> tuple[str, str]:
    """Return script (an ES module whose default export is DataTable) and style, packed."""
    folder = resources.files("itables").joinpath("html")
    return (
        pack_bytes(folder.joinpath("dt_bundle.js").read_bytes()),
        pack_bytes(folder.joinpath("dt_bundle.css").read_bytes()),
    )


def read_script(names: Sequence[str]) -> str:
    """Return our scripts, one after another, safe inside a ``<script>`` element."""
    text = "\n".join((_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names)
    if "</script" in text.lower():
        raise ValueError("a script of the report closes its own element")
    return text


def read_style() -> str:
    """Return our style sheet."""
    return (_FOLDER / "report.css").read_text(encoding="utf-8")
