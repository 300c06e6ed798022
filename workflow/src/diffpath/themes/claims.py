"""Declared expectations held against what was found; tests stay two-sided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from diffpath.tables import CLAIMS, conform
from diffpath.themes.wording import UNTESTED

_WALD = 1.959963984540054  # normal quantile of a 95% interval


@dataclass(frozen=True)
class Claim:
    """An expectation with its source.

    Attributes
    ----------
    kind
        What ``name`` is: a gene (symbol or gene id), a set (``theme/set``, or the set's
        name where one theme alone has it) or a theme.
    expected
        ``up``, ``down``, or ``either`` for a change in any direction.
    expected_log2fc
        Expected size, log2 test/reference, where the source gives one.
    """

    kind: Literal["gene", "set", "theme"]
    name: str
    expected: Literal["up", "down", "either"]
    source: str
    expected_log2fc: float | None = None


def judge_claims(
    claims: Sequence[Claim],
    results: pd.DataFrame,
    sets: pd.DataFrame,
    verdicts: pd.DataFrame,
    *,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return the `CLAIMS` table, in the order of the claims.

    A gene is seen at padj below alpha, a set at its Holm p within the theme, a theme at its
    verdict *higher*, *lower*, *component_specific* or *mixed*. Seen on the expected side, or
    at all where either will do, is ``as_expected``; on the other side ``opposite``; a theme
    that is *component_specific* or *mixed* fits ``either`` alone. In a refused contrast
    nothing is seen, genes neither; in an exploratory one genes are.

    Parameters
    ----------
    results
        `RESULTS` of the contrast.
    sets, verdicts
        `THEME_SETS` and `THEME_VERDICTS`.
    """
    finders = {"gene": _find_gene, "set": _find_set, "theme": _find_theme}
    tables = {"gene": results, "set": sets, "theme": verdicts}
    statuses = dict(zip(verdicts["theme"], verdicts["status"], strict=True))
    rows = []
    for claim in claims:
        row: dict[str, Any] = dict.fromkeys(CLAIMS.names)
        row |= {
            "kind": claim.kind,
            "name": claim.name,
            "expected": claim.expected,
            "expected_log2fc": claim.expected_log2fc,
            "source": claim.source,
        }
        row |= finders[claim.kind](claim.name, tables[claim.kind], statuses, alpha)
        seen = row.pop("seen")
        if row["reason"] is not None:
            row["outcome"] = "not_tested"
        elif not seen:
            row["outcome"] = "not_seen"
        elif claim.expected in ("either", row["observed"]):
            row["outcome"] = "as_expected"
        else:
            row["outcome"] = "not_seen" if row["observed"] is None else "opposite"
        if claim.expected_log2fc is not None and row["low"] is not None and np.isfinite(row["low"]):
            row["size_within"] = bool(row["low"] <= claim.expected_log2fc <= row["high"])
        rows.append(row)
    return conform(pd.DataFrame(rows, columns=CLAIMS.names), CLAIMS)


def _find_gene(
    name: str, results: pd.DataFrame, statuses: dict[str, str], alpha: float
) -> dict[str, Any]:
    found = results[(results["symbol"] == name) | (results["gene_id"] == name)]
    if len(found) != 1:
        return _untested("the gene is not in the counts" if found.empty else "several genes")
    if "refused" in statuses.values():
        return _untested("the contrast is refused")
    gene = found.iloc[0]
    if pd.isna(gene["pvalue"]):
        return _untested(f"the gene was not tested: {gene['reason']}")
    width = _WALD * gene["lfcSE"]
    effect = float(gene["log2FoldChange"])
    # Without padj the gene fell to independent filtering: tested, too low to be called.
    return {
        "observed": _direction(effect),
        "log2fc": effect,
        "low": effect - width,
        "high": effect + width,
        "p": gene["padj"],
        "seen": bool(gene["padj"] < alpha),
        "reason": None,
    }


def _find_set(
    name: str, sets: pd.DataFrame, statuses: dict[str, str], alpha: float
) -> dict[str, Any]:
    full = sets["theme"] + "/" + sets["gene_set"]
    found = sets[(full == name) | (sets["gene_set"] == name)]
    if len(found) != 1:
        return _untested("no tested set has this name" if found.empty else "several themes have it")
    set_ = found.iloc[0]
    status = statuses.get(str(set_["theme"]), "confirmatory")
    if status != "confirmatory":
        return _untested(f"the contrast is {status}")
    return _measured(set_, set_["p_holm_within"], bool(set_["p_holm_within"] < alpha))


def _find_theme(
    name: str, verdicts: pd.DataFrame, statuses: dict[str, str], alpha: float
) -> dict[str, Any]:
    found = verdicts[verdicts["theme"] == name]
    if found.empty:
        return _untested("no theme has this name")
    theme = found.iloc[0]
    if theme["verdict"] in ("exploratory", "refused"):
        return _untested(f"the contrast is {theme['verdict']}")
    if theme["verdict"] == "not_tested":
        return _untested(f"the theme was not tested: {UNTESTED[theme['untested']]}")
    whole = theme["verdict"] in ("higher", "lower")
    part = theme["verdict"] in ("component_specific", "mixed")
    out = _measured(theme, theme["p_holm"], whole or part)
    if part:
        out["observed"] = None
    return out


def _measured(row: pd.Series, p: float, seen: bool) -> dict[str, Any]:
    return {
        "observed": row["direction"],
        "log2fc": row["effect"],
        "low": row["effect_low"],
        "high": row["effect_high"],
        "p": p,
        "seen": seen,
        "reason": None,
    }


def _direction(value: float) -> str | None:
    return None if value == 0 else "up" if value > 0 else "down"


def _untested(reason: str) -> dict[str, Any]:
    return {"seen": False, "reason": reason}
