from __future__ import annotations

from typing import Any

import pytest

from diffpath.check.expectations import check_expectations

THEMES = {"inflammation": ["NFKB", "IL1"], "bone": ["IL1", "WNT"]}


def expect(kind: str, name: str, expected: str = "up", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, "expected": expected, "source": "a paper", **more}


def messages(*entries: dict[str, Any]) -> list[str]:
    return [str(item) for item in check_expectations(entries, THEMES, "config.yaml").items]


def test_good_expectations_pass() -> None:
    assert not messages(
        expect("theme", "bone"), expect("set", "NFKB"), expect("set", "bone/IL1"),
        expect("gene", "IL1B", log2FoldChange=2.8),
        expect("gene", "IL1B", source="another paper"),
        expect("gene", "LMNB1", "down", log2FoldChange=-1.0),
        expect("gene", "COL1A1", "either", log2FoldChange=-1.0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            expect("theme", "inflamation"),
            "config.yaml, key expectations[1].name: found 'inflamation', which is no theme of this "
            "config; expected one of inflammation, bone. To mend: write 'inflammation'.",
        ),
        (
            expect("set", "NFKBB"),
            "config.yaml, key expectations[1].name: found 'NFKBB', which is no set of this config; "
            "expected the name of a set of a theme, or theme/set. To mend: write 'NFKB'.",
        ),
        (
            expect("set", "quite different"),
            "config.yaml, key expectations[1].name: found 'quite different', which is no set of "
            "this config; expected the name of a set of a theme, or theme/set. To mend: correct "
            "the name, or declare the set.",
        ),
        (
            expect("set", "IL1"),
            "config.yaml, key expectations[1].name: found 'IL1', a set of inflammation, bone; "
            "expected one set. To mend: write 'inflammation/IL1'.",
        ),
        (
            expect("gene", "IL1B", "up", log2FoldChange=-1.0),
            "config.yaml, key expectations[1].log2FoldChange: found -1 with expected: up; expected "
            "a log2(test / reference) above 0 for up, below 0 for down. To mend: correct the sign "
            "or the side.",
        ),
    ],
)
def test_message(entry: dict[str, Any], message: str) -> None:
    assert messages(entry) == [message]


def test_a_repeat_is_refused() -> None:
    assert messages(expect("gene", "IL1B"), expect("gene", "IL6"), expect("gene", "IL1B")) == [
        "config.yaml, key expectations[3]: found gene 'IL1B' from 'a paper', as in entry 1; "
        "expected each expectation of a source once. To mend: take one out, or name the other "
        "source."
    ]
