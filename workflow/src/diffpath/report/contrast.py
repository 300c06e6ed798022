"""The page of one contrast."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from diffpath import tables
from diffpath.report.answers import MARK, answer_themes, describe_cohort, describe_genes
from diffpath.report.assets import pack_datatables, pack_plotly, read_script, read_style
from diffpath.report.cross_check import describe_cross_check, list_differing
from diffpath.report.finding_texts import group_findings, word_findings, word_reasons
from diffpath.report.format import embed_json, format_number, make_facts, make_table
from diffpath.report.methods import write_methods
from diffpath.report.model import ContrastReport
from diffpath.report.payload import Blob, pack_expression, pack_genes, pack_sets
from diffpath.report.sentences import cramers_v, cross_groups, describe_all
from diffpath.report.theme_sentences import describe_theme
from diffpath.report.words import Text, say, script_words

SCRIPTS = ("core", "data", "draw", "tables", "qc", "genes", "sets", "cross_check", "print", "app")
SECTIONS = (
    "overview", "design", "qc", "genes", "themes", "collections", "panels", "methods",
    "findings", "provenance",
)  # fmt: skip
WARNINGS_SHOWN = 5
FINDING_COLUMNS = ("severity", "place", "found", "expected", "mend", "stage", "code", "file")
PAPER_LACKS = {
    "sets": ["loo_n", "loo_sign_stable", "permutation_p", "direction", "sign", "gene_set"],
    "gsea": ["leading_edge"],
    "overlap": ["shared"],
    "sample_qc": ["nearest_sample", "nearest_correlation", "antisense_fraction"],
}
# What decides comes first, the long code name last.
SET_COLUMNS = [
    "title", "n_tested", "effect", "effect_low", "effect_high", "p_donor", "donor_direction",
    "p_ulm", "ulm_direction", "failed_key", "p_two_key", "p_holm_within", "loo_n",
    "loo_sign_stable", "loo_max_p", "permutation_p", "direction", "sign", "gene_set",
]  # fmt: skip
SMALL = {
    "associations": tables.ASSOCIATIONS,
    "biotypes": tables.BIOTYPES,
    "components": tables.COMPONENTS,
    "sample_qc": tables.SAMPLE_QC,
    "theme_sets": tables.THEME_SETS,
    "theme_genes": tables.THEME_GENES,
    "theme_scores": tables.THEME_SCORES,
    "leave_one_out": tables.LEAVE_ONE_OUT,
    "gsea": tables.GSEA,
    "ora": tables.ORA,
    "exploratory": tables.EXPLORATORY,
    "coverage": tables.COVERAGE,
}


@cache
def load_templates() -> Environment:
    """Return the template environment: everything is escaped, nothing may be undefined."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "say": say,
        "make_facts": make_facts,
        "make_table": make_table,
        "number": format_number,
        "tables": tables,
        "MARK": MARK,
        "FINDING_COLUMNS": FINDING_COLUMNS,
        "SET_COLUMNS": SET_COLUMNS,
        "PAPER_LACKS": PAPER_LACKS,
    }
    return environment


def render_contrast(report: ContrastReport) -> str:
    """Return the page of one contrast as one HTML file that needs nothing else.

    The bytes depend on the report alone: no time stamp, no machine.
    """
    script, style = pack_datatables()
    return (
        load_templates()
        .get_template("contrast.html.j2")
        .render(
            report=report,
            page="contrast",
            sections=SECTIONS,
            meta=embed_json(json.dumps(_describe_page(report), ensure_ascii=False, sort_keys=True)),
            blobs=_pack_blobs(report) | {"plotly": pack_plotly(), "dt-js": script, "dt-css": style},
            css=Markup(read_style()),
            js=Markup(read_script(SCRIPTS)),
            cohort=describe_cohort(report),
            genes=describe_genes(report),
            answers=answer_themes(report),
            confirmed=report.theme_verdicts is not None and len(report.theme_verdicts) > 0,
            sentences=describe_all(report),
            theme_sentences={t.name: describe_theme(report, t.name) for t in report.themes},
            grouped=group_findings(report.findings, "warning"),
            findings=word_findings(report.findings),
            status_reasons=word_reasons(report.status["reasons"], report.findings),
            warnings_shown=WARNINGS_SHOWN,
            crosses=_cross_tables(report),
            vector=_vector_frame(report),
            reasons=_count_reasons(report),
            methods=write_methods(report),
            cross_check=describe_cross_check(report),
            identity=_check_identity(report),
            parameters=_key_values(report.provenance.get("parameters", {})),
            versions=_key_values(report.provenance.get("versions", {})),
            inputs=pd.DataFrame(report.provenance.get("inputs", [])),
        )
    )


def _describe_page(report: ContrastReport) -> dict[str, Any]:
    units = report.units
    shown = ["unit", "group", "samples", "library_size", "size_factor", "outlier"]
    shown += report.covariates
    records = {}
    for name in dict.fromkeys(shown):
        column = pd.to_numeric(units[name]) if name in report.numeric else units[name]
        records[name] = [
            None if pd.isna(value) else value.item() if hasattr(value, "item") else value
            for value in column
        ]
    return {
        "alpha": report.alpha,
        "covariates": report.covariates,
        "contrast": dict(report.contrast),
        "collections": [[c.name, c.title] for c in report.collections],
        "donor": report.donor_column,
        "language": report.language,
        "markers": list(report.markers),
        "numeric": [c for c in report.covariates if c in report.numeric],
        "panels": [[c.name, c.title] for c in report.panels],
        "simulated": report.simulated,
        "themes": [[c.name, c.title] for c in report.themes],
        "units": records,
        "words": script_words(),
    }


def _pack_blobs(report: ContrastReport) -> dict[str, str]:
    out = {}
    small = Blob()
    for name in SMALL:
        frame = getattr(report, name)
        if frame is not None:
            # Leading edges and overlaps are worked out in the page from sets and statistics.
            skip = {"gsea": ["leading_edge"], "ora": ["genes"]}.get(name, [])
            small.add_frame(name, frame, skip=skip)
    if report.cross_check is not None:
        small.add_frame("cross_check", list_differing(report))
    if report.distances is not None:
        square = report.distances.pivot_table(index="unit_a", columns="unit_b", values="distance")
        names = [u for u in report.units["unit"] if u in square.index]
        small.add_plain("distance_units", names)
        small.add_array("distance", square.loc[names, names].to_numpy(dtype=float))
    out["tables"] = small.pack()
    if report.results is not None:
        out["genes"] = pack_genes(report.results)
        out["sets"] = pack_sets(report.gene_sets, report.results["symbol"])
        if report.expression is not None:
            out["expression"] = pack_expression(
                report.expression, report.results["gene_id"].tolist()
            )
    return out


def _cross_tables(report: ContrastReport) -> list[tuple[str, str, pd.DataFrame]]:
    names = {side: report.contrast[side] for side in ("test", "reference")}
    return [
        (name, format_number(cramers_v(table), 2),
         table.rename(columns=names).rename_axis(index="level", columns=None).reset_index())
        for name, table in cross_groups(report).items() if name != report.contrast["variable"]
    ]  # fmt: skip


def _vector_frame(report: ContrastReport) -> pd.DataFrame | None:
    if report.contrast_vector is None:
        return None
    vector = report.contrast_vector[report.contrast_vector != 0]
    return pd.DataFrame({"coefficient": vector.index.astype(str), "weight": vector.to_numpy()})


def _count_reasons(report: ContrastReport) -> list[tuple[Text, str]]:
    if report.results is None:
        return []
    counts = report.results["reason"].dropna().value_counts(sort=False).sort_index()
    return [(say(f"reason.{name}"), format_number(int(n))) for name, n in counts.items()]


def _check_identity(report: ContrastReport) -> pd.DataFrame | None:
    if report.results is None:
        return None
    rows = report.results.dropna(subset=["symbol"]).drop_duplicates("symbol").set_index("symbol")
    names = ["gene_id", "baseMean", "log2FoldChange", "lfcSE", "padj", "reason"]
    found = rows.reindex(list(report.markers))[names]
    found.loc[found["gene_id"].isna(), "reason"] = "not_measured"
    return found.rename_axis("symbol").reset_index()


def _key_values(given: Any) -> pd.DataFrame:
    rows = [(str(key), str(value)) for key, value in sorted(dict(given).items())]
    return pd.DataFrame(rows, columns=["name", "value"])
