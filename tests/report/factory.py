"""A synthetic contrast for the report's tests: deterministic, with every table filled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from diffpath.cross_check import compare_results
from diffpath.findings import Findings
from diffpath.report.model import Collection, ContrastReport, GeneSet, IndexEntry, IndexReport
from diffpath.tables import (
    ASSOCIATIONS,
    BIOTYPES,
    COVERAGE,
    CROSS_CHECK_THEMES,
    EXPLORATORY,
    FINDINGS,
    GSEA,
    ORA,
    RESULTS,
    SAMPLE_QC,
    conform,
)
from tests.report import factory_themes
from tests.report.factory_themes import THEMES

GENES = (
    "IL1B IL6 CXCL8 CCL2 TNF NFKB1 IL1A CXCL1 CXCL2 ICAM1 ITPR1 ATP2A2 STIM1 ORAI1 CALM1 "
    "NFATC1 S100A6 RYR2 MCU TRPC1 COL1A1 COL1A2 COL3A1 FN1 MMP3 MMP1 LOX TIMP1 BGN DCN CDKN2A "
    "CDKN1A LMNB1 MKI67 TP53 GLB1 WRN XIST RPS4Y1 THY1 NT5E ENG POU5F1 NANOG"
)
NAMED = GENES.split()


def make_units(per_group: int) -> pd.DataFrame:
    """Units with covariates: ``per_group`` donors in each group, two clones each."""
    rng = np.random.default_rng(3)
    n = 2 * per_group
    group = ["test"] * per_group + ["reference"] * per_group
    unit = [f"WS{i + 1}" for i in range(per_group)] + [f"CT{i + 1}" for i in range(per_group)]
    return pd.DataFrame(
        {
            "unit": unit,
            "group": group,
            "samples": [f"{name}_c1,{name}_c2" for name in unit],
            "n_samples": 2,
            "library_size": rng.integers(18_000_000, 42_000_000, n),
            "size_factor": np.round(rng.uniform(0.7, 1.3, n), 4),
            "outlier": [i == n - 1 for i in range(n)],
            "donor": unit,
            "condition": ["WS"] * per_group + ["control"] * per_group,
            "batch": [f"b{i % 2 + 1}" for i in range(n)],
            "sex": [("female", "male")[i // 2 % 2] for i in range(n)],
            "passage": rng.integers(4, 9, n),
        }
    )


def make_results(n_genes: int) -> pd.DataFrame:
    """Every gene of the input with its statistics and reasons."""
    rng = np.random.default_rng(5)
    symbol = NAMED + [f"GENE{i}" for i in range(len(NAMED), n_genes)]
    mean = np.exp(rng.normal(5, 2.4, n_genes))
    se = 0.15 + 0.8 / np.sqrt(mean / 10 + 0.5)
    lfc = rng.normal(0, 0.25, n_genes) + np.where(rng.random(n_genes) < 0.08, 1, 0) * rng.normal(
        0, 1.6, n_genes
    )
    lfc[:10] += 2.4
    lfc[20:30] += np.array([0.6, 0.5, 0.4, 0.1, 1.9, 1.7, -0.3, 0.0, 0.1, -0.2])
    lfc[30:34] = [2.2, 1.4, -1.3, -1.9]
    se[: len(NAMED)] = 0.32
    stat = lfc / se
    p = np.maximum(np.exp(-0.717 * np.abs(stat) - 0.416 * stat**2), 1e-200)
    frame = pd.DataFrame(
        {
            "gene_id": [f"ENSG{i * 7:011d}" for i in range(n_genes)],
            "symbol": symbol,
            "biotype": np.where(rng.random(n_genes) < 0.8, "protein_coding", "lncRNA"),
            "baseMean": mean,
            "log2FoldChange": lfc,
            "lfcSE": se,
            "stat": stat,
            "pvalue": p,
        }
    )
    ordered = p.argsort()
    padj = np.empty(n_genes)
    padj[ordered] = np.minimum.accumulate((p[ordered] * n_genes / (1 + np.arange(n_genes)))[::-1])[
        ::-1
    ]
    frame["padj"] = np.minimum(padj, 1)
    frame["log2FoldChange_shrunken"] = lfc * 0.8
    frame["lfcSE_shrunken"] = se * 0.9
    trend = 0.05 + 2 / mean
    frame["dispersion_gene"] = trend * np.exp(rng.normal(0, 0.8, n_genes))
    frame["dispersion_trend"] = trend
    frame["dispersion"] = trend * np.exp(rng.normal(0, 0.4, n_genes))
    frame["max_cooks"] = rng.exponential(0.5, n_genes)
    frame["reason"] = None
    free = np.arange(len(NAMED), n_genes)
    values = RESULTS.names[4:-1]
    for start, reason, columns in (
        (0, "low_count", values),
        (1, "all_zero", values),
        (2, "cooks_outlier", ["pvalue", "padj"]),
        (3, "independent_filtering", ["padj"]),
    ):
        rows = free[start::12]
        frame.loc[rows, columns] = np.nan
        frame.loc[rows, "reason"] = reason
        if reason == "all_zero":
            frame.loc[rows, "baseMean"] = 0.0
    frame.loc[free[7], "symbol"] = None
    frame.loc[:2, "pvalue"] = [3.5e-31, 2e-24, 2e-21]
    return conform(frame, RESULTS)


def make_sets(n_genes: int, broad: int) -> dict[str, dict[str, GeneSet]]:
    """Three themes, the senescence panel and two broad collections."""
    rng = np.random.default_rng(9)
    symbol = np.array(NAMED + [f"GENE{i}" for i in range(len(NAMED), n_genes)])
    sets: dict[str, dict[str, GeneSet]] = {}
    names = {
        "inflammation": ["NFKB_TARGETS", "IL1_RESPONSE", "CHEMOKINES", "INTERFERON", "NFKB_BRAKES"],
        "calcium": ["ER_STORE", "STORE_OPERATED_ENTRY", "CALCINEURIN_NFAT", "S100_PROTEINS"],
        "matrix": ["FIBRILLAR_COLLAGENS", "MMP_TIMP", "LOX_CROSSLINKING", "PROTEOGLYCANS"],
    }
    for k, (theme, labels) in enumerate(names.items()):
        core = NAMED[10 * k : 10 * k + 10]
        sets[theme] = {
            label: GeneSet(
                [*core[i % 3 :: 2], *rng.choice(symbol[44:], 14, replace=False), "NOTHERE1"],
                label.replace("_", " ").capitalize(),
                -1 if label.endswith("BRAKES") else 1,
                "doi:10.0000/example",
            )
            for i, label in enumerate(labels)
        }
    sets["senescence"] = {"SENESCENCE_CORE": GeneSet(NAMED[30:36], "Senescence core")}
    for name in ("hallmark", "reactome"):
        sets[name] = {
            f"{name.upper()}_SET_{i}": GeneSet(
                list(rng.choice(symbol, int(rng.integers(15, 60)), replace=False))
            )
            for i in range(broad if name == "reactome" else 50)
        }
    return sets


def _set_tables(sets: dict[str, dict[str, GeneSet]], results: pd.DataFrame) -> dict[str, Any]:
    rng = np.random.default_rng(13)
    stat = results.dropna(subset=["symbol", "pvalue"]).set_index("symbol")["stat"]
    known = set(results["symbol"].dropna())
    cover, gsea, ora, broad = [], [], [], []
    for collection, group in sets.items():
        for name, gene_set in group.items():
            tested = [g for g in gene_set.genes if g in stat.index]
            measured = [g for g in gene_set.genes if g in known]
            cover.append(
                (collection, name, len(gene_set.genes), len(measured),
                 len(measured) - len(tested), len(tested), len(tested) >= 5,
                 ",".join(g for g in gene_set.genes if g not in known) or None)
            )  # fmt: skip
            values = stat[tested].sort_values(ascending=False)
            t = float(values.mean() * np.sqrt(len(values)) / 2)
            edge = values.index[: max(3, len(values) // 3)] if t > 0 else values.index[::-1][:4]
            p = float(np.clip(np.exp(-abs(t) * 1.4), 1e-12, 1))
            gsea.append(
                (collection, name, len(tested), np.tanh(t / 6), np.sign(t) * (0.6 + abs(t) / 5),
                 p, min(1.0, p * 4), len(edge), ",".join(edge))
            )  # fmt: skip
            for direction in ("down", "up"):
                ora.append(
                    (collection, name, direction, len(stat), 150, len(tested), 2, 1.5, 1.4,
                     0.4, 0.8, ",".join(sorted(tested[:2])))
                )  # fmt: skip
            if collection in ("hallmark", "reactome"):
                broad.append(
                    (collection, name, len(tested), 0.03, float(rng.uniform(0, 0.08)),
                     "up" if t > 0 else "down", t, p, min(1.0, p * 9), float(values.mean() / 5),
                     min(1.0, p * 3), "up" if t > 0 else "down", p < 0.01)
                )  # fmt: skip
    return {
        "coverage": conform(pd.DataFrame(cover, columns=COVERAGE.names), COVERAGE),
        "gsea": conform(pd.DataFrame(gsea, columns=GSEA.names), GSEA),
        "ora": conform(pd.DataFrame(ora, columns=ORA.names), ORA),
        "exploratory": conform(pd.DataFrame(broad, columns=EXPLORATORY.names), EXPLORATORY),
    }


def _qc_tables(units: pd.DataFrame, expression: pd.DataFrame) -> dict[str, Any]:
    rng = np.random.default_rng(19)
    values = expression.to_numpy()
    centred = values - values.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    share = s**2 / (s**2).sum()
    k = min(8, len(units) - 1)
    components = pd.DataFrame(
        [
            (unit, f"PC{c + 1}", u[i, c] * s[c], share[c])
            for c in range(k) for i, unit in enumerate(units["unit"])
        ],
        columns=["unit", "component", "score", "variance_fraction"],
    )  # fmt: skip
    names = ["condition", "donor", "batch", "sex", "passage", "library_size"]
    associations = pd.DataFrame(
        [
            (f"PC{c + 1}", name, "numeric" if name in ("passage", "library_size")
             else "categorical", len(units), r2, None if name == "donor" else (1 - r2) ** 3)
            for c in range(min(k, 5)) for name in names
            for r2 in [0.93 if (c, name) == (0, "condition") else float(rng.uniform(0, 0.7)) ** 2]
        ],
        columns=ASSOCIATIONS.names,
    )  # fmt: skip
    distance = np.sqrt(((values[:, None] - values[None]) ** 2).sum(-1))
    r = np.corrcoef(values)
    distances = pd.DataFrame(
        [
            (a, b, distance[i, j], r[i, j])
            for i, a in enumerate(units["unit"]) for j, b in enumerate(units["unit"])
        ],
        columns=["unit_a", "unit_b", "distance", "correlation"],
    )  # fmt: skip
    samples = [s for text in units["samples"] for s in text.split(",")]
    qc = pd.DataFrame({"sample": samples})
    n = len(samples)
    qc["library_size"] = rng.integers(8_000_000, 22_000_000, n)
    qc["detected_genes"] = rng.integers(13_000, 15_500, n)
    for name, low, high in (
        ("top100_fraction", 0.1, 0.2), ("protein_coding_fraction", 0.85, 0.95),
        ("rrna_fraction", 0.001, 0.01), ("mitochondrial_fraction", 0.02, 0.09),
        ("antisense_fraction", 0.004, 0.009), ("xist_cpm", 0, 60), ("y_cpm", 0, 50),
        ("wrn_cpm", 4, 14), ("nearest_correlation", 0.97, 0.99),
    ):  # fmt: skip
        qc[name] = rng.uniform(low, high, n)
    qc["sex_observed"] = ["female", "male"] * (n // 2)
    qc["nearest_sample"] = samples[::-1]
    biotypes = pd.DataFrame(
        [
            (sample, name, int(1e7 * f), f)
            for sample in samples
            for name, f in (("protein_coding", 0.9), ("lncRNA", 0.06), ("mitochondrial", 0.03),
                            ("other", 0.01))
        ],
        columns=BIOTYPES.names,
    )  # fmt: skip
    return {
        "components": components,
        "associations": conform(associations, ASSOCIATIONS),
        "distances": distances,
        "sample_qc": conform(qc[SAMPLE_QC.names], SAMPLE_QC),
        "biotypes": conform(biotypes, BIOTYPES),
    }


def make_findings() -> pd.DataFrame:
    """Warnings and a note of several stages."""
    found = Findings()
    found.warning(
        "sex_mismatch", "config/samples.tsv", "column 'sex'",
        found="1 sample stated as male in which genes of the Y chromosome are silent: "
        "WS1_c1 (XIST 41.0, Y genes 0.1 CPM)",
        expected="male samples (unless they lost the Y chromosome)",
        mend="look for swapped samples or correct the sheet",
        values={"variant": "male", "n": 1, "samples": [["WS1_c1", 41.0, 0.1]]},
    )  # fmt: skip
    found.warning(
        "outlier_unit", "units", "unit 'CT4'",
        found="a median distance of 88 to its group, the typical unit has 52",
        expected="at most 1.5 times the typical distance",
        mend="look at the unit; exclude it in the sample sheet only for a reason known apart "
        "from its expression",
        values={"unit": "CT4", "own": 88.2, "typical": 52.3, "ratio": 1.5},
    )  # fmt: skip
    found.note(
        "versions_removed", "counts.tsv", "column 'gene_id'",
        found="2 gene ids with a version, such as ENSG00000141510.18",
        expected="ids without versions", mend="nothing: the versions are removed",
        values={"n": 2, "example": "ENSG00000141510.18"},
    )  # fmt: skip
    return conform(found.to_frame("read"), FINDINGS)


def make_cross_check(results: pd.DataFrame, verdicts: pd.DataFrame) -> dict[str, Any]:
    """Another engine that nearly agrees; it does not call IL6, nor the gene named first after."""
    rng = np.random.default_rng(29)
    n = len(results)
    other = results.copy()
    other["log2FoldChange"] *= 1 + rng.normal(0, 0.002, n)
    other["lfcSE"] *= 1 + rng.normal(0, 0.05, n)
    for name in ("pvalue", "padj"):
        other[name] = (other[name] * np.exp(rng.normal(0, 0.3, n))).clip(upper=1)
    other.loc[other["symbol"] == "IL6", "padj"] = 0.21
    called = other.index[(results["padj"] < 0.05) & (results.index >= len(NAMED))]
    other.loc[called[:1], ["padj", "reason"]] = [np.nan, "independent_filtering"]
    themes = verdicts[["theme", "title"]].copy()
    for name in ("verdict", "named_sets", "p_ulm", "p_holm"):
        themes[name], themes[f"{name}_check"] = verdicts[name], verdicts[name]
    themes["p_holm_check"] *= 1.1
    return {
        "cross_check": compare_results(results, other, 0.05),
        "cross_check_themes": conform(themes.assign(differs=False), CROSS_CHECK_THEMES),
        "cross_check_status": {"fitted": True, "reason": None, "engine": "pydeseq2 0.5.4"},
    }


def make_report(
    n_genes: int = 1500, per_group: int = 4, broad: int = 120, **changes: Any
) -> ContrastReport:
    """Return a full report; keyword arguments replace its fields."""
    units = make_units(per_group)
    results = make_results(n_genes)
    rng = np.random.default_rng(23)
    side = np.where(units["group"] == "test", 0.5, -0.5)
    level = np.log2(results["baseMean"].to_numpy() + 4)
    lfc = results["log2FoldChange"].fillna(0).to_numpy()
    expression = pd.DataFrame(
        level + np.outer(side, lfc) + rng.normal(0, 0.35, (len(units), n_genes)),
        index=units["unit"].tolist(),
        columns=results["gene_id"].tolist(),
    )
    sets = make_sets(n_genes, broad)
    matrix = pd.DataFrame(
        {"Intercept": 1.0, "batch[T.b2]": (units["batch"] == "b2").astype(float),
         "condition[T.WS]": (units["condition"] == "WS").astype(float)}
    )  # fmt: skip
    matrix.index = pd.Index(units["unit"].tolist(), name="unit")
    theme_tables = factory_themes.make_theme_tables(sets, results, units)
    report = ContrastReport(
        title="WS-MSC demonstration cohort",
        question="Do Werner syndrome mesenchymal stem cells differ from control cells in "
        "inflammation, calcium metabolism and extracellular matrix?",
        contrast={
            "contrast": "WS_vs_control", "design": "~ batch + condition", "variable": "condition",
            "test": "WS", "reference": "control", "subset": "", "note": "iPSC-derived MSC.",
        },
        cohort={"name": "demo", "organism": "Homo sapiens", "simulated": True, "unit": "donor"},
        status={"status": "confirmatory", "reasons": []},
        findings=make_findings(),
        units=units,
        results=results,
        expression=expression,
        design_matrix=matrix,
        contrast_vector=pd.Series([0.0, 0.0, 1.0], index=matrix.columns),
        gene_sets=sets,
        themes=THEMES,
        panels=[Collection("senescence", "Senescence panel")],
        collections=[Collection("hallmark", "Hallmark"), Collection("reactome", "Reactome")],
        provenance={
            "versions": {"diffpath": "0.1", "engine": "diffpath 0.1.0",
                         "pydeseq2": "0.5.4", "gseapy": "1.3.1",
                         "python": "3.11"},
            "parameters": {"filter.min_count": 10, "filter.min_units": per_group,
                           "enrichment.min_size": 10, "enrichment.max_size": 500,
                           "enrichment.permutations": 10000, "enrichment.seed": 1},
            "inputs": [{"file": "config/samples.tsv", "sha256": "ab" * 32}],
            "commit": "0123456789abcdef", "command": "snakemake --cores 2",
            "environment": "requirements.lock",
        },
        excluded=pd.DataFrame([("WS9_c1", "mycoplasma")], columns=["sample", "reason"]),
        numeric=["passage"],
        markers=["WRN", "XIST", "RPS4Y1", "THY1", "NT5E", "ENG", "POU5F1", "NANOG", "ABSENT1"],
        **_qc_tables(units, expression),
        **_set_tables(sets, results),
        **theme_tables,
        **make_cross_check(results, theme_tables["theme_verdicts"]),
    )  # fmt: skip
    return replace(report, **changes)


def make_index(n_contrasts: int = 3) -> IndexReport:
    """Return an index over contrasts that share part of their genes."""
    report = make_report(n_genes=800)
    assert report.results is not None
    assert report.theme_verdicts is not None
    entries = []
    for i in range(n_contrasts):
        results = report.results.copy()
        rng = np.random.default_rng(i)
        moved = results["log2FoldChange"] + (rng.normal(0, 0.3, len(results)) if i else 0)
        results["log2FoldChange"] = moved
        results["stat"] = moved / results["lfcSE"]
        results.loc[rng.random(len(results)) < 0.02 * i, "padj"] = 0.9
        verdicts = report.theme_verdicts.copy()
        verdicts["verdict"] = np.roll(verdicts["verdict"].to_numpy(), i)
        contrast = {**report.contrast, "contrast": f"arm_{i + 1}"}
        entries.append(
            IndexEntry(f"contrasts/arm_{i + 1}/report.html", contrast, report.status,
                       report.units, results, verdicts)
        )  # fmt: skip
    return IndexReport(
        title=report.title,
        question=report.question,
        cohort=report.cohort,
        contrasts=entries,
        findings=report.findings,
        themes=THEMES,
        sources=pd.DataFrame(
            [("lab_a", "counts.tsv.gz", "cd" * 32, "matrix", 18000, 16, 16, 12, 17988, 3)],
            columns=[
                "source",
                "file",
                "sha256",
                "format",
                "genes",
                "samples",
                "samples_used",
                "genes_only_here",
                "genes_in_all",
                "rows_merged",
            ],
        ),
        sample_qc=report.sample_qc,
        biotypes=report.biotypes,
        provenance=report.provenance,
    )
