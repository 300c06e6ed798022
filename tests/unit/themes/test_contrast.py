from __future__ import annotations

import pandas as pd

from diffpath.check.config import load_schema
from diffpath.themes.contrast import list_technical

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
