"""The sentence of a verdict, English; numbers as the table has them, rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

CAVEAT = (
    "Expression of a theme's genes is not the activity of its pathway; "
    "flux, kinase activity or matrix itself need their own measurement."
)

UNTESTED = {
    "too_small": "no set has enough tested genes",
    "too_large": "every set has too many tested genes",
    "sizes": "every set has too few or too many tested genes",
    "cancelled": "every gene is in sets of both signs",
    "whole_universe": "no tested gene is left to compare its genes with",
    "not_fitted": "the genes could not be fitted",
}

LEVELS = (0.01, 0.05, 0.1)  # significance levels that a reader compares a p-value with
_WORDS = {"up": "higher", "down": "lower"}


def word_verdict(
    row: Mapping[str, Any],
    named: pd.DataFrame,
    n_leading: int,
    n_themes: int,
    test: str,
    reference: str,
    alpha: float,
) -> str:
    """Return the verdict of one theme as a sentence or two.

    Parameters
    ----------
    row
        Its `THEME_VERDICTS` values.
    named
        `THEME_SETS` rows that pass Holm within the theme and hold in the leave-outs.
    n_leading
        Genes in the leading edge of the theme's union.
    n_themes
        Declared themes.
    test, reference
        Names of the groups.
    """
    title, verdict = row["title"], row["verdict"]
    size = _word_effect(row)
    where = f"in {test} than in {reference}"
    if verdict in ("higher", "lower"):
        against = named[named["direction"] != row["direction"]]
        text = (
            f"{title}: genes are {verdict} {where} ({size}; "
            f"p after Holm {round_p(row['p_holm'])}), whichever donor is left out; "
            f"{n_leading} of {row['n_genes_tested']} genes carry it."
        )
        if len(against):
            text += f" Against it: {_word_sets(against)}."
        return text
    if verdict == "one_donor" and not row["p_union"] < alpha:
        return (
            f"{title}: part of the theme differs between {test} and {reference} (p after Holm "
            f"{round_p(row['p_holm'])}), but no set holds whichever donor is left "
            "out: not counted as changed."
        )
    if verdict == "one_donor":
        if row["loo_n"] == 0:
            why = "no fit without one donor could be made"
        elif not row["loo_sign_stable"]:
            why = f"the direction is not kept when {row['loo_weakest']} is left out"
        else:
            why = f"less than half of it is left without {row['loo_weakest']}"
        return (
            f"{title}: genes are {_WORDS[row['direction']]} {where} ({size}; p after Holm "
            f"{round_p(row['p_holm'])}), but {why}: not counted as changed."
        )
    if verdict == "component_specific":
        whole = f"the theme as a whole does not pass both keys ({size})"
        if row["untested"] in UNTESTED:
            whole = f"the theme as a whole was not tested, because {UNTESTED[row['untested']]}"
        return (
            f"{title}: part of the theme differs between {test} and {reference} (p after Holm "
            f"{round_p(row['p_holm'])}), {whole}: {_word_sets(named)}."
        )
    if verdict == "mixed":
        which = (
            _word_sets(named)
            if len(named)
            else "the genes that stand out and the mean of all disagree"
        )
        sides = set(named["direction"])
        if sides and row["p_union"] < alpha and row["direction"] not in sides:
            which += f"; all of its genes together {_WORDS[row['direction']]}"
        return (
            f"{title}: parts of the theme differ in opposite directions between {test} and "
            f"{reference} (p after Holm {round_p(row['p_holm'])}): {which}."
        )
    if verdict == "not_theme_specific":
        turned = row["p_ulm"] < alpha and row["ulm_direction"] != row["donor_direction"]
        beyond = "but less than other genes do" if turned else "but not beyond what other genes do"
        return (
            f"{title}: genes are {_WORDS[row['donor_direction']]} {where} consistently over donors "
            f"(p {round_p(row['p_donor'])}; {size}), {beyond} "
            f"(p {round_p(row['p_ulm'])}): not specific to the theme."
        )
    if verdict == "not_reproducible":
        return (
            f"{title}: genes stand out from the other genes, but not reproducibly across donors "
            f"(donor-level p {round_p(row['p_donor'])}; {size}){_word_missed(row)}."
        )
    if verdict == "no_evidence":
        nominal = ""
        if row["p_holm"] < alpha:
            nominal = (
                f"; p after Holm {round_p(row['p_holm'])} over all sets, but neither the union "
                "nor a single set passes"
            )
        elif row["p_union"] < alpha:
            nominal = f"; p {round_p(row['p_union'])} before Holm over {n_themes} themes"
        return (
            f"{title}: no evidence of a difference between {test} and {reference} "
            f"({size}{nominal}){_word_missed(row)}."
        )
    if verdict == "not_tested":
        return f"{title}: not tested, {UNTESTED[row['untested']]}."
    kind = "exploratory only" if verdict == "exploratory" else "no verdict"
    lean = f"; {size}" if np.isfinite(row["effect"]) else ""
    return f"{title}: {kind}, because {row['reason']}{lean}."


def _word_effect(row: Mapping[str, Any]) -> str:
    if not np.isfinite(row["effect"]):
        why = UNTESTED.get(row["untested"])
        return f"effect not estimable, {why}" if why else "effect not estimable"
    text = f"mean log2 {round_log2(row['effect'])}"
    if np.isfinite(row["effect_low"]):
        text += f", 95% {round_log2(row['effect_low'])} to {round_log2(row['effect_high'])}"
    return text


def _word_missed(row: Mapping[str, Any]) -> str:
    if not np.isfinite(row["detectable_effect"]):
        return ""
    return (
        f"; a mean log2 of {row['detectable_effect']:.2f}, common to all genes, would be found "
        "four times out of five with these donors"
    )


def _word_sets(sets: pd.DataFrame) -> str:
    ordered = sort_sets(sets)
    return "; ".join(  # titles have commas of their own
        f"{title or name} {_WORDS[direction]}"
        for title, name, direction in zip(
            ordered["title"].fillna(""), ordered["gene_set"], ordered["direction"], strict=True
        )
    )


def sort_sets(sets: pd.DataFrame) -> pd.DataFrame:
    """Return `THEME_SETS` rows in the order a sentence names them."""
    return sets.sort_values(["p_two_key", "gene_set"])


def round_log2(value: float) -> str:
    """Return a log2 value as sentences have it: its sign and two decimals, 0 without a sign."""
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text in ("+0.00", "−0.00") else text


def round_p(value: float) -> str:
    """Return a p-value as sentences have it: two significant digits, `spare_levels`."""
    if value < 1e-4:
        return "<0.0001"
    return spare_levels(value, f"{value:.2g}" if value < 0.095 else f"{value:.2f}")


def spare_levels(value: float, text: str) -> str:
    """Return a rounded p-value with more digits where rounding put it on a usual level.

    .0496 is below .05 and .0504 is not; both would be read as "0.05".
    """
    for digits in range(3, 16):
        if float(text) not in LEVELS or float(text) == value:
            break
        text = f"{value:.{digits}g}"
    return text
