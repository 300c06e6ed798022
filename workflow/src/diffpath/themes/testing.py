"""The numbers of every theme: keys, omnibus, effect, scores, genes, overlap; no verdict yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.enrich.combine import adjust_holm, combine_cauchy, combine_simes
from diffpath.enrich.linear import dense_row, row_members, separate_contrast, weight_matrix
from diffpath.enrich.scores import (
    adjust_scores,
    detectable_effects,
    find_leading_edge,
    permute_labels,
    score_units,
)
from diffpath.gene_sets import Collection
from diffpath.tables import (
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_TESTS,
    conform,
)
from diffpath.themes.standing import Standing
from diffpath.themes.universe import (
    Rows,
    Universe,
    build_rows,
    name_failed_key,
    name_untested,
    prepare_universe,
    run_keys,
)

Array = NDArray[np.float64]

_WALD = 1.959963984540054  # normal quantile of a 95% interval


@dataclass(frozen=True)
class ThemeResult:
    """Tables of one contrast's themes, before verdicts and leave-one-out are joined in."""

    tests: pd.DataFrame
    sets: pd.DataFrame
    genes: pd.DataFrame
    scores: pd.DataFrame
    overlap: pd.DataFrame


def run_themes(
    values: pd.DataFrame,
    design: pd.DataFrame,
    contrast: pd.Series,
    results: pd.DataFrame,
    themes: Sequence[Collection],
    standing: Standing,
    *,
    alpha: float = 0.05,
    min_size: int = 10,
    max_size: int = 500,
) -> ThemeResult:
    """Test each theme's union and sets with both keys, and Holm over the themes.

    Parameters
    ----------
    values
        Units × genes (by gene id), log2 counts per million of the filtered genes.
    design, contrast
        Design matrix (rows are the units of ``values``) and the weights of its columns.
    results
        `RESULTS` of the contrast; the Wald statistic is what the specificity key ranks.
    themes
        The declared themes; every one counts in Holm's correction, tested or not.
    standing
        From `assess_design`; a refused design gets description and no p-value.
    alpha
        Level of the verdicts.
    min_size, max_size
        Limits of the tested size within which a set is tested.

    Returns
    -------
    ThemeResult
        `THEME_TESTS`, `THEME_SETS`, `THEME_GENES`, `THEME_SCORES`, `THEME_OVERLAP`.
    """
    universe = prepare_universe(values, design, contrast, results)
    rows, about = build_rows(themes, universe.genes, min_size, max_size)
    allowed = standing.status != "refused"
    keys = run_keys(universe, rows.weights, pvalues=allowed)
    keys["failed_key"] = name_failed_key(keys, alpha)
    frame = pd.concat([rows.index, keys], axis=1)
    scores = score_units(universe.values, rows.weights)
    adjusted = adjust_scores(scores, universe.design, universe.contrast)
    frame["permutation_p"], smallest = np.nan, np.nan
    if allowed and standing.relabel and len(frame):
        tested_side = separate_contrast(universe.design, universe.contrast)[1] > 0
        frame["permutation_p"], smallest = permute_labels(scores, tested_side)
    tests = _join_themes(frame, about, universe, alpha)
    tests["untested"] = [
        name_untested(row, universe) if allowed else None for row in tests.to_dict("records")
    ]
    tests["permutation_smallest_p"] = np.where(tests["permutation_p"].notna(), smallest, np.nan)
    return ThemeResult(
        conform(tests[THEME_TESTS.names], THEME_TESTS),
        _list_sets(frame),
        _list_genes(universe, rows),
        _list_scores(universe.units, rows, scores, adjusted),
        _list_overlap(universe, rows, frame, adjusted, min_size, allowed),
    )


def _join_themes(
    frame: pd.DataFrame, about: pd.DataFrame, universe: Universe, alpha: float
) -> pd.DataFrame:
    unions = frame[frame["gene_set"] == ""].set_index("theme")
    names = [
        "p_donor",
        "donor_direction",
        "p_ulm",
        "ulm_direction",
        "failed_key",
        "direction",
        "effect",
        "effect_low",
        "effect_high",
        "permutation_p",
    ]
    tests = about.join(unions[names], on="theme")
    tests["p_union"] = tests["theme"].map(unions["p_two_key"])
    p_sets = frame[frame["gene_set"] != ""].dropna(subset="p_two_key").groupby("theme")
    simes = {theme: combine_simes(rows["p_two_key"]) for theme, rows in p_sets}
    tests["p_sets"] = tests["theme"].map(simes).astype(float)
    parts = tests[["p_union", "p_sets"]].to_numpy(dtype=float)
    known = [part[np.isfinite(part)] for part in parts]
    tests["p_theme"] = [combine_cauchy(part) if len(part) else np.nan for part in known]
    tests["p_holm"] = adjust_holm(tests["p_theme"], len(tests))
    error = tests["theme"].map(unions["error"]).astype(float)
    tests["detectable_effect"] = np.nan
    if universe.effects is not None and universe.effects.df > 0:
        tests["detectable_effect"] = detectable_effects(
            np.asarray(error, dtype=float), universe.effects.df, alpha / len(about)
        )
    return tests


def _list_sets(frame: pd.DataFrame) -> pd.DataFrame:
    sets = frame[frame["gene_set"] != ""].copy()
    sets["p_holm_within"] = np.nan
    for _, rows in sets.groupby("theme"):
        sets.loc[rows.index, "p_holm_within"] = adjust_holm(rows["p_two_key"])
    for name in ("loo_n", "loo_sign_stable", "loo_least_share", "loo_max_p"):
        sets[name] = None
    return conform(sets[THEME_SETS.names], THEME_SETS)


def _list_genes(universe: Universe, rows: Rows) -> pd.DataFrame:
    parts = []
    genes = universe.genes.reset_index()
    for theme, index in rows.index.groupby("theme", sort=False):
        union = dense_row(rows.weights, index.index[0])
        inside: dict[int, list[str]] = {}
        for row, name in zip(index.index[1:], index["gene_set"][1:], strict=True):
            for position in row_members(rows.weights, row):
                inside.setdefault(int(position), []).append(str(name))
        where = np.array(sorted(inside), dtype=np.intp)
        part = genes.loc[where, ["gene_id", "symbol", "log2FoldChange", "stat", "padj"]].copy()
        part.insert(0, "theme", theme)
        part["sign"] = union[where].astype(int)
        part["gene_sets"] = [",".join(inside[position]) for position in sorted(inside)]
        width = _WALD * genes.loc[where, "lfcSE"].astype(float)
        part["low"] = part["log2FoldChange"] - width
        part["high"] = part["log2FoldChange"] + width
        stat = universe.stat
        part["leading_edge"] = (
            False if stat is None else np.isin(where, find_leading_edge(stat, union))
        )
        part["loo_recurrence"] = np.nan
        parts.append(part)
    table = pd.concat(parts) if parts else pd.DataFrame(columns=THEME_GENES.names)
    return conform(table[THEME_GENES.names], THEME_GENES)


def _list_scores(units: list[str], rows: Rows, scores: Array, adjusted: Array) -> pd.DataFrame:
    count = len(rows.index)
    table = pd.DataFrame(
        {
            "theme": np.repeat(rows.index["theme"].to_numpy(), len(units)),
            "gene_set": np.repeat(rows.index["gene_set"].to_numpy(), len(units)),
            "unit": np.tile(np.array(units, dtype=object), count),
            "score": scores.T.ravel(),
            "adjusted": adjusted.T.ravel(),
        }
    )
    return conform(table, THEME_SCORES)


def _list_overlap(
    universe: Universe,
    rows: Rows,
    frame: pd.DataFrame,
    adjusted: Array,
    min_size: int,
    allowed: bool,
) -> pd.DataFrame:
    unions = frame.index[frame["gene_set"] == ""]
    symbols = universe.genes["symbol"].to_numpy(dtype=object)
    table = []
    rest: list[NDArray[np.intp]] = []
    signs: list[Array] = []
    for row in unions:
        own = row_members(rows.weights, row)
        for other in unions.drop(row):
            held = row_members(rows.weights, other)
            shared = np.intersect1d(own, held)
            without = np.setdiff1d(own, shared)
            table.append(
                {
                    "theme": frame.loc[row, "theme"],
                    "other": frame.loc[other, "theme"],
                    "n_genes": len(own),
                    "n_shared": len(shared),
                    "jaccard": len(shared) / len(np.union1d(own, held)),
                    "score_correlation": _correlate(adjusted[:, row], adjusted[:, other]),
                    "p_union": frame.loc[row, "p_two_key"],
                    "row": len(rest) if len(without) >= min_size else -1,
                    "shared": ",".join(sorted(symbols[shared])) or None,
                }
            )
            if len(without) >= min_size:
                rest.append(without)
                signs.append(dense_row(rows.weights, row)[without])
    overlap = pd.DataFrame(table, columns=[*THEME_OVERLAP.names, "row"])
    keys = run_keys(universe, weight_matrix(rest, len(symbols), signs), pvalues=allowed)
    keys.loc[-1] = None
    chosen = keys.loc[overlap["row"].astype(int).to_list()].reset_index(drop=True)
    overlap["p_union_without"] = chosen["p_two_key"]
    overlap["direction_without"] = chosen["direction"]
    overlap["effect_without"] = chosen["effect"]
    return conform(overlap[THEME_OVERLAP.names], THEME_OVERLAP)


def _correlate(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else np.nan
