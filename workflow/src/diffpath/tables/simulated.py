"""Tables of the simulated demo cohort."""

from diffpath.tables.core import Column, Table

SIMULATED_COUNTS = Table(
    "simulated_counts",
    (Column("gene_id", "str", "simulated gene id; every further column is a sample's counts"),),
    key=("gene_id",),
    open=True,
)

SIMULATED_ANNOTATION = Table(
    "simulated_annotation",
    (
        Column("gene_id", "str", "simulated gene id"),
        Column("symbol", "str", "HGNC symbol where a real gene is meant, else SIMGENE..."),
        Column("biotype", "str", "Ensembl biotype"),
        Column(
            "chromosome", "str", "where it matters to a check (X, Y, MT, WRN), else empty", True
        ),
    ),
    key=("gene_id",),
)

SIMULATED_SAMPLES = Table(
    "simulated_samples",
    (
        Column("sample", "str", "simulated sample"),
        Column("condition", "str", "WS or control"),
        Column("donor", "str", "independent unit"),
        Column("clone", "str", "number of the clone within its donor"),
        Column("batch", "str", "batch of the donor"),
        Column("sex", "str", "female or male"),
        Column("passage", "int", "passage of the donor's cultures"),
    ),
    key=("sample",),
)

TRUTH = Table(
    "truth",
    (
        Column("gene_id", "str", "simulated gene id"),
        Column("symbol", "str", "symbol"),
        Column("log2_fold_change", "float", "planted log2 WS/control, 0 where none"),
        Column("theme", "str", "theme file, empty for genes in none", True),
        Column("gene_set", "str", "set of the theme, empty for genes in none", True),
        Column("planted", "bool", "whether a change was planted"),
    ),
    key=("gene_id", "gene_set"),
)

TRUTH_SETS = Table(
    "truth_sets",
    (
        Column("gene_set", "str", "set"),
        Column("theme", "str", "theme file"),
        Column("sign", "int", "sign of the set in its theme"),
        Column("changed", "str", "direction planted in the set's genes: up, down or none"),
        Column("n_genes", "int", "genes of the set"),
        Column("n_planted", "int", "of these, planted for this set or for one that shares them"),
    ),
    key=("gene_set",),
)
