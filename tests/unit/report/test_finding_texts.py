"""Findings in Japanese: a wording for every kind, made from the values of the English.

That both languages carry the same numbers is held for every finding any unit test
provokes (tests/unit/conftest.py).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from diffpath.findings import Findings, cut
from diffpath.report.finding_texts import (
    PARTS,
    REASONS,
    group_findings,
    load_finding_texts,
    word_findings,
    word_reasons,
)

MAKERS = {"warning", "note", "say", "warn"}


def _kinds(root: Path) -> dict[str, set[str]]:
    """Return the kinds of findings in the sources that are no errors, with their values."""
    kinds: dict[str, set[str]] = {}
    for path in sorted((root / "workflow" / "src" / "diffpath").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", "warn" if "warn" in ast.dump(node.func) else "")
            words = {k.arg: k.value for k in node.keywords}
            if name not in MAKERS and not (name == "add" and "found" in words):
                continue
            first = node.args[1 if name in ("add", "warn") else 0] if node.args else None
            code = first.value if isinstance(first, ast.Constant) else None
            given = words.get("values")
            if isinstance(code, str) and ("found" in words or name == "say"):
                names = {str(k) for k in words} if name == "say" else set()
                if isinstance(given, ast.Dict):
                    names |= {str(k.value) for k in given.keys if isinstance(k, ast.Constant)}
                kinds[code] = kinds.get(code, set()) | names
    return kinds


# Filled in around the call: the contrast of a theme's finding, the samples of a depth warning.
AROUND = {"contrast", "samples", "seen"}
# Their code is a variable where the finding is made.
BY_VARIABLE = {"confounded", "nearly_confounded", "rrna_heavy", "mitochondrial_heavy"}


def test_every_kind_has_a_wording_and_every_wording_a_kind(root: Path) -> None:
    kinds = _kinds(root)
    texts = load_finding_texts()
    worded = {code.split(".")[0] for code in texts} - {"words"}
    assert worded == set(kinds) | BY_VARIABLE
    assert len(worded) > 45
    assert worded >= REASONS
    for code, entry in texts.items():
        if code != "words" and code.split(".")[0] not in BY_VARIABLE:
            fields = {n for p in PARTS for _, n, _, _ in Formatter().parse(entry.get(p, "")) if n}
            assert fields <= kinds[code.split(".")[0]] | AROUND, code


def test_every_wording_is_whole_and_japanese() -> None:
    texts = load_finding_texts()
    for code, entry in texts.items():
        if code == "words" or "." in code:
            continue
        variants = [v for name, v in texts.items() if name.startswith(f"{code}.")]
        for whole in [entry | variant for variant in variants] or [entry]:
            assert set(whole) >= {"found", "expected", "mend"}, code
            assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", whole["mend"])


def test_lists_are_joined_cut_and_escaped() -> None:
    found = Findings()
    names = ["<b>", "b", "c", "d", "e", "f", "g"]
    found.note("duplicate_ids", "x.tsv", found="7 gene ids on several rows: <b>, b, c, d, e "
               "and 2 more", expected="one row per gene", mend="nothing: the rows of one id "
               "are summed", values={"n": 7, "names": cut(names)})  # fmt: skip
    worded = word_findings(found.to_frame("read")).iloc[0]
    assert worded["found"].ja == "複数行にある遺伝子ID 7個：&lt;b&gt;、b、c、d、e ほか2件"
    assert worded["found"].en.startswith("7 gene ids on several rows: &lt;b&gt;, b")
    assert worded["place"] == ""


def test_kinds_are_grouped_with_their_places() -> None:
    found = Findings()
    for unit in "abcdefgh":
        found.warning("outlier_unit", "units", f"unit '{unit}'",
                      found="a median distance of 9 to its group, the typical unit has 5",
                      expected="at most 1.5 times the typical distance", mend="look at the unit",
                      values={"unit": unit, "own": 9.0, "typical": 5.0, "ratio": 1.5})  # fmt: skip
    (group,) = group_findings(found.to_frame("normalize"), "warning")
    assert group["n"] == 8
    assert group["places"].en.endswith("unit &#39;f&#39;, … (+2)")
    assert group["places"].ja.startswith("単位「a」、単位「b」")
    assert group_findings(found.to_frame("normalize"), "note") == []


@pytest.mark.parametrize("reasons", [["2 against 2"], ["one", "another"]])
def test_reasons_are_worded_where_their_findings_are_known(reasons: list[str]) -> None:
    found = Findings()
    found.warning("too_few_donors", "contrasts", "contrast 'c'",
                  found="2 against 2 donors, 2 residual degrees of freedom",
                  expected="three or more donors in a group and 3 or more residual degrees of "
                  "freedom", mend="add donors; numbers are given as exploratory",
                  values={"contrast": "c", "n_test": 2, "n_reference": 2, "df": 2,
                          "limit": 3})  # fmt: skip
    said = word_reasons(reasons, found.to_frame("themes"))
    assert [text.en for text in said] == reasons
    if len(reasons) == 1:
        assert said[0].ja == "ドナー2名対2名、残差自由度2"
    else:
        assert [text.ja for text in said] == reasons
