"""Every warning and note that a unit test provokes is held to its Japanese wording."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from markupsafe import Markup

from diffpath.findings import Findings
from diffpath.report.finding_texts import PARTS, load_finding_texts, word_findings


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?%?", text))


def _hold(row: pd.Series) -> None:
    assert row["code"] in load_finding_texts(), f"no Japanese for finding {row['code']}"
    assert row["values"] is not None
    worded = word_findings(row.to_frame().T).iloc[0]
    for part in PARTS:
        if row[part]:
            english, japanese = worded[part].en, worded[part].ja
            assert Markup(english).unescape() == row[part]
            said = _numbers(Markup(japanese).unescape())
            assert said == _numbers(row[part]), f"{row['code']}, {part}: {japanese}"


@pytest.fixture(autouse=True)
def _both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Findings.add

    def checked(self: Findings, *args: Any, **texts: Any) -> None:
        add(self, *args, **texts)
        if self.items[-1].severity != "error":
            last = Findings(self.items[-1:])
            _hold(last.to_frame("test").iloc[0])

    monkeypatch.setattr(Findings, "add", checked)
