"""The index over the contrasts of a cohort."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from diffpath.report.answers import MARK, TONE
from diffpath.report.assets import pack_datatables, pack_plotly, read_script, read_style
from diffpath.report.contrast import WARNINGS_SHOWN, load_templates
from diffpath.report.dots import draw_matrix, draw_upset
from diffpath.report.finding_texts import group_findings, word_findings
from diffpath.report.format import embed_json, format_number, format_p, format_plain
from diffpath.report.model import IndexEntry, IndexReport
from diffpath.report.payload import Blob
from diffpath.report.words import Text, say, script_words

SCRIPTS = ("core", "draw", "tables", "concordance", "print", "app")
SECTIONS = ("overview", "overlap", "concordance", "inputs", "findings", "provenance")
COMBINATIONS_SHOWN = 25
PAIRS_LISTED = 3  # more pairs of contrasts than these are drawn as a matrix


def render_index(report: IndexReport) -> str:
    """Return the index as one HTML file; pages of the contrasts are linked relatively."""
    script, style = pack_datatables()
    every = intersect_genes(report)
    combined = every[:COMBINATIONS_SHOWN]
    pairs = correlate_contrasts(report)
    provenance = report.provenance
    return load_templates().get_template("index.html.j2").render(
        report=report,
        page="index",
        sections=SECTIONS,
        meta=embed_json(json.dumps(_describe_page(report), ensure_ascii=False, sort_keys=True)),
        blobs={"tables": _pack_fold_changes(report), "plotly": pack_plotly(), "dt-js": script,
               "dt-css": style},
        css=Markup(read_style()),
        js=Markup(read_script(SCRIPTS)),
        cohort=_describe_cohort(report),
        grid=_make_grid(report),
        counts=count_contrasts(report),
        upset=draw_upset([e.contrast["contrast"] for e in report.contrasts], combined)
        if combined else None,
        upset_note=say("index.upset_note", alpha=format_plain(report.alpha),
                       shown=len(combined), total=len(every)),
        shared=describe_overlap(report, every),
        agreement=describe_agreement(pairs),
        combined=pd.DataFrame([(" & ".join(n), k) for n, k in combined],
                              columns=["contrasts", "genes"]),
        concordance=pairs,
        matrix=draw_matrix(pairs) if len(pairs) > PAIRS_LISTED else None,
        grouped=group_findings(report.findings, "warning"),
        findings=word_findings(report.findings),
        warnings_shown=WARNINGS_SHOWN,
        parameters=_key_values(provenance.get("parameters", {})),
        versions=_key_values(provenance.get("versions", {})),
        inputs=pd.DataFrame(provenance.get("inputs", [])),
    )  # fmt: skip


def count_contrasts(report: IndexReport) -> pd.DataFrame:
    """Return tested, higher and lower genes of every contrast."""
    rows = []
    for entry in report.contrasts:
        results = entry.results
        kept = results[results["padj"] < report.alpha] if results is not None else None
        donors = entry.units.groupby("group")["unit"].size()
        rows.append(
            {
                "contrast": entry.contrast["contrast"],
                "design": entry.contrast["design"],
                "test": entry.contrast["test"],
                "reference": entry.contrast["reference"],
                "n_test": int(donors.get("test", 0)),
                "n_reference": int(donors.get("reference", 0)),
                "tested": int(results["pvalue"].notna().sum()) if results is not None else 0,
                "up": int((kept["log2FoldChange"] > 0).sum()) if kept is not None else 0,
                "down": int((kept["log2FoldChange"] < 0).sum()) if kept is not None else 0,
                "status": entry.status["status"],
                "note": entry.contrast.get("note", ""),
            }
        )
    return pd.DataFrame(rows)


def intersect_genes(report: IndexReport) -> list[tuple[tuple[str, ...], int]]:
    """Return the exclusive combinations of contrasts with their gene counts, largest first.

    A gene counts once, under exactly the contrasts it is significant in.
    """
    hits = {
        entry.contrast["contrast"]: set(
            entry.results.loc[entry.results["padj"] < report.alpha, "gene_id"]
        )
        for entry in report.contrasts
        if entry.results is not None
    }
    members: dict[str, list[str]] = {}
    for name, genes in hits.items():
        for gene in genes:
            members.setdefault(gene, []).append(name)
    counts: dict[tuple[str, ...], int] = {}
    for names in members.values():
        counts[tuple(names)] = counts.get(tuple(names), 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def describe_overlap(report: IndexReport, every: list[tuple[tuple[str, ...], int]]) -> Text:
    """Say how many genes all contrasts share and how many stand in one alone."""
    n = len(report.contrasts)
    return say(
        "index.shared",
        n=n,
        all=format_number(sum(count for names, count in every if len(names) == n)),
        one=format_number(sum(count for names, count in every if len(names) == 1)),
    )


def describe_agreement(pairs: pd.DataFrame) -> Text:
    """Say which contrasts agree most and which least, by Spearman's correlation."""
    known = pairs.dropna(subset=["spearman"]).sort_values("spearman", kind="stable")
    if known.empty:
        return say("index.concordance")
    low, high = known.iloc[0], known.iloc[-1]
    values = {"a": high["first"], "b": high["second"], "high": f"{high['spearman']:.2f}"}
    if len(known) == 1:
        return say("index.agree_two", **values)
    return say(
        "index.agree", c=low["first"], d=low["second"], low=f"{low['spearman']:.2f}", **values
    )


def correlate_contrasts(report: IndexReport) -> pd.DataFrame:
    """Return Spearman's correlation of the Wald statistic for every pair of contrasts.

    Genes that were tested in both count: one whose p-value Cook's distance took is not tested.
    """
    stats = {
        entry.contrast["contrast"]: entry.results[entry.results["pvalue"].notna()].set_index(
            "gene_id"
        )["stat"]
        for entry in report.contrasts
        if entry.results is not None
    }
    rows = []
    for a, b in combinations(stats, 2):
        both = pd.concat([stats[a], stats[b]], axis=1, keys=["a", "b"]).dropna()
        r = both["a"].rank().corr(both["b"].rank()) if len(both) > 2 else np.nan
        rows.append({"first": a, "second": b, "genes": len(both), "spearman": r})
    return pd.DataFrame(rows, columns=["first", "second", "genes", "spearman"])


def _make_grid(report: IndexReport) -> list[dict[str, Any]]:
    out = []
    for entry in report.contrasts:
        cells = []
        table = entry.theme_verdicts
        for theme in report.themes:
            row = table[table["theme"] == theme.name] if table is not None else pd.DataFrame()
            cells.append(_cell(entry, row, theme.name))
        out.append({"entry": entry, "cells": cells})
    return out


def _cell(entry: IndexEntry, row: pd.DataFrame, theme: str) -> dict[str, Any]:
    if row.empty:
        label: Text = say("index.no_verdict")
        return {"tone": "off", "mark": MARK["off"], "label": label, "p": "", "theme": theme}
    first = row.iloc[0]
    tone = TONE.get(str(first["verdict"]), "off")
    label = say(f"verdict.{first['verdict']}", test=entry.contrast["test"])
    p = "" if pd.isna(first["p_holm"]) else f"p {format_p(first['p_holm'])}"
    return {"tone": tone, "mark": MARK[tone], "label": label, "p": p, "theme": theme}


def _describe_cohort(report: IndexReport) -> Text:
    column = str(report.cohort.get("unit", "donor"))
    donors: set[str] = set()
    samples: set[str] = set()
    for entry in report.contrasts:
        name = column if column in entry.units.columns else "unit"
        donors |= set(entry.units[name].astype(str))
        samples |= {s for text in entry.units["samples"] for s in str(text).split(",")}
    return say(
        "index.cohort" if len(report.contrasts) > 1 else "index.cohort_one",
        n=len(donors), samples=len(samples), contrasts=len(report.contrasts),
        organism=report.cohort.get("organism", ""),
    )  # fmt: skip


def _describe_page(report: IndexReport) -> dict[str, Any]:
    return {
        "alpha": report.alpha,
        "contrasts": [entry.contrast["contrast"] for entry in report.contrasts],
        "language": report.language,
        "simulated": report.simulated,
        "words": script_words(),
    }


def _pack_fold_changes(report: IndexReport) -> str:
    blob = Blob()
    results = [entry.results for entry in report.contrasts if entry.results is not None]
    genes = sorted({gene for frame in results for gene in frame["gene_id"]})
    symbols: dict[str, str] = {}
    for frame in results:
        named = frame.dropna(subset=["symbol"])
        symbols |= dict(zip(named["gene_id"], named["symbol"], strict=True))
    blob.add_plain("genes", [symbols.get(gene, gene) for gene in genes])
    for i, entry in enumerate(report.contrasts):
        if entry.results is not None:
            kept = entry.results.set_index("gene_id").reindex(genes)
            tested = kept["pvalue"].notna()
            lfc = kept["log2FoldChange"].where(tested).to_numpy(dtype="<f8")
            blob.add_array(f"lfc{i}", lfc)
            blob.add_array(f"hit{i}", (kept["padj"] < report.alpha).to_numpy(dtype="<i2"))
    return blob.pack()


def _key_values(given: Any) -> pd.DataFrame:
    rows = [(str(key), str(value)) for key, value in sorted(dict(given).items())]
    return pd.DataFrame(rows, columns=["name", "value"])
