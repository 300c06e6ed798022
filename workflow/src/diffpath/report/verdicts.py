"""The sentence of a verdict in both languages: English as the table has it, Japanese from the row.

Both carry the same numbers, rounded by the same rules (`diffpath.themes.wording`).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from diffpath.report.finding_texts import word_reasons
from diffpath.report.format import format_log2, is_missing
from diffpath.report.model import ContrastReport
from diffpath.report.words import Text, as_text, join_texts, say
from diffpath.themes.wording import round_p, sort_sets


def word_sentence(report: ContrastReport, row: pd.Series) -> Text:
    """Return the sentence of one `THEME_VERDICTS` row; its English is the column's own."""
    assert report.theme_verdicts is not None
    verdict = str(row["verdict"])
    named, leading = pick_named_sets(report, row), _count_leading(report, row)
    against = named[named["direction"] != row["direction"]]
    values: dict[str, Any] = {
        "title": row["title"],
        "test": report.contrast["test"],
        "reference": report.contrast["reference"],
        "size": _word_size(row),
        "missed": _word_missed(row),
        "reason": _word_reason(report, row),
        "leading": leading,
        "tested": row["n_genes_tested"],
        "against": say("part.against", sets=_list_sets(against)) if len(against) else "",
        "sets": _list_parts(named, row, report.alpha),
        "untested": _word_untested(row),
        "nominal": _word_nominal(report, row),
        "why": _word_instability(row) if verdict == "one_donor" else "",
        "way": _word_way(row["direction"]),
        "donor_way": _word_way(row["donor_direction"]),
        "p_holm": round_p(row["p_holm"]),
        "p_donor": round_p(row["p_donor"]),
        "p_specificity": round_p(row["p_ulm"]),
        "lean": "" if is_missing(row["effect"]) else join_texts([as_text("、"), _word_size(row)]),
    }  # fmt: skip
    key = f"sentence.{verdict}"
    if verdict == "one_donor" and not row["p_union"] < report.alpha:
        key = "sentence.one_donor_part"
    turned = row["p_ulm"] < report.alpha and row["ulm_direction"] != row["donor_direction"]
    if verdict == "not_theme_specific" and turned:
        key = "sentence.not_theme_specific_less"
    if verdict == "component_specific" and not is_missing(row["untested"]):
        key = "sentence.component_untested"
    return Text(as_text(row["sentence"]).en, say(key, **values).ja)


def _list_parts(named: pd.DataFrame, row: pd.Series, alpha: float) -> Text:
    if not len(named):
        return say("part.no_set_mixed") if row["verdict"] == "mixed" else as_text("")
    listed = _list_sets(named)
    together = row["p_union"] < alpha and row["direction"] not in set(named["direction"])
    if row["verdict"] == "mixed" and together:
        whole = say("part.together", way=_word_way(row["direction"]))
        return join_texts([listed, whole], "; ", "；")
    return listed


def _word_reason(report: ContrastReport, row: pd.Series) -> Text:
    given = "" if is_missing(row["reason"]) else str(row["reason"])
    reasons = word_reasons(given.split("; "), report.findings)
    return Text(as_text(given).en, join_texts(reasons, ja="；").ja)


def pick_named_sets(report: ContrastReport, row: pd.Series) -> pd.DataFrame:
    """Return the `THEME_SETS` rows that a verdict names, strongest first."""
    sets = report.theme_sets
    names = [] if is_missing(row["named_sets"]) else str(row["named_sets"]).split(",")
    if sets is None:
        return pd.DataFrame({"gene_set": names, "title": None, "direction": row["direction"]})
    return sort_sets(sets[(sets["theme"] == row["theme"]) & sets["gene_set"].isin(names)])


def _count_leading(report: ContrastReport, row: pd.Series) -> int:
    genes = report.theme_genes
    if genes is None:
        return 0
    return int(genes.loc[genes["theme"] == row["theme"], "leading_edge"].sum())


def _list_sets(sets: pd.DataFrame) -> Text:
    parts = [
        join_texts([as_text(title or name), _word_way(direction)], ja=" ")
        for name, title, direction in zip(
            sets["gene_set"], sets["title"].fillna(""), sets["direction"], strict=True
        )
    ]
    return join_texts(parts, "; ", "；")


def _word_way(direction: Any) -> Text:
    return as_text("") if is_missing(direction) else say(f"part.{direction}")


def _word_size(row: pd.Series) -> Text:
    if is_missing(row["effect"]):
        if is_missing(row["untested"]):
            return say("part.no_effect")
        return say("part.no_effect_why", why=_word_untested(row))
    values = {name: format_log2(row[name]) for name in ("effect", "effect_low", "effect_high")}
    return say("part.mean" if is_missing(row["effect_low"]) else "part.interval", **values)


def _word_missed(row: pd.Series) -> Text:
    if is_missing(row["detectable_effect"]):
        return as_text("")
    return say("part.missed", effect=f"{row['detectable_effect']:.2f}")


def _word_untested(row: pd.Series) -> Text:
    return as_text("") if is_missing(row["untested"]) else say(f"part.untested_{row['untested']}")


def _word_nominal(report: ContrastReport, row: pd.Series) -> Text:
    assert report.theme_verdicts is not None
    if row["p_holm"] < report.alpha:
        return say("part.no_single_set", p=round_p(row["p_holm"]))
    if row["p_union"] < report.alpha:
        return say("part.nominal", p=round_p(row["p_union"]), n=len(report.theme_verdicts))
    return as_text("")


def _word_instability(row: pd.Series) -> Text:
    if row["loo_n"] == 0:
        return say("part.no_loo")
    key = "part.shrinks" if row["loo_sign_stable"] else "part.turns"
    return say(key, donor=row["loo_weakest"])
