"""What the other engine says of the same contrast, in words and tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from diffpath.cross_check import count_calls, measure_agreement
from diffpath.report.format import format_number, format_plain, join_names
from diffpath.report.model import ContrastReport
from diffpath.report.words import Text, join_texts, say

NAMED = 20


@dataclass(frozen=True)
class Comparison:
    """The section of the page: a sentence, its meaning for the verdicts, and the tables.

    Where one of the engines could not fit, only ``seen`` is given.
    """

    seen: Text
    meaning: Text | None = None
    calls: pd.DataFrame | None = None
    agreement: pd.DataFrame | None = None
    themes: pd.DataFrame | None = None
    n_differing: int = 0


def name_engines(report: ContrastReport) -> dict[str, str]:
    """Return the engine of the results and that of the check, with versions."""
    check = report.cross_check_status or {}
    return {
        "engine": str(report.provenance.get("versions", {}).get("engine", "")),
        "check": str(check.get("engine", "")),
    }


def describe_cross_check(report: ContrastReport) -> Comparison | None:
    """Return what the check found, or nothing where none was made."""
    genes, status = report.cross_check, report.cross_check_status
    if genes is None or status is None:
        return None
    engines = name_engines(report)
    if report.status["status"] == "failed":
        reason = join_names(report.status["reasons"])
        return Comparison(say("cross.failed", engine=engines["engine"], reason=reason))
    if not status["fitted"]:
        return Comparison(say("cross.failed", engine=engines["check"], reason=status["reason"]))
    calls = count_calls(genes, report.alpha)
    agreement = measure_agreement(genes)
    differing = list_differing(report)
    n = len(differing)
    values = {
        "n": format_number(n),
        "either": format_number(calls["either"]),
        "n_engine": format_number(calls["results"]),
        "n_check": format_number(calls["check"]),
        "alpha": format_plain(report.alpha),
        **engines,
    }
    key = "cross.calls" if n else "cross.same" if calls["either"] else "cross.none"
    parts = [say(key, **values), _say_medians(agreement)]
    if n:
        themed = differing[differing["themes"].notna()]
        names = join_names(themed["symbol"], NAMED)
        parts.append(
            say("cross.theme_some", n=len(themed), genes=names)
            if len(themed)
            else say("cross.theme_none")
        )
    return Comparison(
        seen=join_texts(parts),
        meaning=_say_meaning(report, engines),
        calls=_table_calls(genes, differing, calls, engines, report.alpha),
        agreement=agreement,
        themes=_word_themes(report),
        n_differing=n,
    )


def list_differing(report: ContrastReport) -> pd.DataFrame:
    """Return the rows of `CROSS_CHECK` that differ, smallest padj of either engine first.

    With ``themes``, titles of the themes the gene is in, and ``missing``, why one engine gives
    no padj.
    """
    assert report.cross_check is not None
    genes = report.cross_check[report.cross_check["differs"]].copy()
    genes.insert(2, "themes", genes["symbol"].map(_theme_titles(report)))
    genes["missing"] = genes["reason"].fillna(genes["reason_check"])
    order = genes[["padj", "padj_check"]].min(axis=1).sort_values(kind="stable").index
    return genes.loc[order].drop(columns=["differs", "reason", "reason_check"])


def _theme_titles(report: ContrastReport) -> dict[str, str]:
    titles: dict[str, list[str]] = {}
    for theme in report.themes:
        sets = report.gene_sets.get(theme.name, {}).values()
        for symbol in {symbol for gene_set in sets for symbol in gene_set.genes}:
            titles.setdefault(symbol, []).append(theme.title)
    return {symbol: "; ".join(names) for symbol, names in titles.items()}


def _say_medians(agreement: pd.DataFrame) -> Text:
    median = agreement.set_index("name")["median_share"]
    return say(
        "cross.median",
        lfc=f"{format_number(100 * median['log2FoldChange'], 2)}%",
        se=f"{format_number(100 * median['lfcSE'], 2)}%",
        p=f"{format_number(100 * median['pvalue'], 2)}%",
    )


def _say_meaning(report: ContrastReport, engines: dict[str, str]) -> Text | None:
    themes = report.cross_check_themes
    if themes is None:
        return None
    if report.status["status"] != "confirmatory":
        return say("cross.verdict_none")
    changed = themes[themes["differs"]]
    if len(changed):
        return say("cross.verdict_other", titles=join_names(changed["title"]), **engines)
    return say("cross.verdict_same", **engines)


def _table_calls(
    genes: pd.DataFrame,
    differing: pd.DataFrame,
    calls: dict[str, int],
    engines: dict[str, str],
    alpha: float,
) -> pd.DataFrame:
    rows: list[tuple[Text, int, int | None, int | None]]
    rows = [(say("cross.both"), calls["both"], None, None)]
    for name, count, own, other in (
        (engines["engine"], calls["results"], "padj", "padj_check"),
        (engines["check"], calls["check"], "padj_check", "padj"),
    ):
        alone = differing[differing[own] < alpha]
        without, themed = int(alone[other].isna().sum()), int(alone["themes"].notna().sum())
        rows.append((say("cross.alone", engine=name), count, without, themed))
    return pd.DataFrame(rows, columns=["called_by", "n_called", "n_without_padj", "n_in_theme"])


def _word_themes(report: ContrastReport) -> pd.DataFrame | None:
    if report.cross_check_themes is None:
        return None
    out = report.cross_check_themes.drop(columns=["theme", "named_sets", "named_sets_check"])
    for name in ("verdict", "verdict_check"):
        out[name] = out[name].map(lambda verdict: say(f"verdict.{verdict}", **report.contrast))
    return out
