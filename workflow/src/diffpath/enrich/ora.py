"""Over-representation of a set among the significant genes, within the tested universe.

Hypergeometric upper tail; every set asked counts in the adjustment, also those
without an overlap. The test treats genes as independent, as all of its kind do.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

from diffpath.multiple import adjust_bh
from diffpath.tables import ORA


def run_ora(
    genes: pd.DataFrame,
    sets: Mapping[str, NDArray[np.intp]],
    collection: str,
    *,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return the `ORA` table: each set among the genes up, and among the genes down.

    Parameters
    ----------
    genes
        Tested genes × (``symbol``, ``log2FoldChange``, ``padj``): the universe.
    sets
        Set name → positions of its genes in ``genes``; every one is asked.
    alpha
        Level of ``padj`` below which a gene is selected.
    """
    if not sets:
        return pd.DataFrame(columns=ORA.names)
    significant = (genes["padj"] < alpha).to_numpy()
    rising = (genes["log2FoldChange"] > 0).to_numpy()
    symbols = genes["symbol"].to_numpy(dtype=object)
    universe = len(genes)
    rows = []
    for direction, selected in (("up", significant & rising), ("down", significant & ~rising)):
        drawn = int(selected.sum())
        for name in sorted(sets):
            members = sets[name]
            overlap = members[selected[members]]
            k, m = len(overlap), len(members)
            cells = np.array([k, m - k, drawn - k, universe - m - drawn + k]) + 0.5
            rows.append(
                {
                    "collection": collection,
                    "gene_set": name,
                    "direction": direction,
                    "n_universe": universe,
                    "n_selected": drawn,
                    "n_tested": m,
                    "n_overlap": k,
                    "expected_overlap": drawn * m / universe,
                    "odds_ratio": cells[0] * cells[3] / (cells[1] * cells[2]),
                    "pvalue": min(float(hypergeom.sf(k - 1, universe, m, drawn)), 1.0),
                    "genes": ",".join(sorted(symbols[overlap])),
                }
            )
    table = pd.DataFrame(rows)
    table["padj"] = adjust_bh(table["pvalue"])
    return table[ORA.names].sort_values(["gene_set", "direction"], ignore_index=True)
