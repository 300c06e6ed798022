"""One donor left out: the same tests on what remains."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from diffpath.enrich.linear import dense_row
from diffpath.enrich.scores import find_leading_edge
from diffpath.gene_sets import Collection
from diffpath.tables import LEAVE_ONE_OUT, conform
from diffpath.themes.universe import build_rows, prepare_universe, run_keys

WHOLE = "the set holds every tested gene: nothing is left to compare it with"


def run_left_out(
    values: pd.DataFrame,
    design: pd.DataFrame,
    contrast: pd.Series,
    results: pd.DataFrame,
    themes: Sequence[Collection],
    left_out: str,
    *,
    refused: bool = False,
    min_size: int = 10,
    max_size: int = 500,
) -> pd.DataFrame:
    """Return the `LEAVE_ONE_OUT` rows of one donor.

    Parameters
    ----------
    values, design, contrast, results
        As for `run_themes`, of the units that remain: rows of the full design will do,
        columns that became redundant are dropped. ``results`` is a fit of these units.
    themes
        The declared themes.
    left_out
        The donor whose units are not among them.
    refused
        Whether the contrast is refused: its leave-outs are then described without p-values.
    min_size, max_size
        As for `run_themes`.
    """
    universe = prepare_universe(values, design, contrast, results)
    rows, _ = build_rows(themes, universe.genes, min_size, max_size)
    keys = run_keys(universe, rows.weights, pvalues=not refused)
    table = pd.concat([rows.index, keys], axis=1)
    table["left_out"] = left_out
    ids = universe.genes.index.to_numpy(dtype=object)
    edges: list[str | None] = []
    for row, name in enumerate(table["gene_set"]):
        if name or universe.stat is None:
            edges.append(None)
        else:
            edge = find_leading_edge(universe.stat, dense_row(rows.weights, row))
            edges.append(",".join(sorted(ids[edge])) or None)
    table["leading_edge"] = edges
    reason = explain_missing(universe.effects is None, len(values), refused)
    fitted = bool(keys["p_ulm"].notna().any())
    whole = (table["n_tested"] == len(ids)) & fitted
    table["reason"] = [
        None if not missing else WHOLE if all_genes else reason
        for missing, all_genes in zip(table["p_two_key"].isna(), whole, strict=True)
    ]
    return conform(table[LEAVE_ONE_OUT.names], LEAVE_ONE_OUT)


def explain_missing(not_estimable: bool, n_units: int, refused: bool = False) -> str:
    """Return why a leave-out has no p-value."""
    if refused:
        return "the contrast is refused"
    if not_estimable:
        return "without this donor the contrast cannot be told from the design's other terms"
    return f"the {n_units} units left do not allow a test of genes or donors"
