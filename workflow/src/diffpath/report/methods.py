"""The methods paragraph with the real numbers of a run, as plain Markdown."""

from __future__ import annotations

from typing import Any

from diffpath.cross_check import count_calls
from diffpath.qc import TOP_GENES
from diffpath.report.answers import count_genes, describe_cohort
from diffpath.report.format import format_number, format_plain
from diffpath.report.model import ContrastReport
from diffpath.themes.verdicts import LEAST_SHARE, UNEVEN, are_uneven

CITATIONS = {
    "pydeseq2": "Muzellec et al. 2023, Bioinformatics 39:btad547",
    "DESeq2": "Love, Huber & Anders 2014, Genome Biology 15:550",
    "apeglm": "Zhu, Ibrahim & Love 2019, Bioinformatics 35:2084",
    "GSEA": "Subramanian et al. 2005, PNAS 102:15545",
    "fgsea": "Korotkevich et al. 2021, bioRxiv 060012",
    "roast": "Wu et al. 2010, Bioinformatics 26:2176",
    "rotation": "Langsrud 2005, Stat Comput 15:53",
    "camera": "Wu & Smyth 2012, Nucleic Acids Research 40:e133",
    "ulm": "Badia-i-Mompel et al. 2022, Bioinformatics Advances 2:vbac016",
    "acat": "Liu & Xie 2020, JASA 115:393",
    "holm": "Holm 1979, Scandinavian Journal of Statistics 6:65",
    "bh": "Benjamini & Hochberg 1995, JRSS B 57:289",
    "snakemake": "Mölder et al. 2021, F1000Research 10:33",
}


def write_methods(report: ContrastReport) -> str:
    """Return the methods of one contrast in Markdown, ready to paste, with citations."""
    used: list[str] = []

    def cite(*names: str) -> str:
        for name in names:
            if name not in used:
                used.append(name)
        return f"[{', '.join(str(used.index(name) + 1) for name in names)}]"

    versions = report.provenance.get("versions", {})
    parts = [
        _data(report),
        _counts(report, cite, versions),
        _sets(report, cite, versions),
        _themes(report, cite),
        _run(report, cite, versions),
    ]
    text = "\n\n".join(part for part in parts if part)
    listed = "\n".join(f"{i}. {CITATIONS[name]}" for i, name in enumerate(used, 1))
    return f"{text}\n\n{listed}\n"


def _named(name: str, versions: Any) -> str:
    return f"{name} {versions[name]}" if name in versions else name


def _engine(versions: Any, cite: Any) -> str:
    engine = str(versions.get("engine", ""))
    return _cite_engine(engine, versions, cite)


def _cite_engine(engine: str, versions: Any, cite: Any) -> str:
    if engine.startswith("pydeseq2") or not engine:
        return f"{engine or _named('pydeseq2', versions)} {cite('pydeseq2', 'DESeq2')}"
    return f"DESeq2's method {cite('DESeq2')} as implemented in {engine}"


def _parameter(report: ContrastReport, name: str) -> Any:
    return report.provenance.get("parameters", {}).get(name)


def _data(report: ContrastReport) -> str:
    contrast = report.contrast
    # The sentence of the first screen, as plain text: nothing in it is markup.
    cohort = describe_cohort(report).en.unescape()
    simulated = " The counts are simulated." if report.simulated else ""
    subset = f" Samples were restricted to {contrast['subset']}." if contrast.get("subset") else ""
    return (
        f"We compared {contrast['test']} with {contrast['reference']} ({contrast['variable']}). "
        f"{cohort}{simulated}{subset} Counts of samples that agree in "
        f"{report.cohort.get('unit', 'donor')} and in every variable of the design were summed, "
        "so that the donor, not the library, is the unit of the test."
    )


def _counts(report: ContrastReport, cite: Any, versions: Any) -> str:
    counts = {name: format_number(value) for name, value in count_genes(report).items()}
    at_least = _parameter(report, "filter.min_count")
    in_units = _parameter(report, "filter.min_units")
    rule = ""
    if at_least is not None:
        smaller = int(
            report.units.loc[report.units["group"].isin(["test", "reference"]), "group"]
            .value_counts()
            .min()
        )
        rule = f" with at least {at_least} counts in at least {in_units or smaller} units"
    text = (
        f"Of {counts['all']} genes, those{rule} entered the model and {counts['tested']} received "
        f"a p-value. Differential expression was tested by {_engine(versions, cite)} "
        f"under the design {report.contrast['design']} "
        "(median-of-ratios size factors, negative-binomial model, Wald test, Cook's distance "
        "for outliers, independent filtering), with Benjamini-Hochberg adjustment "
        f"{cite('bh')}; at an adjusted p below {format_plain(report.alpha)}, {counts['up']} genes "
        f"were higher and {counts['down']} lower in {report.contrast['test']}."
    )
    if report.results is not None and report.results["log2FoldChange_shrunken"].notna().any():
        text += (
            " Shrunken log2 fold changes (Cauchy prior of adaptive scale; used for display only) "
            f"are given beside the maximum-likelihood ones {cite('apeglm')}."
        )
    text += _cross_check(report, cite)
    return (
        f"{text} Principal components were computed from the {TOP_GENES} most variable genes' "
        "variance-stabilised values."
    )


def _cross_check(report: ContrastReport, cite: Any) -> str:
    genes, status = report.cross_check, report.cross_check_status
    if genes is None or status is None or not status["fitted"]:
        return ""
    calls = count_calls(genes, report.alpha)
    themes = report.cross_check_themes
    judged = ""
    if themes is not None and report.status["status"] == "confirmatory":
        changed = "; ".join(themes.loc[themes["differs"], "title"])
        judged = f" Judged on its genes, the verdict of {changed or 'no theme'} was another."
    return (
        " As a cross-check the same counts, design and contrast were fitted by "
        f"{_cite_engine(str(status['engine']), {}, cite)}: of {format_number(calls['either'])} "
        f"genes that either called at an adjusted p below {format_plain(report.alpha)}, "
        f"{format_number(calls['results'] + calls['check'])} were called by one alone.{judged}"
    )


def _sets(report: ContrastReport, cite: Any, versions: Any) -> str:
    if report.gsea is None or report.gsea.empty:
        return ""
    low, high = (_parameter(report, f"enrichment.{end}_size") for end in ("min", "max"))
    draws, seed = (_parameter(report, f"enrichment.{name}") for name in ("permutations", "seed"))
    size = f" of {low} to {high} tested genes" if low is not None else ""
    how = f" ({draws} permutations, seed {seed})" if draws is not None else ""
    return (
        f"Genes were ranked by the Wald statistic; gene sets{size} were examined by preranked "
        f"enrichment with multilevel p-values{how}, computed by {_named('diffpath', versions)} "
        f"{cite('GSEA', 'fgsea')}, and by over-representation of the significant genes "
        "within the tested genes that have a symbol (hypergeometric test); both were adjusted by "
        "Benjamini-Hochberg over every set asked. Both treat genes as independent and take no "
        "account of variation between donors; they are shown as description."
    )


def _themes(report: ContrastReport, cite: Any) -> str:
    table = report.theme_verdicts
    if table is None or table.empty:
        return ""
    titles = "; ".join(table["title"])
    row = table.iloc[0]
    if row["status"] == "refused":
        return (
            f"The predeclared themes ({titles}) were not tested, because {row['reason']}. Their "
            "mean log2 fold changes and the donors' scores are given as description."
        )
    share = ""
    if are_uneven(row["n_test"], row["n_reference"]):
        share = (
            f", and as one group has more than {UNEVEN} times the donors of the other, at least "
            f"{LEAST_SHARE:.0%} of the mean log2 fold change had to be left each time"
        )
    mixed = ""
    if (table["verdict"] == "mixed").any():
        mixed = (
            " A theme whose sets pass in opposite directions, or whose mean fold change has an "
            "interval around 0 and a passing set against it, is called mixed."
        )
    return (
        f"The predeclared themes ({titles}) were each tested with two keys: a rotation test "
        "of the mean excess of moderated t over 1, donors weighed by generalised least squares, "
        f"against the variation between donors {cite('roast', 'rotation')}, and a test of the "
        f"set against all other genes on the Wald statistic {cite('ulm', 'camera')}. The larger p "
        "of the two counts, and 1 where their directions differ. The theme's p combines the "
        "union of its sets with the Simes p over its sets by the Cauchy combination "
        f"{cite('acat')}; Holm's method {cite('holm')} covers the {len(table)} themes. "
        f"{row['n_test']} donors stood against {row['n_reference']}, with {row['residual_df']} "
        f"residual degrees of freedom; each donor was left out in turn{share}.{mixed}"
    )


def _run(report: ContrastReport, cite: Any, versions: Any) -> str:
    python = f" on Python {versions['python']}" if "python" in versions else ""
    commit = report.provenance.get("commit")
    at = f" (workflow commit {commit})" if commit else ""
    snakemake = f"Snakemake {versions.get('snakemake', '')}".strip()
    return f"The analysis was run with {snakemake}{python} {cite('snakemake')}{at}."
