"""Tables to reports: one self-contained page a contrast, and an index over them.

A page opens from disk without network or server. What a reader needs first is plain
HTML; the rest is packed into the page and unpacked by its scripts tab by tab.
"""
