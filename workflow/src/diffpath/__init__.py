"""Differential pathways in RNA-seq count matrices, from counts to verdicts.

The library knows no Snakemake: every function takes and gives plain arrays,
data frames or AnnData objects and can be used from a notebook.
"""

__version__ = "0.1.0"
