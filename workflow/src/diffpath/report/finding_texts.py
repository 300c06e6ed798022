"""Findings in both languages: English as the table has them, Japanese from kind and values.

The Japanese texts stand in ``strings/findings.json`` by code, then by the parts ``place``,
``found``, ``expected`` and ``mend``; ``CODE.VARIANT`` replaces parts where the values name a
variant. A further entry under the name of a list words each of its items; ``translated``
names the values that are words themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from diffpath.report.format import is_missing
from diffpath.report.words import Text, as_text, join_texts

PARTS = ("place", "found", "expected", "mend")
# Findings that lower or refuse a verdict: their texts are the reasons of the status.
REASONS = {
    "one_donor_a_group", "rank_deficient", "donor_repeats", "confounded", "too_few_donors",
    "not_fitted",
}  # fmt: skip


@cache
def load_finding_texts() -> dict[str, dict[str, Any]]:
    """Return the Japanese texts of findings, by code."""
    path = Path(__file__).parent / "strings" / "findings.json"
    texts: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return texts


def word_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Return `FINDINGS` with place, found, expected and mend as `Text`."""
    worded = findings.drop(columns=list(PARTS)).astype(object)
    rows = [_word(row) for _, row in findings.iterrows()]
    for part in PARTS:
        worded[part] = pd.Series([row[part] for row in rows], index=findings.index, dtype=object)
    return worded


def group_findings(findings: pd.DataFrame, severity: str) -> list[dict[str, Any]]:
    """Return the findings of a severity, those of one code together, for the first screen."""
    worded = word_findings(findings[findings["severity"] == severity])
    out = []
    for code, part in worded.groupby("code", sort=False):
        places = [place for place in part["place"] if place != ""]
        shown = join_texts(places[:6], ", ", "、")
        if len(places) > 6:
            shown = join_texts([shown, as_text(f", … (+{len(places) - 6})")], "")
        out.append({"code": code, "n": len(part), "first": part.iloc[0], "places": shown})
    return out


def word_reasons(reasons: list[str], findings: pd.DataFrame) -> list[Text]:
    """Return the reasons of a status; in Japanese as the findings that are their causes."""
    causes = findings[findings["code"].isin(REASONS) & (findings["severity"] == "warning")]
    if len(causes) != len(reasons):
        return [as_text(reason) for reason in reasons]
    found = word_findings(causes)["found"]
    return [Text(escape(en), ja.ja) for en, ja in zip(reasons, found, strict=True)]


def _word(row: pd.Series) -> dict[str, Any]:
    english = {part: "" if is_missing(row[part]) else row[part] for part in PARTS}
    if is_missing(row["values"]):
        return {part: text and as_text(text) for part, text in english.items()}
    values: dict[str, Any] = json.loads(row["values"])
    texts = load_finding_texts()
    entry = texts.get(row["code"], {}) | texts.get(f"{row['code']}.{values.get('variant')}", {})
    shown = {name: _show(name, value, entry) for name, value in values.items()}
    return {
        part: text and Text(
            escape(text),
            Markup(entry[part]).format(**shown) if part in entry else escape(text),
        )
        for part, text in english.items()
    }  # fmt: skip


def _show(name: str, value: Any, entry: Mapping[str, Any]) -> Any:
    """Return a value as the Japanese text takes it: numbers as they are, lists joined."""
    if not isinstance(value, list):
        return _translate(name, value, entry)
    rest = value[-1] if value and isinstance(value[-1], int) else None
    items = value if rest is None else value[:-1]
    parts = [_show_item(name, item, entry) for item in items]
    return Markup("、").join(parts) + (f" ほか{rest:,}件" if rest is not None else "")


def _show_item(name: str, item: Any, entry: Mapping[str, Any]) -> Markup:
    if not isinstance(item, list):
        return escape(item)
    inner = [
        Markup("、").join(escape(part) for part in piece)
        if isinstance(piece, list)
        else _translate(f"{name}.{k}", piece, entry)
        for k, piece in enumerate(item)
    ]
    return Markup(entry[name]).format(*inner)


def _translate(name: str, value: Any, entry: Mapping[str, Any]) -> Any:
    if name not in entry.get("translated", ()):
        return value
    return load_finding_texts()["words"].get(value, value)
