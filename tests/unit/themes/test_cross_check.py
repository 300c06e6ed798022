"""Verdicts judged again on the other engine's genes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData

from diffpath.cross_check import compare_results
from diffpath.differ import differ_contrast
from diffpath.gene_sets import Collection, GeneSet
from diffpath.normalize import prepare_units
from diffpath.tables import GSEA
from diffpath.themes.contrast import judge_contrast, leave_out_donor
from diffpath.themes.cross_check import check_verdicts, take_check

CONTRAST = {
    "contrast": "ws", "design": "~ condition", "variable": "condition", "test": "WS",
    "reference": "control",
}  # fmt: skip
THEMES = [
    Collection("up", "Up", (GeneSet("A", tuple(f"S{i:03d}" for i in range(20))),), ""),
    Collection("still", "Still", (GeneSet("B", tuple(f"S{i:03d}" for i in range(100, 120))),), ""),
]


@cache
def judged() -> dict[str, Any]:
    """Return the arguments of a contrast whose first theme is higher, and its verdicts."""
    rng = np.random.default_rng(2)
    names = [f"W{i}" for i in range(4)] + [f"C{i}" for i in range(4)]
    obs = pd.DataFrame({"condition": ["WS"] * 4 + ["control"] * 4, "donor": names}, names)
    genes = pd.Index([f"G{i:03d}" for i in range(300)])
    change = np.where(np.arange(300) < 20, 1.0, 0.0)
    mean = np.exp(rng.normal(5, 1, 300) + (obs["condition"] == "WS").to_numpy()[:, None] * change)
    var = pd.DataFrame({"symbol": genes.str.replace("G", "S"), "biotype": None}, genes)
    units = AnnData(rng.negative_binomial(8, 8 / (8 + mean)), obs=obs, var=var)
    prepare_units(units, "condition", "WS", "control")
    table = pd.DataFrame(
        {"gene_id": genes, "symbol": units.var["symbol"].to_numpy(), "symbol_status": "unique"}
    )
    results = differ_contrast(units, CONTRAST, shrink=False).results
    left_out = pd.concat(
        [leave_out_donor(units, CONTRAST, d, table, THEMES, unit="donor") for d in names]
    )
    given: dict[str, Any] = {
        "units": units, "contrast": CONTRAST, "results": results, "genes": table,
        "themes": THEMES, "left_out": left_out, "gsea": pd.DataFrame(columns=GSEA.names),
        "unit": "donor",
    }  # fmt: skip
    tables, _ = judge_contrast(**given)
    return {"verdicts": tables["verdicts"], **given}


def test_the_same_genes_give_the_same_verdicts() -> None:
    given = judged()
    same = compare_results(given["results"], given["results"], 0.05)
    out = check_verdicts(check=same, **given).set_index("theme")
    assert out["verdict"].to_dict() == {"up": "higher", "still": "no_evidence"}
    assert out["verdict_check"].tolist() == out["verdict"].tolist()
    assert not out["differs"].any()
    for name in ("p_ulm", "p_holm"):
        np.testing.assert_allclose(out[f"{name}_check"], out[name], rtol=1e-9)


def test_a_verdict_that_hangs_on_the_engine_is_flagged() -> None:
    given = judged()
    other = given["results"].copy()
    theme = other["symbol"].isin(THEMES[0].sets[0].genes)
    other.loc[theme, "log2FoldChange"] = 0.01
    out = check_verdicts(
        check=compare_results(given["results"], other, 0.05), **given
    ).set_index("theme")  # fmt: skip
    assert out["differs"].to_dict() == {"up": True, "still": False}
    assert out.loc["up", "verdict"] == "higher"
    assert out.loc["up", "verdict_check"] == "not_theme_specific"
    assert out.loc["up", "p_ulm_check"] > 0.05 > out.loc["up", "p_ulm"]


def test_results_take_the_numbers_of_the_check() -> None:
    results = judged()["results"]
    other = results.assign(log2FoldChange=results["log2FoldChange"] * 2, padj=np.nan)
    taken = take_check(results, compare_results(results, other, 0.05))
    np.testing.assert_allclose(taken["stat"], 2 * results["stat"], rtol=1e-12)
    assert taken["padj"].isna().all()
    pd.testing.assert_series_equal(taken["baseMean"], results["baseMean"])
