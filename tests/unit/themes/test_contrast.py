from __future__ import annotations

import numpy as np
import pandas as pd
from anndata import AnnData

from diffpath.check.config import load_schema
from diffpath.differ import differ_contrast
from diffpath.gene_sets import Collection, GeneSet
from diffpath.normalize import prepare_units
from diffpath.themes.contrast import explore_contrast, leave_out_donor, list_technical
from diffpath.units import sum_units

CONTRAST = {"design": "~ sex + condition", "variable": "condition"}
DEFAULT = load_schema("config")["properties"]["technical"]["default"]


def test_only_technical_columns_and_those_of_the_design_are_held_against_the_condition() -> None:
    sheet = pd.DataFrame(
        {
            "donor": list("abcd"),
            "condition": ["WS", "WS", "control", "control"],
            "mutation": ["R369X", "R369X", "wt", "wt"],
            "severity": ["severe", "mild", "", ""],
            "Batch": ["1", "2", "1", "2"],
            "sex": ["f", "m", "f", "m"],
            "passage": [5.0, 6.0, 7.0, 8.0],
        }
    )
    assert list_technical(sheet, CONTRAST, DEFAULT, ["passage"]) == ["Batch", "sex"]
    assert list_technical(sheet, CONTRAST, ["mutation"], ["passage"]) == ["mutation", "sex"]
    # Measured values are no levels, unless each group has one.
    apart = sheet.assign(passage=[5.0, 5.0, 9.0, 9.0])
    assert list_technical(apart, CONTRAST, DEFAULT, ["passage"]) == ["Batch", "sex", "passage"]


def test_a_refused_contrast_is_explored_and_left_out_without_p() -> None:
    rng = np.random.default_rng(1)
    sheet = pd.DataFrame(
        {
            "donor": list("abcdefgh"),
            "condition": ["WS"] * 4 + ["control"] * 4,
            "batch": ["1"] * 4 + ["2"] * 4,
        },
        index=[f"s{i}" for i in range(8)],
    )
    genes = [f"g{i:03d}" for i in range(200)]
    counts = AnnData(
        rng.poisson(rng.gamma(5, 20, (8, 200))),
        obs=pd.DataFrame(index=sheet.index),
        var=pd.DataFrame({"symbol": genes, "biotype": "protein_coding"}, index=genes),
    )
    units, _ = sum_units(counts, sheet, "donor", ["condition"])
    prepare_units(units, "condition", "WS", "control")
    contrast = {
        "contrast": "ws", "design": "~ condition", "variable": "condition", "test": "WS",
        "reference": "control",
    }  # fmt: skip
    table = pd.DataFrame({"gene_id": genes, "symbol_status": "unique"})
    theme = Collection("t", "T", (GeneSet("S", tuple(genes[:30])),), "t.gmt")
    results = differ_contrast(units, contrast).results
    for technical, refused in ((["batch"], True), ([], False)):
        left = leave_out_donor(
            units, contrast, "a", table, [theme], unit="donor", technical=technical
        )
        wide = explore_contrast(
            units, contrast, results, table, theme, unit="donor", technical=technical
        )
        assert left["p_two_key"].isna().all() == refused
        assert wide[["pvalue", "donor_supported"]].isna().all().all() == refused
        assert left["effect"].notna().all()
        assert wide["effect"].notna().all()
