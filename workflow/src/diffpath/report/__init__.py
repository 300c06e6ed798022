"""Tables to reports: one self-contained page a contrast, and an index over them.

A page opens from disk without network or server. What a reader needs first is plain
HTML; the rest is packed into the page and unpacked by its scripts tab by tab.
"""

from diffpath.report.contrast import render_contrast
from diffpath.report.index import render_index
from diffpath.report.methods import write_methods
from diffpath.report.model import (
    Collection,
    ContrastReport,
    GeneSet,
    IndexEntry,
    IndexReport,
)

__all__ = [
    "Collection",
    "ContrastReport",
    "GeneSet",
    "IndexEntry",
    "IndexReport",
    "render_contrast",
    "render_index",
    "write_methods",
]
