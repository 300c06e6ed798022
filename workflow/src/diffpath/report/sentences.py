"""One sentence a figure: what is seen in these data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from diffpath.report.answers import count_genes
from diffpath.report.format import (
    format_log2,
    format_number,
    format_p,
    format_percent,
    format_plain,
    join_names,
)
from diffpath.report.model import ContrastReport
from diffpath.report.words import Text, join_texts, say


def describe_all(report: ContrastReport) -> dict[str, Text]:
    """Return the sentence of every QC figure that can be drawn, by the figure's name."""
    out = {"library": _library(report), "factors": _factors(report)}
    if report.sample_qc is not None and len(report.sample_qc):
        out["detected"] = _detected(report.sample_qc)
    if report.components is not None and len(report.components):
        out["pca"] = _pca(report)
        out["scree"] = _scree(report.components)
    if report.associations is not None and len(report.associations):
        out["associations"] = _associations(report)
    if report.distances is not None and len(report.distances):
        out["distances"] = _distances(report)
    if report.biotypes is not None and len(report.biotypes):
        out["biotypes"] = _biotypes(report.biotypes)
    if report.results is not None and report.results["pvalue"].notna().any():
        out["pvalues"] = _pvalues(report.results, report.alpha)
        out["volcano"] = _volcano(report)
        out["ma"] = _ma(report.results)
        out["dispersion"] = _dispersion(report.results)
    out["confounding"] = describe_confounding(report)
    return out


def _library(report: ContrastReport) -> Text:
    sizes = report.units.set_index("unit")["library_size"]
    return say(
        "qc.library",
        low=format_number(sizes.min() / 1e6),
        high=format_number(sizes.max() / 1e6),
        ratio=format_number(sizes.max() / max(sizes.min(), 1), 2),
        unit=sizes.idxmin(),
    )


def _factors(report: ContrastReport) -> Text:
    factors = report.units.set_index("unit")["size_factor"]
    return say(
        "qc.factors",
        low=format_number(factors.min()), low_unit=factors.idxmin(),
        high=format_number(factors.max()), high_unit=factors.idxmax(),
    )  # fmt: skip


def _detected(sample_qc: pd.DataFrame) -> Text:
    found = sample_qc.set_index("sample")["detected_genes"]
    return say(
        "qc.detected",
        low=format_number(found.min()), sample=found.idxmin(), high=format_number(found.max()),
    )  # fmt: skip


def _pca(report: ContrastReport) -> Text:
    assert report.components is not None
    share = report.components.drop_duplicates("component").set_index("component")
    first = str(share.index[0])
    fraction = format_percent(share["variance_fraction"].iloc[0])
    rows = report.associations
    if rows is not None:
        rows = rows[(rows["component"] == first) & rows["pvalue"].notna()]
    if rows is None or rows.empty:
        return say("qc.pca_plain", component=first, share=fraction)
    best = rows.sort_values(["r_squared", "covariate"], ascending=[False, True]).iloc[0]
    own = rows[rows["covariate"] == report.contrast["variable"]]
    text = say(
        "qc.pca",
        component=first, share=fraction, covariate=best["covariate"],
        r2=format_number(best["r_squared"], 2), p=format_p(best["pvalue"]),
    )  # fmt: skip
    if len(own) and best["covariate"] != report.contrast["variable"]:
        more = say(
            "qc.pca_own",
            variable=report.contrast["variable"],
            r2=format_number(own["r_squared"].iloc[0], 2),
        )
        return join_texts([text, more], "")
    return text


def _scree(components: pd.DataFrame) -> Text:
    share = components.drop_duplicates("component")["variance_fraction"]
    return say(
        "qc.scree",
        first=format_percent(share.iloc[0]),
        two=format_percent(share.iloc[:2].sum()),
        n=len(share),
        all=format_percent(share.sum()),
    )


def _associations(report: ContrastReport) -> Text:
    assert report.associations is not None
    rows = report.associations.dropna(subset=["pvalue"])
    nuisance = rows[rows["covariate"] != report.contrast["variable"]]
    strong = nuisance[nuisance["pvalue"] < 0.05].sort_values(["pvalue", "component", "covariate"])
    if strong.empty:
        return say("qc.associations_none")
    own = strong.groupby("covariate", sort=False)["component"]
    listed = [f"{name} ({join_names(parts, 3)})" for name, parts in own]
    return say("qc.associations", listed=join_names(listed, 5))


def _distances(report: ContrastReport) -> Text:
    assert report.distances is not None
    group = report.units.set_index("unit")["group"]
    pairs = report.distances[report.distances["unit_a"] < report.distances["unit_b"]]
    same = pairs["unit_a"].map(group) == pairs["unit_b"].map(group)
    flagged = report.units.loc[report.units["outlier"], "unit"].tolist()
    inside, between = pairs.loc[same, "distance"].median(), pairs.loc[~same, "distance"].median()
    text = say(
        "qc.distances_closer" if inside < between else "qc.distances_not",
        inside=format_number(inside),
        between=format_number(between),
    )
    if flagged:
        return join_texts([text, say("qc.outliers", units=join_names(flagged))], "")
    return join_texts([text, say("qc.no_outliers")], "")


def _biotypes(biotypes: pd.DataFrame) -> Text:
    total = biotypes.groupby("biotype")["fraction"].median().sort_values(ascending=False)
    top = str(total.index[0])
    part = biotypes[biotypes["biotype"] == top].set_index("sample")["fraction"]
    return say(
        "qc.biotypes",
        biotype=top, median=format_percent(part.median(), 1),
        low=format_percent(part.min(), 1), sample=part.idxmin(),
    )  # fmt: skip


def estimate_null_share(pvalues: pd.Series, called: int) -> float:
    """Return Storey's estimate of the share of true nulls (lambda .5).

    At most the share of the genes that are not called.
    """
    given = pvalues.dropna()
    if given.empty:
        return math.nan
    return min(1 - called / len(given), float((given > 0.5).mean() / 0.5))


def _pvalues(results: pd.DataFrame, alpha: float) -> Text:
    p = results["pvalue"].dropna()
    small = float((p < 0.05).mean())
    key = "qc.pvalues_peak" if small > 0.075 else "qc.pvalues_flat"
    if float((p > 0.95).mean()) > 0.075:
        key = "qc.pvalues_right"
    null = estimate_null_share(p, int((results["padj"] < alpha).sum()))
    return say(key, small=format_percent(small, 1), null=format_percent(null))


def _volcano(report: ContrastReport) -> Text:
    counts = count_genes(report)
    return say(
        "genes.volcano" if counts["up"] + counts["down"] else "genes.volcano_none",
        up=format_number(counts["up"]), down=format_number(counts["down"]),
        test=report.contrast["test"], reference=report.contrast["reference"],
        alpha=format_plain(report.alpha),
    )  # fmt: skip


def _ma(results: pd.DataFrame) -> Text:
    middle = float(results.loc[results["pvalue"].notna(), "log2FoldChange"].median())
    return say(
        "qc.ma_centred" if abs(middle) < 0.1 else "qc.ma_shifted", median=format_log2(middle)
    )


def _dispersion(results: pd.DataFrame) -> Text:
    used = results["dispersion"].dropna()
    trend = results.loc[used.index, "dispersion_trend"]
    if used.empty:
        return say("qc.dispersion_none")
    far = int((results.loc[used.index, "dispersion_gene"] > 10 * trend).sum())
    return say(
        "qc.dispersion",
        median=format_number(used.median(), 2),
        cv=format_percent(np.sqrt(used.median())),
        n=format_number(far),
    )


def describe_confounding(report: ContrastReport) -> Text:
    """Say which label covariates go with the compared groups, from Cramér's V."""
    tables = cross_groups(report)
    skip = {report.contrast["variable"], report.donor_column}
    # An empty cell is not a level; what one group alone was asked for is not compared.
    known = {name: table.drop(index="", errors="ignore") for name, table in tables.items()}
    checked = {n: table for n, table in known.items() if n not in skip and (table.sum() > 0).all()}
    full = [name for name, table in checked.items() if cramers_v(table) > 0.999]
    part = [name for name, table in checked.items() if 0.5 < cramers_v(table) <= 0.999]
    if full:
        return say("qc.confounded", names=join_names(full))
    if part:
        return say("qc.partly_confounded", names=join_names(part))
    if checked:
        return say("qc.not_confounded", names=join_names(checked))
    return say("qc.no_covariates")


def cross_groups(report: ContrastReport) -> dict[str, pd.DataFrame]:
    """Return levels × (test, reference) counts of units for every label covariate."""
    units = report.units[report.units["group"].isin(["test", "reference"])]
    out = {}
    for name in report.covariates:
        levels = units[name].nunique()
        if name in report.numeric or levels < 2 or levels > max(2, len(units) // 2):
            continue
        out[name] = pd.crosstab(units[name].astype(str), units["group"]).reindex(
            columns=["test", "reference"], fill_value=0
        )
    return out


def cramers_v(table: pd.DataFrame) -> float:
    """Return Cramér's V of a table of counts, 0 to 1; 0 where a side has one level."""
    counts = table.to_numpy(dtype=float)
    counts = counts[counts.sum(1) > 0][:, counts.sum(0) > 0]
    if min(counts.shape) < 2:
        return 0.0
    expected = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
    chi2 = ((counts - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi2 / counts.sum() / (min(counts.shape) - 1)))
