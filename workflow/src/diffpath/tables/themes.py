"""Tables of the themes stage and of the donor-aware set tests.

Directions read ``up`` (higher in the test group) or ``down``. They and the effects are
signed for the theme: a set of negative regulators enters with its genes' signs turned,
so ``up`` always means "towards more of the theme".
"""

from diffpath.tables.core import Column, Table

_THEME_NUMBERS = (
    Column("theme", "str", "name of the theme in the config"),
    Column("title", "str", "title for readers"),
    Column("n_sets_declared", "int", "sets the theme declares"),
    Column("n_sets", "int", "sets that were tested (size within the limits)"),
    Column("n_genes_tested", "int", "tested genes in the union of these sets"),
    Column("n_conflicting", "int", "genes left out of the union: in sets of opposite sign"),
    Column("p_donor", "float", "donor key: rotation test of the union, two-sided", True),
    Column("donor_direction", "str", "up or down by the donor key", True),
    Column("p_ulm", "float", "specificity key: union against all other genes, two-sided", True),
    Column("ulm_direction", "str", "up or down by the specificity key", True),
    Column("p_union", "float", "larger of the two keys; 1 where their directions disagree", True),
    Column("failed_key", "str", "donor, specificity, both, direction or none, at alpha", True),
    Column(
        "untested",
        "str",
        "why p_union is missing: too_small, too_large or sizes (of all sets), cancelled (every "
        "gene in sets of both signs), whole_universe (no other genes) or not_fitted",
        True,
    ),
    Column("p_sets", "float", "Simes p over the two-key p of the theme's sets", True),
    Column(
        "p_theme",
        "float",
        "omnibus: Cauchy combination of p_union and p_sets; one alone where the other is missing",
        True,
    ),
    Column("p_holm", "float", "p_theme, Holm over the declared themes, tested or not", True),
    Column("direction", "str", "up or down: the donor key's, else the effect's sign", True),
    Column("effect", "float", "mean log2 test/reference of the union's genes, signed", True),
    Column("effect_low", "float", "95% interval from donor-level variation, lower end", True),
    Column("effect_high", "float", "95% interval from donor-level variation, upper end", True),
    Column(
        "detectable_effect",
        "float",
        "log2, common to all genes; found with 80% power by a t-test of the scores at alpha over "
        "the number of themes",
        True,
    ),
    Column("permutation_p", "float", "exact relabelling of donors, union score, two-sided", True),
    Column("permutation_smallest_p", "float", "smallest p any relabelling could give", True),
)

THEME_TESTS = Table("theme_tests", _THEME_NUMBERS, key=("theme",))

THEME_VERDICTS = Table(
    "theme_verdicts",
    (
        *_THEME_NUMBERS,
        Column("status", "str", "confirmatory, exploratory or refused"),
        Column(
            "verdict",
            "str",
            "higher, lower, component_specific, mixed, one_donor, not_theme_specific, "
            "not_reproducible, no_evidence, not_tested (see ``untested``), exploratory or "
            "refused",
        ),
        Column("sentence", "str", "the verdict in words, English"),
        Column("named_sets", "str", "sets that pass Holm within the theme, comma-separated", True),
        Column("n_test", "int", "independent donors in the test group"),
        Column("n_reference", "int", "independent donors in the reference group"),
        Column("residual_df", "int", "residual degrees of freedom of the design"),
        Column("loo_n", "int", "leave-one-donor-out fits that were made; 0 in a refused contrast"),
        Column("loo_sign_stable", "bool", "the direction stays in every one of them", True),
        Column("loo_least_share", "float", "least effect among them over the full effect", True),
        Column("loo_max_p", "float", "largest two-key p of the union among them", True),
        Column(
            "loo_weakest",
            "str",
            "donor without whom the direction turns, else less than half of the effect is left, "
            "else the p is largest",
            True,
        ),
        Column("reason", "str", "why exploratory or refused, with columns and units named", True),
    ),
    key=("theme",),
)

THEME_SETS = Table(
    "theme_sets",
    (
        Column("theme", "str", "theme"),
        Column("gene_set", "str", "gene set"),
        Column("title", "str", "title for readers", True),
        Column("sign", "int", "1, or -1 for a set of negative regulators"),
        Column("n_tested", "int", "tested genes in the set"),
        Column("p_donor", "float", "donor key: rotation test, two-sided", True),
        Column("donor_direction", "str", "up or down by the donor key", True),
        Column("p_ulm", "float", "specificity key: set against all other genes", True),
        Column("ulm_direction", "str", "up or down by the specificity key", True),
        Column("p_two_key", "float", "larger of the two; 1 where directions disagree", True),
        Column("p_holm_within", "float", "p_two_key, Holm over the sets of the theme", True),
        Column("failed_key", "str", "donor, specificity, both, direction or none", True),
        Column("direction", "str", "up or down: the donor key's, else the effect's sign", True),
        Column("effect", "float", "mean log2 test/reference of the genes, signed", True),
        Column("effect_low", "float", "95% interval from donor-level variation, lower end", True),
        Column("effect_high", "float", "95% interval from donor-level variation, upper end", True),
        Column("permutation_p", "float", "exact relabelling of donors, set score", True),
        Column("loo_n", "int", "leave-one-donor-out fits made; 0 in a refused contrast", True),
        Column("loo_sign_stable", "bool", "the direction stays in every one of them", True),
        Column("loo_least_share", "float", "least effect among them over the full effect", True),
        Column("loo_max_p", "float", "largest two-key p among them", True),
    ),
    key=("theme", "gene_set"),
)

THEME_GENES = Table(
    "theme_genes",
    (
        Column("theme", "str", "theme"),
        Column("gene_id", "str", "gene"),
        Column("symbol", "str", "gene symbol"),
        Column("sign", "int", "1, -1 in sets of negative regulators, 0 if in both kinds"),
        Column("gene_sets", "str", "sets of the theme it is in, comma-separated"),
        Column("log2FoldChange", "float", "log2 test/reference, maximum likelihood", True),
        Column("low", "float", "95% Wald interval, lower end, log2", True),
        Column("high", "float", "95% Wald interval, upper end, log2", True),
        Column("stat", "float", "Wald statistic", True),
        Column("padj", "float", "Benjamini-Hochberg over all genes kept by the filter", True),
        Column("leading_edge", "bool", "in the leading edge of the theme's union"),
        Column("loo_recurrence", "float", "share of leave-outs with it in that edge, 0-1", True),
    ),
    key=("theme", "gene_id"),
)

THEME_SCORES = Table(
    "theme_scores",
    (
        Column("theme", "str", "theme"),
        Column("gene_set", "str", "gene set; empty for the theme's union", True),
        Column("unit", "str", "independent unit (donor in a condition)"),
        Column(
            "score",
            "float",
            "mean signed log2 expression of the genes, each minus its mean over the units",
        ),
        Column(
            "adjusted",
            "float",
            "score with the design's other terms (donor, batch) taken out, log2",
            True,
        ),
    ),
    key=("theme", "gene_set", "unit"),
)

THEME_OVERLAP = Table(
    "theme_overlap",
    (
        Column("theme", "str", "theme"),
        Column("other", "str", "the theme it is held against"),
        Column("n_genes", "int", "tested genes of the theme's union"),
        Column("n_shared", "int", "of these, also in the other's union"),
        Column("jaccard", "float", "shared over all genes of the two, 0-1"),
        Column("score_correlation", "float", "Pearson r of the two adjusted scores", True),
        Column("p_union", "float", "two-key p of the theme's union, as tested", True),
        Column("p_union_without", "float", "the same with the shared genes left out", True),
        Column("direction_without", "str", "up or down, shared genes left out", True),
        Column("effect_without", "float", "mean log2, signed, shared genes left out", True),
        Column("shared", "str", "shared symbols, comma-separated", True),
    ),
    key=("theme", "other"),
)

LEAVE_ONE_OUT = Table(
    "leave_one_out",
    (
        Column("theme", "str", "theme"),
        Column("gene_set", "str", "gene set; empty for the theme's union", True),
        Column("left_out", "str", "donor whose units were all left out"),
        Column("n_tested", "int", "tested genes in the set in this fit"),
        Column("effect", "float", "mean log2 test/reference of the genes, signed", True),
        Column("p_donor", "float", "donor key", True),
        Column("donor_direction", "str", "up or down by the donor key", True),
        Column("p_ulm", "float", "specificity key", True),
        Column("ulm_direction", "str", "up or down by the specificity key", True),
        Column("p_two_key", "float", "larger of the two; 1 where directions disagree", True),
        Column("leading_edge", "str", "gene ids of the union's leading edge", True),
        Column("reason", "str", "why nothing could be fitted without this donor", True),
    ),
    key=("theme", "gene_set", "left_out"),
)

CROSS_CHECK_THEMES = Table(
    "cross_check_themes",
    (
        Column("theme", "str", "theme"),
        Column("title", "str", "title for readers"),
        Column("verdict", "str", "as in the verdicts"),
        Column("verdict_check", "str", "with the other engine's fit of all donors"),
        Column("named_sets", "str", "sets the verdict names, comma-separated", True),
        Column("named_sets_check", "str", "the same with the other engine", True),
        Column("p_ulm", "float", "specificity key of the union, as in the verdicts", True),
        Column("p_ulm_check", "float", "the same with the other engine", True),
        Column("p_holm", "float", "p of the theme after Holm, as in the verdicts", True),
        Column("p_holm_check", "float", "the same with the other engine", True),
        Column("differs", "bool", "the verdict is another, or names other sets"),
    ),
    key=("theme",),
)

EXPLORATORY = Table(
    "exploratory",
    (
        Column("collection", "str", "collection"),
        Column("gene_set", "str", "gene set"),
        Column("n_tested", "int", "tested genes in the set"),
        Column("correlation", "float", "correlation between genes used in the test, 0-1"),
        Column("correlation_estimated", "float", "this set's own estimate from the residuals"),
        Column("direction", "str", "up or down, set against all other genes"),
        Column("t", "float", "statistic of the competitive test"),
        Column("pvalue", "float", "two-sided; missing in a refused contrast, as the next", True),
        Column("padj", "float", "Benjamini-Hochberg over the sets of the collection", True),
        Column("effect", "float", "mean log2 test/reference of the genes"),
        Column("p_fry", "float", "fry: the set against donor variation, two-sided", True),
        Column("fry_direction", "str", "up or down by fry", True),
        Column("donor_supported", "bool", "p_fry below alpha in the same direction", True),
    ),
    key=("collection", "gene_set"),
)

CLAIMS = Table(
    "claims",
    (
        Column("kind", "str", "gene, set or theme"),
        Column("name", "str", "symbol or gene id, theme/set, or theme"),
        Column("expected", "str", "up, down or either"),
        Column("expected_log2fc", "float", "expected size, log2 test/reference", True),
        Column("source", "str", "where the expectation comes from"),
        Column("observed", "str", "up or down", True),
        Column("log2fc", "float", "observed size, log2 test/reference", True),
        Column("low", "float", "95% interval, lower end", True),
        Column("high", "float", "95% interval, upper end", True),
        Column("p", "float", "padj of a gene, Holm p of a set or theme", True),
        Column("size_within", "bool", "the expected size lies in the interval", True),
        Column("outcome", "str", "as_expected, opposite, not_seen or not_tested"),
        Column("reason", "str", "why it was not tested", True),
    ),
    key=("kind", "name", "source"),
)
