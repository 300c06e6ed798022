"""String tables: same keys and values in both languages, every key in use."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from markupsafe import Markup, escape

from diffpath.report.answers import TONE
from diffpath.report.words import LANGUAGES, Text, join_texts, load_words, say, say_or
from diffpath.tables import RESULTS, THEME_VERDICTS


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_values() -> None:
    english, japanese = (load_words(language) for language in LANGUAGES)
    assert english.keys() == japanese.keys()
    for key, text in english.items():
        if not key.startswith(("sentence.", "meaning.")):  # the English is the table's own
            assert _fields(text) == _fields(japanese[key]), key
            assert text
        assert japanese[key]


def test_japanese_is_japanese() -> None:
    kana_or_kanji = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    plain = {k for k, v in load_words("ja").items() if len(v) > 24 and not kana_or_kanji.search(v)}
    assert plain == set()


def test_every_key_is_used_and_every_used_key_exists(root_sources: str) -> None:
    keys = set(load_words("en"))
    for key in keys:
        short = key.removeprefix("js.")
        prefix = short.split(".")[0]
        assert (
            f'"{short}"' in root_sources
            or f'"{key}"' in root_sources
            or f"js.{short}" in root_sources
            or prefix in DYNAMIC
        ), key
    for used in re.findall(r'\bsay\(\s*"([a-z_.0-9]+)"', root_sources):
        if not used.endswith("."):
            assert used in keys or f"js.{used}" in keys, used
    for used in re.findall(r'DP\.say\("([a-z_.0-9]+)"', root_sources):
        assert f"js.{used}" in keys, used


# Prefixes whose keys are put together from values of a table.
DYNAMIC = {
    "col", "verdict", "sentence", "failed_key", "reason", "group", "severity", "direction",
    "outcome", "status", "meaning", "nav", "provenance", "dispersion", "part",
}  # fmt: skip


@pytest.fixture
def root_sources(root: object) -> str:
    from pathlib import Path

    folder = Path(str(root)) / "workflow" / "src" / "diffpath" / "report"
    files = [*folder.glob("*.py"), *folder.glob("templates/*.j2"), *folder.glob("assets/*.js")]
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(files))


def test_every_declared_verdict_and_reason_has_words() -> None:
    meaning = {c.name: c.meaning for c in THEME_VERDICTS.columns}["verdict"]
    declared = set(
        re.findall(r"[a-z]+(?:_[a-z]+)+|higher|lower|mixed|exploratory|refused", meaning)
    )
    assert declared == set(TONE)
    for verdict in TONE:
        assert say(f"verdict.{verdict}", test="x").en
        assert load_words("ja")[f"sentence.{verdict}"]
    reasons = {c.name: c.meaning for c in RESULTS.columns}["reason"]
    for reason in re.findall(r"[a-z]+_[a-z]+", reasons):
        assert say(f"reason.{reason}").ja
        assert f"js.reason.{reason}" in load_words("en")


def test_values_are_escaped_and_filled_by_language() -> None:
    text = say("verdict.higher", test="<b>WS</b>")
    assert text.en == "Theme genes higher in &lt;b&gt;WS&lt;/b&gt;"
    inner = Text(Markup("one"), Markup("一"))
    both = say("verdict.higher", test=inner)
    assert "one" in both.en
    assert "一" in both.ja
    assert escape(both).count("<span class='t'") == 2
    assert str(say_or("col.nowhere", "<x>")) == "&lt;x&gt;"
    assert join_texts([inner, inner], ", ", "、").ja == "一、一"
