"""Tables of the differential-expression stage."""

from diffpath.tables.core import Column, Table

RESULTS = Table(
    "results",
    (
        Column("gene_id", "str", "gene, every gene of the input"),
        Column("symbol", "str", "gene symbol, empty if unmapped", True),
        Column("biotype", "str", "Ensembl biotype", True),
        Column("baseMean", "float", "mean of normalized counts over the units", True),
        Column("log2FoldChange", "float", "log2 test/reference, maximum likelihood", True),
        Column("lfcSE", "float", "standard error of log2FoldChange, log2", True),
        Column("stat", "float", "Wald statistic", True),
        Column("pvalue", "float", "two-sided Wald p", True),
        Column("padj", "float", "Benjamini-Hochberg over the genes kept by the filter", True),
        Column("log2FoldChange_shrunken", "float", "apeGLM posterior mode, log2", True),
        Column("lfcSE_shrunken", "float", "apeGLM posterior sd, log2", True),
        Column("dispersion_gene", "float", "gene-wise dispersion", True),
        Column("dispersion_trend", "float", "dispersion on the trend", True),
        Column("dispersion", "float", "dispersion used in the test", True),
        Column("max_cooks", "float", "largest Cook's distance", True),
        Column(
            "reason",
            "str",
            "why a value is missing: all_zero, low_count, cooks_outlier, "
            "independent_filtering, not_converged, not_fitted; empty if none is",
            True,
        ),
    ),
    key=("gene_id",),
)

CROSS_CHECK = Table(
    "cross_check",
    (
        Column("gene_id", "str", "gene, every gene of the input"),
        Column("symbol", "str", "gene symbol, empty if unmapped", True),
        Column("log2FoldChange", "float", "log2 test/reference, as in the results", True),
        Column("log2FoldChange_check", "float", "the same by the other engine", True),
        Column("lfcSE", "float", "standard error of log2FoldChange, log2, as in the results", True),
        Column("lfcSE_check", "float", "the same by the other engine", True),
        Column("pvalue", "float", "two-sided Wald p, as in the results", True),
        Column("pvalue_check", "float", "the same by the other engine", True),
        Column("padj", "float", "adjusted p, as in the results", True),
        Column("padj_check", "float", "the same by the other engine", True),
        Column("differs", "bool", "one engine has padj below alpha, the other has not"),
        Column("reason", "str", "why a value is missing in the results", True),
        Column("reason_check", "str", "why a value of the other engine is missing", True),
    ),
    key=("gene_id",),
)

DESIGN = Table(
    "design",
    (
        Column("unit", "str", "unit"),
        Column("coefficient", "str", "coefficient of the model"),
        Column("value", "float", "entry of the design matrix"),
        Column("weight", "float", "weight of the coefficient in log2(test / reference)"),
    ),
    key=("unit", "coefficient"),
)

STATUS = Table(
    "status",
    (
        Column("contrast", "str", "contrast"),
        Column("fitted", "bool", "whether every gene could be tested"),
        Column("reason", "str", "why not", True),
        Column("engine", "str", "implementation of the fit, with version"),
        Column("n_test", "int", "units in the test group"),
        Column("n_reference", "int", "units in the reference group"),
        Column("n_units", "int", "units in the model"),
        Column("residual_df", "int", "units less the rank of the design"),
        Column("n_genes", "int", "genes of the input"),
        Column("n_tested", "int", "genes with a p-value"),
        Column("n_up", "int", "genes with padj below alpha, higher in test"),
        Column("n_down", "int", "genes with padj below alpha, lower in test"),
    ),
    key=("contrast",),
)
