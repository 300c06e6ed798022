"""Verdicts in words, from the numbers of the full fit and of every leave-one-out fit.

The wording follows what the two keys can carry. *Higher* and *lower* speak of the
expression of a theme's genes; a pathway's activity is not measured by RNA. Where nothing
is found the words are "no evidence", with what could have been found, never "unchanged".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from diffpath.tables import THEME_GENES, THEME_SETS, THEME_VERDICTS, conform
from diffpath.themes.standing import Standing
from diffpath.themes.wording import word_verdict

LEAST_SHARE = 0.5
"""Share of the effect that has to be left whichever donor is left out, in uneven groups.

The variance is pooled over the groups: one bad sample of a small group shows in it, unless a
large group outweighs it. Where one of three test donors had genes raised fourfold, Holm's p
called 0 of 36 comparisons at 3 against 6, 4 of 24 at 3 against 12 and 14 of 24 at 3 against 24.
The sign alone left 4 and 6 of these, this share none. In even groups it would stop nothing and
cost 5 of 30 planted changes. A limit on the donor key's p without the donor stopped less
(`benchmarks/calibration`).
"""

UNEVEN = 2
"""Times the donors of the smaller group beyond which groups are uneven."""


@dataclass(frozen=True)
class Judgement:
    """Final tables of one contrast's themes."""

    verdicts: pd.DataFrame
    sets: pd.DataFrame
    genes: pd.DataFrame


def judge(
    tests: pd.DataFrame,
    sets: pd.DataFrame,
    genes: pd.DataFrame,
    left_out: pd.DataFrame,
    standing: Standing,
    *,
    test: str,
    reference: str,
    gsea: pd.DataFrame | None = None,
    alpha: float = 0.05,
) -> Judgement:
    """Give each theme its verdict.

    - *higher*, *lower*: Holm p and two-key p of the union below alpha, the mean fold
      change on the same side, and the donor key's direction the same whichever donor is
      left out; where one group has more than `UNEVEN` times the donors of the other, also
      at least `LEAST_SHARE` of the mean fold change left. *one_donor* where that does not
      hold, or cannot be shown to. *mixed* where the interval of the mean fold change
      includes 0 and a set that passes and holds, as below, stands against it.
    - *component_specific*: Holm p below alpha, the union's is not; the sets that pass Holm
      within the theme and hold in the leave-outs are named, and there is always one.
      *mixed*: they conflict. *one_donor*: sets pass Holm, but none holds.
    - *not_theme_specific*: the donor key below alpha, the specificity key not, or in the
      other direction.
    - *not_reproducible*: the specificity key (or GSEA of a set) below alpha, the donor key
      not.
    - *no_evidence* otherwise.

    Parameters
    ----------
    tests, sets, genes
        Tables of `ThemeResult`.
    left_out
        `LEAVE_ONE_OUT` rows of all donors; empty where none were made.
    standing
        From `assess_design`.
    test, reference
        Names of the two groups, for the sentences.
    gsea
        `GSEA` rows of the theme sets, collection = theme.
    alpha
        Level of the verdicts.

    Returns
    -------
    Judgement
        `THEME_VERDICTS`, and `THEME_SETS` and `THEME_GENES` with the leave-outs joined in.
    """
    left_out = left_out.assign(gene_set=left_out["gene_set"].fillna(""))
    # Leave-outs of a refused contrast are description: they support nothing.
    robust = {} if standing.status == "refused" else _summarise(left_out)
    sets = _join_robustness(sets, robust)
    least = LEAST_SHARE if are_uneven(standing.n_test, standing.n_reference) else None
    genes = _join_recurrence(genes, left_out)
    rows = []
    for record in tests.to_dict("records"):
        row: dict[str, Any] = {str(name): value for name, value in record.items()}
        theme = str(row["theme"])
        row |= _robustness(robust, theme, "", row["direction"], row["effect"])
        own = sets[sets["theme"] == theme]
        passing = own[own["p_holm_within"] < alpha]
        hold = [_holds(set_, least) for set_ in passing.to_dict("records")]
        named = passing[np.array(hold, dtype=bool)]
        enriched = _enriched(gsea, own, theme, alpha)
        row["status"] = standing.status
        row["verdict"] = _decide(row, standing, _holds(row, least), passing, named, enriched, alpha)
        tells = row["verdict"] in ("component_specific", "mixed", "higher", "lower")
        row["named_sets"] = ",".join(named["gene_set"]) if tells and len(named) else None
        row["n_test"], row["n_reference"] = standing.n_test, standing.n_reference
        row["residual_df"], row["reason"] = standing.residual_df, standing.reason
        leading = int(genes.loc[genes["theme"] == theme, "leading_edge"].sum())
        row["sentence"] = word_verdict(row, named, leading, len(tests), test, reference, alpha)
        rows.append(row)
    verdicts = pd.DataFrame(rows, columns=THEME_VERDICTS.names)
    return Judgement(conform(verdicts, THEME_VERDICTS), sets, genes)


def _decide(
    row: dict[str, Any],
    standing: Standing,
    holds: bool,
    passing: pd.DataFrame,
    named: pd.DataFrame,
    enriched: bool,
    alpha: float,
) -> str:
    if standing.status != "confirmatory":
        return standing.status
    p_holm, p_union, p_donor, p_ulm = (row[n] for n in ("p_holm", "p_union", "p_donor", "p_ulm"))
    if np.isnan(p_holm):
        return "not_tested"
    if p_holm < alpha and p_union < alpha:
        if not holds:
            return "one_donor"
        against = (named["direction"] != row["direction"]).any()
        lean = row["effect_low"] <= 0 <= row["effect_high"]
        if (row["effect"] > 0) != (row["direction"] == "up") or (lean and against):
            return "mixed"
        return "higher" if row["direction"] == "up" else "lower"
    if p_holm < alpha and len(named):
        return "mixed" if named["direction"].nunique() > 1 else "component_specific"
    if p_holm < alpha and len(passing):
        return "one_donor"
    apart = p_ulm >= alpha or row["donor_direction"] != row["ulm_direction"]
    if p_donor < alpha and apart:
        return "not_theme_specific"
    if p_donor >= alpha and (p_ulm < alpha or enriched):
        return "not_reproducible"
    return "no_evidence"


def _summarise(left_out: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    ordered = left_out.sort_values("left_out", kind="stable")
    return {(str(t), str(s)): rows for (t, s), rows in ordered.groupby(["theme", "gene_set"])}


def are_uneven(n_test: int, n_reference: int) -> bool:
    """Whether a verdict on these groups needs `LEAST_SHARE` of its effect in the leave-outs."""
    return max(n_test, n_reference) > UNEVEN * min(n_test, n_reference)


def _holds(row: Mapping[Any, Any], least: float | None) -> bool:
    """Whether direction, and the least share of the effect, stay whichever donor is left out."""
    if row["loo_sign_stable"] is None or not row["loo_sign_stable"]:
        return False
    return least is None or bool(row["loo_least_share"] >= least)


def _robustness(
    robust: dict[tuple[str, str], pd.DataFrame],
    theme: str,
    name: str,
    direction: object,
    effect: float,
) -> dict[str, Any]:
    rows = robust.get((theme, name))
    if rows is None or rows.empty or not isinstance(direction, str):
        return {
            "loo_n": 0,
            "loo_sign_stable": None,
            "loo_least_share": np.nan,
            "loo_max_p": np.nan,
            "loo_weakest": None,
        }
    # A fit that could not be made without a donor cannot show that the rest agree.
    kept = rows["donor_direction"] == direction
    made = rows[rows["p_two_key"].notna()]
    share = rows["effect"] / effect if effect else rows["effect"] * np.nan
    if kept.all() and share.min() < LEAST_SHARE:
        weakest = rows.iloc[int(share.to_numpy().argmin())]
    else:
        doubtful = rows if kept.all() else rows[~kept]
        weakest = doubtful.iloc[int(doubtful["p_two_key"].fillna(np.inf).to_numpy().argmax())]
    return {
        "loo_n": len(made),
        "loo_sign_stable": bool(kept.all()),
        "loo_least_share": float(share.min()),
        "loo_max_p": float(made["p_two_key"].max()) if len(made) else np.nan,
        "loo_weakest": str(weakest["left_out"]),
    }


def _join_robustness(
    sets: pd.DataFrame, robust: dict[tuple[str, str], pd.DataFrame]
) -> pd.DataFrame:
    sets = sets.copy()
    found = [
        _robustness(robust, str(theme), str(name), direction, effect)
        for theme, name, direction, effect in zip(
            sets["theme"], sets["gene_set"], sets["donor_direction"], sets["effect"], strict=True
        )
    ]
    for name in ("loo_n", "loo_sign_stable", "loo_least_share", "loo_max_p"):
        sets[name] = pd.Series([row[name] for row in found], sets.index)
    return conform(sets, THEME_SETS)


def _join_recurrence(genes: pd.DataFrame, left_out: pd.DataFrame) -> pd.DataFrame:
    genes = genes.copy()
    unions = left_out[(left_out["gene_set"] == "") & left_out["leading_edge"].notna()]
    seen: dict[tuple[str, str], int] = {}
    fits: dict[str, int] = {}
    for theme, edge in zip(unions["theme"], unions["leading_edge"], strict=True):
        fits[theme] = fits.get(theme, 0) + 1
        for gene in str(edge).split(","):
            seen[theme, gene] = seen.get((theme, gene), 0) + 1
    genes["loo_recurrence"] = [
        seen.get((theme, gene), 0) / fits[theme] if theme in fits else np.nan
        for theme, gene in zip(genes["theme"], genes["gene_id"], strict=True)
    ]
    return conform(genes, THEME_GENES)


def _enriched(gsea: pd.DataFrame | None, own: pd.DataFrame, theme: str, alpha: float) -> bool:
    if gsea is None:
        return False
    called = gsea[(gsea["collection"] == theme) & (gsea["padj"] < alpha)]["gene_set"]
    weak: Sequence[str] = own[own["p_donor"] >= alpha]["gene_set"].tolist()
    return bool(called.isin(weak).any())
