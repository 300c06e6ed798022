"""The written results of a contrast, or of a cohort, as what a page is made of."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anndata
import pandas as pd

from diffpath.findings import findings_files
from diffpath.gene_sets import collection_file, read_collection
from diffpath.provenance import describe_run, hash_file
from diffpath.report.model import Collection, ContrastReport, GeneSet, IndexEntry, IndexReport
from diffpath.tables import (
    ASSOCIATIONS,
    BIOTYPES,
    CLAIMS,
    COMPONENTS,
    COVERAGE,
    CROSS_CHECK,
    CROSS_CHECK_THEMES,
    DESIGN,
    DISTANCES,
    EXPLORATORY,
    FINDINGS,
    GSEA,
    LEAVE_ONE_OUT,
    ORA,
    RESULTS,
    SAMPLE_QC,
    SOURCES,
    STATUS,
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_VERDICTS,
    UNITS,
    Table,
    read_table,
)

GROUPS = ("themes", "panels", "collections")
INDEX_COLUMNS = ["gene_id", "symbol", "log2FoldChange", "stat", "pvalue", "padj"]


def load_contrast(
    folder: str | Path,
    contrast: Mapping[str, str],
    config: Mapping[str, Any],
    *,
    excluded: Sequence[Mapping[str, str]] = (),
    findings: pd.DataFrame | None = None,
    config_file: str = "",
) -> ContrastReport:
    """Read a contrast's folder of results.

    Parameters
    ----------
    folder
        ``RESULTS/contrasts/CONTRAST``.
    contrast
        Its row of the contrasts.
    config
        The config, with defaults.
    excluded
        Samples left out by the sheet, with reasons.
    findings
        `FINDINGS` of the checks before the first job.
    config_file
        Path of the config, for the command that makes the page again.
    """
    folder = Path(folder)
    design = read_table(folder / "design.tsv", DESIGN)
    status = read_table(folder / "status.tsv", STATUS).iloc[0]
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS)
    expression = anndata.read_h5ad(folder / "expression.h5ad")
    names = [entry["name"] for group in GROUPS for entry in config[group]]
    found = [read_table(folder / name, FINDINGS) for name in findings_files(names)]
    sources = read_table(folder / "sources.tsv", SOURCES)
    return ContrastReport(
        title=config["report"]["title"] or config["cohort"]["name"],
        question=config["cohort"]["question"],
        contrast=contrast,
        cohort={**config["cohort"], "unit": config["unit"]},
        status=_tell_status(status, verdicts),
        findings=_join([findings, *found] if findings is not None else found, FINDINGS),
        units=read_table(folder / "units.tsv", UNITS),
        components=read_table(folder / "components.tsv", COMPONENTS),
        associations=read_table(folder / "associations.tsv", ASSOCIATIONS),
        distances=read_table(folder / "distances.tsv", DISTANCES),
        sample_qc=read_table(folder / "sample_qc.tsv", SAMPLE_QC),
        biotypes=read_table(folder / "biotypes.tsv", BIOTYPES),
        results=read_table(folder / "results.tsv.gz", RESULTS),
        expression=expression.to_df(),
        design_matrix=design.pivot(index="unit", columns="coefficient", values="value")
        if len(design)
        else None,
        contrast_vector=design.drop_duplicates("coefficient").set_index("coefficient")["weight"]
        if len(design)
        else None,
        coverage=_enrichment(folder, config, "coverage", COVERAGE),
        gsea=_enrichment(folder, config, "gsea", GSEA),
        ora=_enrichment(folder, config, "ora", ORA),
        exploratory=_join(
            [
                read_table(folder / "enrichment" / f"{entry['name']}.exploratory.tsv", EXPLORATORY)
                for entry in config["collections"]
            ],
            EXPLORATORY,
        ),
        theme_verdicts=verdicts,
        theme_sets=read_table(folder / "themes" / "sets.tsv", THEME_SETS),
        theme_genes=read_table(folder / "themes" / "genes.tsv", THEME_GENES),
        theme_scores=read_table(folder / "themes" / "scores.tsv", THEME_SCORES),
        theme_overlap=read_table(folder / "themes" / "overlap.tsv", THEME_OVERLAP),
        leave_one_out=read_table(folder / "themes" / "leave_one_out.tsv", LEAVE_ONE_OUT),
        claims=read_table(folder / "themes" / "claims.tsv", CLAIMS),
        **_cross_check(folder, config),
        gene_sets=_gene_sets(config),
        themes=_collections(config, "themes"),
        panels=_collections(config, "panels"),
        collections=_collections(config, "collections"),
        provenance=describe_run(
            config, _name_inputs(config, sources), config_file, str(status["engine"])
        ),
        excluded=pd.DataFrame(list(excluded), columns=["sample", "reason"]),
        numeric=config["numeric"],
        markers=config["report"]["markers"],
        alpha=config["differ"]["alpha"],
        language=config["report"]["language"],
    )


def load_index(
    folder: str | Path,
    contrasts: Sequence[Mapping[str, str]],
    config: Mapping[str, Any],
    *,
    findings: pd.DataFrame | None = None,
    config_file: str = "",
) -> IndexReport:
    """Read the results of a whole cohort (``RESULTS``) for the index over its contrasts."""
    folder = Path(folder)
    cohort = folder / "cohort"
    entries = []
    for contrast in contrasts:
        place = folder / "contrasts" / contrast["contrast"]
        status = read_table(place / "status.tsv", STATUS).iloc[0]
        verdicts = read_table(place / "themes" / "verdicts.tsv", THEME_VERDICTS)
        entries.append(
            IndexEntry(
                page=f"contrasts/{contrast['contrast']}/report.html",
                contrast=contrast,
                status=_tell_status(status, verdicts),
                units=read_table(place / "units.tsv", UNITS),
                results=_reduce(read_table(place / "results.tsv.gz", RESULTS)),
                theme_verdicts=verdicts,
            )
        )
    found = [read_table(cohort / "findings" / "read.tsv", FINDINGS)]
    sources = read_table(cohort / "sources.tsv", SOURCES)
    return IndexReport(
        title=config["report"]["title"] or config["cohort"]["name"],
        question=config["cohort"]["question"],
        cohort={**config["cohort"], "unit": config["unit"]},
        contrasts=entries,
        findings=_join([findings, *found] if findings is not None else found, FINDINGS),
        themes=_collections(config, "themes"),
        sources=sources,
        sample_qc=read_table(cohort / "sample_qc.tsv", SAMPLE_QC),
        biotypes=read_table(cohort / "biotypes.tsv", BIOTYPES),
        provenance=describe_run(config, _name_inputs(config, sources), config_file),
        alpha=config["differ"]["alpha"],
        language=config["report"]["language"],
    )


def _cross_check(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    # By the config, not by what is there: a check made before it was switched off is stale.
    if not config["differ"]["cross_check"]:
        return {}
    status = read_table(folder / "cross_check_status.tsv", STATUS)
    return {
        "cross_check": read_table(folder / "cross_check.tsv.gz", CROSS_CHECK),
        "cross_check_themes": read_table(folder / "cross_check_themes.tsv", CROSS_CHECK_THEMES),
        "cross_check_status": status.to_dict("records")[0],
    }


def _reduce(results: pd.DataFrame) -> pd.DataFrame:
    """Return the columns the index shows; a gene's name is held once for all contrasts."""
    kept = results[INDEX_COLUMNS].copy()
    for name in ("gene_id", "symbol"):
        kept[name] = kept[name].map(sys.intern, na_action="ignore")
    return kept


def _tell_status(status: pd.Series, verdicts: pd.DataFrame) -> dict[str, Any]:
    if not status["fitted"]:
        return {"status": "failed", "reasons": [str(status["reason"])]}
    reasons = verdicts["reason"].dropna().unique().tolist()
    return {"status": str(verdicts["status"].iloc[0]), "reasons": reasons}


def _join(frames: Sequence[pd.DataFrame], table: Table) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=table.names)
    return pd.concat(filled, ignore_index=True).drop_duplicates(ignore_index=True)


def _collections(config: Mapping[str, Any], group: str) -> list[Collection]:
    return [Collection(e["name"], e.get("title", e["name"])) for e in config[group]]


def _enrichment(folder: Path, config: Mapping[str, Any], kind: str, table: Table) -> pd.DataFrame:
    names = [entry["name"] for group in GROUPS for entry in config[group]]
    frames = [read_table(folder / "enrichment" / f"{name}.{kind}.tsv", table) for name in names]
    return _join(frames, table)


def _name_inputs(config: Mapping[str, Any], sources: pd.DataFrame) -> pd.DataFrame:
    """Return file and hash of what a page follows from: counts, annotation and gene sets."""
    annotation = config["annotation"].get("file")
    files = {annotation: Path(annotation)} if annotation else {}
    files |= {e["file"]: collection_file(e["file"]) for group in GROUPS for e in config[group]}
    rows = pd.DataFrame(
        [(name, hash_file(path)) for name, path in files.items()], columns=["file", "sha256"]
    )
    return pd.concat([sources[["file", "sha256"]], rows], ignore_index=True)


def _gene_sets(config: Mapping[str, Any]) -> dict[str, dict[str, GeneSet]]:
    out = {}
    for group in GROUPS:
        for entry in config[group]:
            collection, _ = read_collection(collection_file(entry["file"]), entry["name"])
            out[entry["name"]] = {
                s.name: GeneSet(s.genes, s.title, s.sign, s.source) for s in collection.sets
            }
    return out
