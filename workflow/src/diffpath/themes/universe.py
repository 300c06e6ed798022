"""What the tests of a contrast run on: tested genes, ordered units, weights of every set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from diffpath.design import natural_key
from diffpath.enrich.combine import join_keys
from diffpath.enrich.linear import (
    ContrastError,
    Effects,
    rotate_uncoded,
    set_sizes,
    weight_matrix,
)
from diffpath.enrich.rotation import run_rotation
from diffpath.enrich.scores import estimate_effects
from diffpath.enrich.ulm import run_ulm
from diffpath.gene_sets import Collection, tested_sets

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Universe:
    """Units and tested genes of one contrast, both in an order of their own.

    Attributes
    ----------
    values
        Units × genes, log2; units and genes sorted by name, so that nothing depends on
        the order of the input.
    genes
        Rows of `RESULTS` for these genes, indexed by gene id.
    design, contrast
        Design matrix (rows as ``units``) and the weights of its columns.
    effects
        Rotated effects; missing where the contrast is not estimable.
    """

    values: Array
    units: list[str]
    genes: pd.DataFrame
    design: Array
    contrast: Array
    effects: Effects | None

    @property
    def stat(self) -> Array | None:
        """Wald statistic, or nothing where genes were not fitted."""
        stat = self.genes["stat"].to_numpy(dtype=float)
        return stat if len(stat) and np.isfinite(stat).all() else None


@dataclass(frozen=True)
class Rows:
    """Sets to test, one row each: a theme's union (``gene_set`` '') and then its sets."""

    index: pd.DataFrame
    weights: csr_array


def prepare_universe(
    values: pd.DataFrame, design: pd.DataFrame, contrast: pd.Series, results: pd.DataFrame
) -> Universe:
    """Return the tested, symbol-mapped genes and the rotated effects.

    Parameters
    ----------
    values
        Units × genes (by gene id), log2 counts per million of the filtered genes.
    design, contrast
        Design matrix (rows are the units of ``values``) and the weights of its columns.
    results
        `RESULTS`; genes without a usable symbol have none. A gene without a statistic
        leaves, unless no gene has one (a contrast that could not be fitted).

    Raises
    ------
    ValueError
        If units of design and values differ, or a symbol stands twice.
    """
    if sorted(map(str, design.index)) != sorted(map(str, values.index)):
        raise ValueError("the design's units are not the units of the values")
    units = sorted(map(str, values.index), key=natural_key)
    rows = results.set_index("gene_id")
    rows = rows.loc[rows.index.intersection(values.columns)]
    rows = rows[rows["symbol"].notna()]
    if rows["stat"].notna().any():
        rows = rows[np.isfinite(rows["stat"].to_numpy(dtype=float))]
    rows = rows.sort_index().rename_axis("gene_id")
    doubled = rows["symbol"][rows["symbol"].duplicated()]
    if len(doubled):
        raise ValueError(f"symbol '{doubled.iloc[0]}' stands for two tested genes")
    table = values.set_axis(values.index.astype(str)).loc[units, rows.index].to_numpy(float)
    matrix = design.set_axis(design.index.astype(str)).loc[units].to_numpy(float)
    vector = contrast.to_numpy(float)
    try:
        effects: Effects | None = rotate_uncoded(table, matrix, vector)
    except ContrastError:
        effects = None
    return Universe(table, units, rows, matrix, vector, effects)


def build_rows(
    themes: Sequence[Collection], genes: pd.DataFrame, min_size: int, max_size: int
) -> tuple[Rows, pd.DataFrame]:
    """Return the rows to test, and the number of declared sets and conflicts of each theme.

    A gene in sets of both signs leaves its theme's union.
    """
    symbols = genes["symbol"].astype(str).tolist()
    index: list[dict[str, object]] = []
    members: list[NDArray[np.intp]] = []
    signs: list[Array] = []
    about = []
    for theme in themes:
        found = tested_sets(theme, symbols, min_size, max_size)
        named = {set_.name: set_ for set_ in theme.sets}
        signed = np.zeros((2, len(genes)), dtype=bool)
        for name, where in found.items():
            signed[int(named[name].sign < 0), where] = True
        net = signed[0].astype(float) - signed[1]
        union = np.flatnonzero(net)
        about.append(
            {
                "theme": theme.name,
                "title": theme.title,
                "n_sets_declared": len(theme.sets),
                "n_sets": len(found),
                "n_genes_tested": len(union),
                "n_conflicting": int((signed[0] & signed[1]).sum()),
                "n_too_large": _count_large(theme, symbols, max_size),
            }
        )
        if len(union):
            index.append(_row(theme.name, "", theme.title, 1, len(union)))
            members.append(union)
            signs.append(net[union])
        for name in sorted(found):
            set_ = named[name]
            index.append(_row(theme.name, name, set_.title, set_.sign, len(found[name])))
            members.append(found[name])
            signs.append(np.full(len(found[name]), float(set_.sign)))
    frame = pd.DataFrame(index, columns=["theme", "gene_set", "title", "sign", "n_tested"])
    return Rows(frame, weight_matrix(members, len(genes), signs)), pd.DataFrame(about)


def run_keys(universe: Universe, weights: csr_array, *, pvalues: bool = True) -> pd.DataFrame:
    """Return effect with interval, both keys and the two-key p of every row of weights.

    Keys are missing without residual degrees of freedom, without a gene statistic, or
    where p-values are not wanted (a refused design); the specificity key also for a set
    that holds every tested gene.
    """
    n_rows = weights.shape[0]
    out = pd.DataFrame(index=range(n_rows))
    missing = np.full(n_rows, np.nan)
    effects, stat = universe.effects, universe.stat
    for name in ("effect", "error", "effect_low", "effect_high"):
        out[name] = missing
    if effects is not None and n_rows:
        estimate = estimate_effects(effects, weights)
        out["effect"] = estimate.effect
        if pvalues:
            out["error"] = estimate.error
            out["effect_low"], out["effect_high"] = estimate.low, estimate.high
    t_donor = t_ulm = p_donor = p_ulm = missing
    # Variances are moderated over genes: a single gene has no others to learn from.
    several = len(universe.genes) > 1
    if effects is not None and effects.df > 0 and n_rows and pvalues and several:
        t_donor, p_donor = run_rotation(effects, weights)
    if stat is not None and n_rows and pvalues:
        t_ulm, p_ulm = _run_ulm(stat, weights)
    out["p_donor"], out["donor_direction"] = p_donor, direction_words(t_donor)
    out["p_ulm"], out["ulm_direction"] = p_ulm, direction_words(t_ulm)
    both = np.isfinite(p_donor) & np.isfinite(p_ulm)
    out["p_two_key"] = np.where(both, join_keys(p_donor, t_donor, p_ulm, t_ulm), np.nan)
    fallback = direction_words(out["effect"].to_numpy())
    out["direction"] = [f or e for f, e in zip(out["donor_direction"], fallback, strict=True)]
    return out


def _run_ulm(stat: Array, weights: csr_array) -> tuple[Array, Array]:
    t, p = np.full((2, weights.shape[0]), np.nan)
    within = np.flatnonzero(set_sizes(weights) < len(stat))
    if len(stat) > 2 and len(within):
        t[within], p[within] = run_ulm(stat, weights[within])
    return t, p


def name_untested(row: Mapping[Any, Any], universe: Universe) -> str | None:
    """Return why a theme's union has no p-value; nothing where it has one.

    Parameters
    ----------
    row
        `THEME_TESTS` values of a theme that is not refused, and ``n_too_large``.
    """
    if np.isfinite(row["p_union"]):
        return None
    if row["n_sets"] == 0:
        large = row["n_too_large"]
        return {0: "too_small", row["n_sets_declared"]: "too_large"}.get(large, "sizes")
    if row["n_genes_tested"] == 0:
        return "cancelled"
    fitted = universe.stat is not None and universe.effects is not None
    return "whole_universe" if fitted else "not_fitted"


def name_failed_key(keys: pd.DataFrame, alpha: float) -> list[str | None]:
    """Return which key is not below alpha: donor, specificity, both, direction or none."""
    words: list[str | None] = []
    for p_donor, p_ulm, p in zip(keys["p_donor"], keys["p_ulm"], keys["p_two_key"], strict=True):
        if np.isnan(p_donor) or np.isnan(p_ulm):
            words.append(None)
        elif p_donor >= alpha and p_ulm >= alpha:
            words.append("both")
        elif p_donor >= alpha:
            words.append("donor")
        elif p_ulm >= alpha:
            words.append("specificity")
        else:
            words.append("direction" if p >= alpha else "none")
    return words


def direction_words(values: Array) -> list[str | None]:
    """Return up, down, or nothing for zero and missing values."""
    return [None if not np.isfinite(v) or v == 0 else "up" if v > 0 else "down" for v in values]


def _count_large(theme: Collection, symbols: Sequence[str], max_size: int) -> int:
    tested = frozenset(symbols)
    return sum(len(tested.intersection(set_.genes)) > max_size for set_ in theme.sets)


def _row(theme: str, name: str, title: str, sign: int, size: int) -> dict[str, object]:
    return {"theme": theme, "gene_set": name, "title": title, "sign": sign, "n_tested": size}
