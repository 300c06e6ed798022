"""The first screen: who was compared, and what each theme's answer is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from diffpath.report.dots import draw_dots
from diffpath.report.format import (
    format_fold,
    format_log2,
    format_number,
    format_p,
    format_percent,
    format_plain,
    is_missing,
    join_names,
)
from diffpath.report.model import Collection, ContrastReport
from diffpath.report.theme_sentences import pick_scores
from diffpath.report.verdicts import pick_named_sets, word_sentence
from diffpath.report.words import Text, as_text, join_texts, say
from diffpath.themes.verdicts import LEAST_SHARE

TONE = {
    "higher": "up",
    "lower": "down",
    "component_specific": "part",
    "mixed": "part",
    "one_donor": "weak",
    "not_theme_specific": "weak",
    "not_reproducible": "weak",
    "no_evidence": "none",
    "not_tested": "off",
    "exploratory": "off",
    "refused": "off",
}
MARK = {"up": "▲", "down": "▼", "part": "◆", "weak": "◇", "none": "○", "off": "×"}


@dataclass(frozen=True)
class Answer:
    """One theme on the first screen."""

    name: str
    title: str
    tone: str
    label: Text
    sentence: Text
    facts: list[Text]
    overturn: Text | None
    dots: Markup


def describe_cohort(report: ContrastReport) -> Text:
    """Say who was compared, in donors and not in files."""
    units, column = report.units, report.donor_column
    donors = {
        group: set(units.loc[units["group"] == group, column].astype(str))
        for group in ("test", "reference")
    }
    everyone = units.loc[units["group"].isin(["test", "reference"])]
    values: dict[str, Any] = {
        "n": len(donors["test"] | donors["reference"]),
        "n_test": len(donors["test"]),
        "n_reference": len(donors["reference"]),
        "test": report.contrast["test"],
        "reference": report.contrast["reference"],
        "samples": int(everyone["n_samples"].sum()),
        "units": len(everyone),
        "organism": report.cohort.get("organism", ""),
    }
    shared = donors["test"] & donors["reference"]
    single = values["samples"] == values["units"]
    if shared and shared == donors["test"] | donors["reference"]:
        text = say("cohort.paired_single" if single else "cohort.paired", **values)
    elif shared:
        key = "cohort.partly_single" if single else "cohort.partly"
        text = say(key, shared=len(shared), **values)
    else:
        text = say("cohort.groups_single" if single else "cohort.groups", **values)
    others = int((~units["group"].isin(["test", "reference"])).sum())
    if others and report.status["status"] != "failed":
        text = join_texts([text, say("cohort.others", n=others)])
    return text


def count_genes(report: ContrastReport) -> dict[str, int]:
    """Return the number of genes of the input, tested, and significant up and down."""
    results = report.results
    if results is None:
        return {"all": 0, "tested": 0, "up": 0, "down": 0}
    significant = results["padj"] < report.alpha
    return {
        "all": len(results),
        "tested": int(results["pvalue"].notna().sum()),
        "up": int((significant & (results["log2FoldChange"] > 0)).sum()),
        "down": int((significant & (results["log2FoldChange"] < 0)).sum()),
    }


def describe_genes(report: ContrastReport) -> Text:
    """Say how many genes differ and which lead."""
    counts = count_genes(report)
    if report.results is None or counts["tested"] == 0:
        return say("genes.none_tested")
    values = {name: format_number(count) for name, count in counts.items()}
    values |= {"alpha": format_plain(report.alpha), **_groups(report)}
    if counts["up"] + counts["down"] == 0:
        return say("genes.none_significant", **values)
    return say("genes.counts", leaders=join_names(_leaders(report.results, report.alpha)), **values)


def answer_themes(report: ContrastReport) -> list[Answer]:
    """Return the answer of every theme, in the order of the config."""
    table = report.theme_verdicts
    if table is None or table.empty:
        return [_answer_from_sets(report, theme) for theme in report.themes]
    rows = {row["theme"]: row for _, row in table.iterrows()}
    order = [theme.name for theme in report.themes if theme.name in rows]
    order += [name for name in rows if name not in order]
    return [_answer_from_verdict(report, rows[name]) for name in order]


def _groups(report: ContrastReport) -> dict[str, str]:
    return {name: report.contrast[name] for name in ("test", "reference")}


def _leaders(results: pd.DataFrame, alpha: float, limit: int = 8) -> list[str]:
    kept = results[results["padj"] < alpha]
    if kept["symbol"].notna().any():
        kept = kept[kept["symbol"].notna()]
    order = kept["stat"].abs().sort_values(ascending=False, kind="stable").index[:limit]
    return [str(name) for name in kept.loc[order, "symbol"].fillna(kept.loc[order, "gene_id"])]


def _interval(row: pd.Series) -> Text:
    return say(
        "answer.effect_alone" if is_missing(row["effect_low"]) else "answer.effect",
        effect=format_log2(row["effect"]),
        low=format_log2(row["effect_low"]),
        high=format_log2(row["effect_high"]),
        fold=format_fold(row["effect"]),
    )


def _answer_from_verdict(report: ContrastReport, row: pd.Series) -> Answer:
    verdict = str(row["verdict"])
    values = {
        **_groups(report),
        "title": row["title"],
    }
    facts: list[Text] = []
    if not is_missing(row["p_holm"]):
        facts.append(say("answer.p_holm", p=format_p(row["p_holm"])))
    if not is_missing(row["effect"]):
        facts.append(_interval(row))
    return Answer(
        name=row["theme"],
        title=row["title"],
        tone=TONE.get(verdict, "off"),
        label=say(f"verdict.{verdict}", **values),
        sentence=_drop_title(word_sentence(report, row), str(row["title"])),
        facts=facts,
        overturn=_overturn(report, row),
        dots=_theme_dots(report, str(row["theme"])),
    )


def _drop_title(sentence: Text, title: str) -> Text:
    """Leave out the title a sentence begins with; it stands above it."""
    given = as_text(title)
    english = sentence.en.removeprefix(f"{given.en}: ")
    return Text(english[:1].upper() + english[1:], sentence.ja.removeprefix(f"{given.ja}："))


def _overturn(report: ContrastReport, row: pd.Series) -> Text | None:
    parts: list[Text] = []
    verdict = str(row["verdict"])
    if verdict in ("component_specific", "mixed"):
        # It stands on its sets, and on the union's keys and leave-outs only where those passed.
        named = pick_named_sets(report, row)
        if "loo_max_p" in named and named["loo_max_p"].notna().any():
            weakest = named.loc[named["loo_max_p"].idxmax()]
            title = weakest["gene_set"] if is_missing(weakest["title"]) else weakest["title"]
            parts.append(
                say(
                    "overturn.sets",
                    n=int(weakest["loo_n"]),
                    set=as_text(title),
                    p=format_p(weakest["loo_max_p"]),
                )
            )
            if not row["p_union"] < report.alpha:
                return parts[0]
    if verdict in ("higher", "lower", "component_specific", "mixed", "one_donor"):
        if verdict in ("higher", "lower") and row["effect_low"] <= 0 <= row["effect_high"]:
            parts.append(say("overturn.crosses"))
        key = _name_robustness(verdict, row)
        if key is not None:
            parts.append(
                say(
                    key,
                    n=row["loo_n"],
                    donor=row["loo_weakest"],
                    p=format_p(row["loo_max_p"]),
                    share=format_percent(row["loo_least_share"]),
                )
            )
        if not is_missing(row["p_donor"]) and not is_missing(row["p_ulm"]):
            weaker = "donor" if row["p_donor"] >= row["p_ulm"] else "specificity"
            parts.append(
                say(
                    "overturn.weaker_key",
                    key=say(f"failed_key.{weaker}"),
                    p=format_p(max(row["p_donor"], row["p_ulm"])),
                )
            )
    elif verdict == "not_theme_specific":
        keys = {"donor": format_p(row["p_donor"]), "p": format_p(row["p_ulm"])}
        turned = row["ulm_direction"] != row["donor_direction"]
        parts.append(say("overturn.unspecific_turned" if turned else "overturn.unspecific", **keys))
    elif not is_missing(row["detectable_effect"]):
        parts.append(
            say(
                "overturn.detectable",
                effect=format_log2(row["detectable_effect"]).lstrip("+"),
                fold=format_fold(row["detectable_effect"]),
            )
        )
    return join_texts(parts) if parts else None


def _name_robustness(verdict: str, row: pd.Series) -> str | None:
    if is_missing(row["loo_max_p"]):
        return None
    if not row["loo_sign_stable"]:
        return "overturn.unstable"
    if row["loo_least_share"] >= LEAST_SHARE:
        return "overturn.stable"
    # The mean of a theme of which only a part differs is near 0, and its shares say nothing.
    if verdict in ("component_specific", "mixed"):
        return None
    # The tests weigh genes by their precision: they can agree where the plain mean turns.
    return "overturn.shrinks" if row["loo_least_share"] > 0 else "overturn.gone"


def _theme_dots(report: ContrastReport, theme: str) -> Markup:
    return draw_dots(pick_scores(report, theme), report.units.set_index("unit"), report.contrast)


def _answer_from_sets(report: ContrastReport, theme: Collection) -> Answer:
    facts: list[Text] = []
    tone, label = "off", say("verdict.not_tested")
    sentence = say("sets.none", title=theme.title)
    gsea = report.gsea
    rows = gsea[gsea["collection"] == theme.name] if gsea is not None else pd.DataFrame()
    if len(rows):
        hit = rows[rows["padj"] < report.alpha]
        up, down = int((hit["nes"] > 0).sum()), int((hit["nes"] < 0).sum())
        tone = "none" if not len(hit) else "weak"
        label = say("sets.label_some" if len(hit) else "sets.label_none", up=up, down=down)
        lead = hit.reindex(hit["nes"].abs().sort_values(ascending=False, kind="stable").index)
        sentence = say(
            "sets.sentence_some" if len(hit) else "sets.sentence_none",
            n=len(rows), up=up, down=down, alpha=format_plain(report.alpha),
            sets=join_names(lead["gene_set"], 3), **_groups(report),
        )  # fmt: skip
    if report.results is not None:
        genes = {g for s in report.gene_sets.get(theme.name, {}).values() for g in s.genes}
        kept = report.results[report.results["symbol"].isin(genes)]
        tested = kept[kept["pvalue"].notna()]
        hit = tested[tested["padj"] < report.alpha]
        facts.append(
            say(
                "sets.gene_fact",
                n=len(tested),
                up=int((hit["log2FoldChange"] > 0).sum()),
                down=int((hit["log2FoldChange"] < 0).sum()),
            )
        )
    return Answer(
        theme.name, theme.title, tone, label, sentence, facts, None, Markup("")
    )  # fmt: skip
