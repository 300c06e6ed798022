"""One sentence a figure of a theme: what is seen in these data."""

from __future__ import annotations

import pandas as pd

from diffpath.report.format import format_log2, format_plain, join_names
from diffpath.report.model import ContrastReport
from diffpath.report.words import Text, say

DRAWN_GENES = 40  # as in assets/sets.js


def describe_theme(report: ContrastReport, theme: str) -> dict[str, Text]:
    """Return the sentence of every figure of a theme, by the figure's name."""
    return {
        "scores": _scores(report, theme),
        "loo": _loo(report, theme),
        "forest": _forest(report, theme),
        "heatmap": _heatmap(report, theme),
    }


def pick_scores(report: ContrastReport, theme: str) -> pd.Series:
    """Return unit → score of the theme's union, the design's other terms taken out if known."""
    scores = report.theme_scores
    if scores is None:
        return pd.Series(dtype=float)
    rows = scores[(scores["theme"] == theme) & scores["gene_set"].isna()]
    column = "adjusted" if rows["adjusted"].notna().all() else "score"
    return rows.set_index("unit")[column].reindex(report.units["unit"]).dropna()


def _scores(report: ContrastReport, theme: str) -> Text:
    values = pick_scores(report, theme)
    units = report.units.set_index("unit").loc[values.index]
    sides = {side: values[units["group"] == side] for side in ("test", "reference")}
    names = {side: report.contrast[side] for side in sides}
    if not all(len(part) for part in sides.values()):
        return say("js.no_scores")
    test, reference = (
        part.groupby(units.loc[part.index, report.donor_column].astype(str)).mean()
        for part in sides.values()
    )
    shared = test.index.intersection(reference.index)
    if len(shared):
        k = int((test[shared] > reference[shared]).sum())
        return say("theme.scores_paired", k=k, n=len(shared), **names)
    if test.min() > reference.max() or test.max() < reference.min():
        return say(
            "theme.scores_apart",
            way=say("part.higher" if test.min() > reference.max() else "part.lower"),
            n_test=len(test), n_reference=len(reference), **names,
        )  # fmt: skip
    return say(
        "theme.scores_overlap",
        mean_test=format_log2(test.mean()), mean_reference=format_log2(reference.mean()), **names,
    )  # fmt: skip


def _loo(report: ContrastReport, theme: str) -> Text:
    frame = report.leave_one_out
    if frame is None:
        return say("theme.loo_none")
    own = (frame["theme"] == theme) & frame["gene_set"].isna() & frame["effect"].notna()
    rows = frame[own]
    if rows.empty:
        return say("theme.loo_none")
    verdicts = report.theme_verdicts
    full = verdicts.loc[verdicts["theme"] == theme, "effect"] if verdicts is not None else None
    whole = float(full.iloc[0]) if full is not None and len(full) else float(rows["effect"].sum())
    turned = rows.loc[rows["effect"] * whole < 0, "left_out"]
    if len(turned):
        return say("theme.loo_turns", donors=join_names(turned, 4))
    return say(
        "theme.loo_stable",
        low=format_log2(rows["effect"].min()), high=format_log2(rows["effect"].max()),
    )  # fmt: skip


def _forest(report: ContrastReport, theme: str) -> Text:
    frame = report.theme_sets
    rows = frame[frame["theme"] == theme] if frame is not None else pd.DataFrame({"effect": []})
    rows = rows[rows["effect"].notna()]
    passed = rows[rows["p_two_key"] < report.alpha] if len(rows) else rows
    values = {"n": len(rows), "alpha": format_plain(report.alpha)}
    if passed.empty:
        return say("theme.forest_none", **values)
    first = passed.loc[passed["effect"].abs().idxmax()]
    name = str(first["gene_set"] if pd.isna(first["title"]) else first["title"])
    return say(
        "theme.forest", k=len(passed), effect=format_log2(first["effect"]), set=name, **values
    )


def _heatmap(report: ContrastReport, theme: str) -> Text:
    results, expression = report.results, report.expression
    if results is None or expression is None:
        return say("theme.heatmap_none")
    union = {g for gene_set in report.gene_sets.get(theme, {}).values() for g in gene_set.genes}
    rows = results[results["symbol"].isin(union)].drop_duplicates("symbol")
    rows = rows.dropna(subset=["stat", "pvalue"])
    rows = rows[rows["gene_id"].isin(expression.columns)]
    drawn = rows.sort_values("pvalue", kind="stable").head(DRAWN_GENES)
    if drawn.empty:
        return say("theme.heatmap_none")
    return say(
        "theme.heatmap",
        n=len(drawn), up=int((drawn["stat"] > 0).sum()), down=int((drawn["stat"] < 0).sum()),
        test=report.contrast["test"],
    )  # fmt: skip
