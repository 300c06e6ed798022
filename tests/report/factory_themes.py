"""Tables of the themes stage for the synthetic contrast."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from diffpath.report.model import Collection, GeneSet
from diffpath.tables import (
    CLAIMS,
    LEAVE_ONE_OUT,
    THEME_GENES,
    THEME_OVERLAP,
    THEME_SCORES,
    THEME_SETS,
    THEME_VERDICTS,
    conform,
)

THEMES = [
    Collection("inflammation", "Inflammation and SASP"),
    Collection("calcium", "Calcium metabolism"),
    Collection("matrix", "Extracellular matrix"),
]
VERDICTS: dict[str, dict[str, Any]] = {
    "inflammation": {
        "verdict": "higher", "sentence": "Inflammation and SASP: theme genes higher in WS.",
        "p_donor": 0.0004, "p_ulm": 0.00002, "p_union": 0.0004, "failed_key": "none",
        "p_sets": 0.0009, "p_theme": 0.00055, "p_holm": 0.00165, "direction": "up",
        "effect": 0.92, "effect_low": 0.55, "effect_high": 1.29, "loo_sign_stable": True,
        "loo_max_p": 0.012, "loo_weakest": "WS2", "named_sets": "NFKB_TARGETS,IL1_RESPONSE",
    },
    "calcium": {
        "verdict": "no_evidence", "sentence": "Calcium metabolism: no evidence of a change.",
        "p_donor": 0.41, "p_ulm": 0.22, "p_union": 0.41, "failed_key": "both",
        "p_sets": 0.35, "p_theme": 0.38, "p_holm": 0.38, "direction": "up",
        "effect": 0.04, "effect_low": -0.11, "effect_high": 0.19, "loo_sign_stable": False,
        "loo_max_p": 0.83, "loo_weakest": "CT1", "named_sets": None,
    },
    "matrix": {
        "verdict": "component_specific",
        "sentence": "Extracellular matrix: a part of the theme differs: MMP_TIMP.",
        "p_donor": 0.09, "p_ulm": 0.03, "p_union": 0.09, "failed_key": "donor",
        "p_sets": 0.008, "p_theme": 0.014, "p_holm": 0.028, "direction": "up",
        "effect": 0.31, "effect_low": -0.05, "effect_high": 0.67, "loo_sign_stable": True,
        "loo_max_p": 0.16, "loo_weakest": "WS4", "named_sets": "MMP_TIMP",
    },
}  # fmt: skip


def make_theme_tables(
    sets: dict[str, dict[str, GeneSet]], results: pd.DataFrame, units: pd.DataFrame
) -> dict[str, Any]:
    rng = np.random.default_rng(17)
    rows = results.dropna(subset=["symbol", "pvalue"]).set_index("symbol")
    side = np.where(units["group"] == "test", 0.5, -0.5)
    verdicts, set_rows, genes, scores, left = [], [], [], [], []
    for theme in THEMES:
        given = VERDICTS[theme.name]
        n_sets = len(sets[theme.name])
        verdicts.append(
            {
                "theme": theme.name, "title": theme.title, "n_sets_declared": n_sets,
                "n_sets": n_sets, "n_genes_tested": 60, "n_conflicting": 1, "untested": None,
                "donor_direction": "up", "ulm_direction": "up", "detectable_effect": 0.33,
                "permutation_p": 2 / 70, "permutation_smallest_p": 2 / 70,
                "status": "confirmatory", "n_test": int((side > 0).sum()),
                "n_reference": int((side < 0).sum()), "residual_df": len(units) - 3,
                "loo_n": len(units), "loo_least_share": 0.8, "reason": None,
                **given,
            }
        )  # fmt: skip
        for i, (name, gene_set) in enumerate(sets[theme.name].items()):
            p = float(np.clip(given["p_union"] * (0.3 + i), 0, 1))
            set_rows.append(
                {
                    "theme": theme.name, "gene_set": name, "title": gene_set.title,
                    "sign": gene_set.sign, "n_tested": 18 + i, "p_donor": p,
                    "donor_direction": "up", "p_ulm": p / 2, "ulm_direction": "up", "p_two_key": p,
                    "p_holm_within": min(1.0, p * n_sets),
                    "failed_key": "none" if p < 0.05 else "donor", "direction": "up",
                    "effect": given["effect"] * (1.2 - i / 5),
                    "effect_low": given["effect_low"] - i / 10,
                    "effect_high": given["effect_high"] + i / 10,
                    "permutation_p": 2 / 70, "loo_n": len(units), "loo_sign_stable": i < 3,
                    "loo_least_share": 0.8, "loo_max_p": min(1.0, p * 6),
                }
            )  # fmt: skip
        for name in [None, *sets[theme.name]]:
            noise = rng.normal(0, 0.22, len(units))
            for j, unit in enumerate(units["unit"]):
                value = float(given["effect"] * side[j] + noise[j])
                scores.append((theme.name, name, unit, value, value * 0.97))
        union = dict.fromkeys(g for s in sets[theme.name].values() for g in s.genes)
        for gene in [g for g in union if g in rows.index]:
            row = rows.loc[gene]
            lfc, se = float(row["log2FoldChange"]), float(row["lfcSE"])
            inside = [n for n, s in sets[theme.name].items() if gene in s.genes]
            genes.append(
                (theme.name, row["gene_id"], gene, 1, ",".join(inside), lfc, lfc - 1.96 * se,
                 lfc + 1.96 * se, float(row["stat"]), row["padj"], row["stat"] > 2,
                 float(np.clip(row["stat"] / 5, 0, 1)))
            )  # fmt: skip
        for donor in units["donor"]:
            for name in [None, *sets[theme.name]]:
                left.append(
                    (theme.name, name, donor, 60, given["effect"] + float(rng.normal(0, 0.07)),
                     given["p_donor"] * 2, "up", given["p_ulm"] * 2, "up",
                     float(min(1, given["p_union"] * rng.uniform(1, 6))), None, None)
                )  # fmt: skip
    overlap = [
        (a.name, b.name, 60, 3, 0.03, 0.4, 0.01, 0.02, "up", 0.5, "IL6,CCL2,GENE77")
        for a in THEMES for b in THEMES if a is not b
    ]  # fmt: skip
    claims = [
        ("gene", "IL1B", "up", 2.8, "published", "up", 2.5, 1.9, 3.1, 1e-9, True, "as_expected",
         None),
        ("gene", "LMNB1", "down", None, "published", "down", -1.3, -1.9, -0.7, 0.001, None,
         "as_expected", None),
        ("theme", "calcium", "up", None, "published", "up", 0.04, -0.11, 0.19, 0.38, None,
         "not_seen", None),
    ]  # fmt: skip
    return {
        "theme_verdicts": conform(pd.DataFrame(verdicts), THEME_VERDICTS),
        "theme_sets": conform(pd.DataFrame(set_rows), THEME_SETS),
        "theme_genes": conform(pd.DataFrame(genes, columns=THEME_GENES.names), THEME_GENES),
        "theme_scores": conform(pd.DataFrame(scores, columns=THEME_SCORES.names), THEME_SCORES),
        "theme_overlap": conform(pd.DataFrame(overlap, columns=THEME_OVERLAP.names), THEME_OVERLAP),
        "leave_one_out": conform(pd.DataFrame(left, columns=LEAVE_ONE_OUT.names), LEAVE_ONE_OUT),
        "claims": conform(pd.DataFrame(claims, columns=CLAIMS.names), CLAIMS),
    }
