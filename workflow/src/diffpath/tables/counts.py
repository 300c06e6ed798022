"""Tables of the read, check and units stages."""

from diffpath.tables.core import Column, Table

FINDINGS = Table(
    "findings",
    (
        Column("stage", "str", "stage that made the finding"),
        Column("severity", "str", "error, warning or note"),
        Column("code", "str", "short stable name of the kind of finding"),
        Column("file", "str", "file, or table, it was seen in"),
        Column("place", "str", "row, column, key, sample or gene", nullable=True),
        Column("found", "str", "what was found"),
        Column("expected", "str", "what was expected"),
        Column("mend", "str", "what to do about it"),
        Column("values", "str", "numbers and names in the texts, as JSON", nullable=True),
    ),
)

SOURCES = Table(
    "sources",
    (
        Column("source", "str", "name of the count input in the config"),
        Column("file", "str", "path as given"),
        Column("sha256", "str", "hash of the file's bytes"),
        Column("format", "str", "matrix or featurecounts, as recognised"),
        Column("genes", "int", "gene rows used, after merging duplicates"),
        Column("samples", "int", "sample columns in the file"),
        Column("samples_used", "int", "sample columns that the sample sheet names"),
        Column("genes_only_here", "int", "gene ids no other source has"),
        Column("genes_in_all", "int", "gene ids all sources have"),
        Column("rows_merged", "int", "rows summed into another of the same id"),
    ),
    key=("source",),
)

GENES = Table(
    "genes",
    (
        Column("gene_id", "str", "identifier used for counting, version suffix removed"),
        Column("symbol", "str", "gene symbol from the annotation, empty if unmapped", True),
        Column("biotype", "str", "Ensembl biotype", True),
        Column("chromosome", "str", "chromosome, without 'chr'", True),
        Column(
            "symbol_status", "str", "unique, kept (of several ids), duplicate (not used), unmapped"
        ),
    ),
    key=("gene_id",),
)

SAMPLE_QC = Table(
    "sample_qc",
    (
        Column("sample", "str", "sample name in the sheet"),
        Column("library_size", "int", "sum of counts (reads or fragments)"),
        Column("detected_genes", "int", "genes with at least 10 counts"),
        Column("top100_fraction", "float", "share of counts in the 100 largest genes, 0-1"),
        Column("protein_coding_fraction", "float", "share of counts, 0-1", True),
        Column("rrna_fraction", "float", "share of counts in rRNA genes, 0-1", True),
        Column("mitochondrial_fraction", "float", "share of counts on MT, 0-1", True),
        Column("antisense_fraction", "float", "share of counts in antisense/-AS genes, 0-1", True),
        Column("xist_cpm", "float", "XIST, counts per million", True),
        Column("y_cpm", "float", "male-specific Y genes, summed counts per million", True),
        Column("sex_observed", "str", "female, male or unclear, from XIST and Y genes", True),
        Column("wrn_cpm", "float", "WRN, counts per million", True),
        Column("nearest_sample", "str", "sample with the highest correlation", True),
        Column("nearest_correlation", "float", "Pearson r of log2(CPM + 1) to it", True),
    ),
    key=("sample",),
)

BIOTYPES = Table(
    "biotypes",
    (
        Column("sample", "str", "sample name in the sheet"),
        Column("biotype", "str", "biotype group"),
        Column("counts", "int", "sum of counts"),
        Column("fraction", "float", "share of the sample's counts, 0-1"),
    ),
    key=("sample", "biotype"),
)

UNITS = Table(
    "units",
    (
        Column("unit", "str", "independent unit of the contrast, usually a donor in a condition"),
        Column("group", "str", "test, reference or other: the role in the contrast"),
        Column("samples", "str", "samples summed into the unit, comma-separated"),
        Column("n_samples", "int", "number of samples summed"),
        Column("library_size", "int", "sum of counts over all genes"),
        Column("size_factor", "float", "median-of-ratios size factor, geometric mean near 1"),
        Column("outlier", "bool", "flagged by the sample-distance rule"),
    ),
    key=("unit",),
    open=True,
)

COMPONENTS = Table(
    "components",
    (
        Column("unit", "str", "unit"),
        Column("component", "str", "PC1, PC2, ..."),
        Column("score", "float", "coordinate on the component, VST (log2) units"),
        Column("variance_fraction", "float", "share of variance of the component, 0-1"),
    ),
    key=("unit", "component"),
)

ASSOCIATIONS = Table(
    "associations",
    (
        Column("component", "str", "PC1, PC2, ..."),
        Column("covariate", "str", "column of the sample sheet, or library_size"),
        Column("kind", "str", "categorical (one-way ANOVA) or numeric (linear regression)"),
        Column("n", "int", "units with a value"),
        Column("r_squared", "float", "share of the component's variance explained, 0-1"),
        Column("pvalue", "float", "F test", True),
    ),
    key=("component", "covariate"),
)

DISTANCES = Table(
    "distances",
    (
        Column("unit_a", "str", "unit"),
        Column("unit_b", "str", "unit"),
        Column("distance", "float", "Euclidean distance of VST values (log2)"),
        Column("correlation", "float", "Pearson r of VST values"),
    ),
    key=("unit_a", "unit_b"),
)
