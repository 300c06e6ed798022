"""Tables of the enrichment stage."""

from diffpath.tables.core import Column, Table

COVERAGE = Table(
    "coverage",
    (
        Column("collection", "str", "theme or collection"),
        Column("gene_set", "str", "gene set"),
        Column("n_genes", "int", "symbols in the set"),
        Column("n_measured", "int", "of these, in the count matrix"),
        Column("n_filtered", "int", "measured, but not tested (low counts or outlier)"),
        Column("n_tested", "int", "measured and tested: the set as it enters every test"),
        Column("asked", "bool", "tested size is within the configured limits"),
        Column("not_measured", "str", "symbols not in the matrix, comma-separated", True),
    ),
    key=("collection", "gene_set"),
)

GSEA = Table(
    "gsea",
    (
        Column("collection", "str", "theme or collection"),
        Column("gene_set", "str", "gene set"),
        Column("n_tested", "int", "tested genes in the set"),
        Column("es", "float", "enrichment score, -1 to 1"),
        Column("nes", "float", "normalized enrichment score"),
        Column("pvalue", "float", "gene-permutation p, never 0"),
        Column("padj", "float", "Benjamini-Hochberg over all sets asked in the collection"),
        Column("n_leading_edge", "int", "genes in the leading edge"),
        Column("leading_edge", "str", "symbols from the extreme inwards, comma-separated", True),
    ),
    key=("collection", "gene_set"),
)

ORA = Table(
    "ora",
    (
        Column("collection", "str", "theme or collection"),
        Column("gene_set", "str", "gene set"),
        Column("direction", "str", "up or down: which significant genes were selected"),
        Column("n_universe", "int", "tested genes with a symbol"),
        Column("n_selected", "int", "significant genes of that direction"),
        Column("n_tested", "int", "tested genes in the set"),
        Column("n_overlap", "int", "selected genes in the set"),
        Column("expected_overlap", "float", "overlap expected by chance"),
        Column("odds_ratio", "float", "sample odds ratio with 0.5 added to each cell"),
        Column("pvalue", "float", "hypergeometric, upper tail"),
        Column("padj", "float", "Benjamini-Hochberg over all sets asked, both directions"),
        Column("genes", "str", "overlapping symbols, comma-separated", True),
    ),
    key=("collection", "gene_set", "direction"),
)
