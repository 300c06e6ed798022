"""Reading of count matrices and gene annotation: one front door for every format."""

from diffpath.read.annotation import check_annotation_header, read_annotation
from diffpath.read.genes import annotate_genes
from diffpath.read.matrix import CountTable, read_counts, read_header
from diffpath.read.merge import merge_counts

__all__ = [
    "CountTable",
    "annotate_genes",
    "check_annotation_header",
    "merge_counts",
    "read_annotation",
    "read_counts",
    "read_header",
]
