"""English and Japanese interface texts, side by side in the page and switched by style."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

LANGUAGES = ("en", "ja")
_FOLDER = Path(__file__).parent / "strings"


@dataclass(frozen=True)
class Text:
    """One text in both languages, already escaped; in a template it shows in the one chosen."""

    en: Markup
    ja: Markup

    def __html__(self) -> Markup:
        if self.en == self.ja:
            return self.en
        return Markup(
            "<span class='t' lang='en'>{}</span><span class='t' lang='ja'>{}</span>"
        ).format(self.en, self.ja)

    def __str__(self) -> str:
        return str(self.__html__())

    def get(self, language: str) -> Markup:
        """Return the text in one language."""
        return self.ja if language == "ja" else self.en


@cache
def load_words(language: str) -> dict[str, str]:
    """Return the string table of a language, key to text."""
    words: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return words


def say(key: str, /, **values: Any) -> Text:
    """Return a text of the string tables with its values filled in, escaped.

    Values that are `Text` are filled in language by language.
    """
    return Text(*(_fill(load_words(language)[key], language, values) for language in LANGUAGES))


def say_or(key: str, otherwise: str) -> Text:
    """Return a text of the string tables, or the given word where there is none."""
    return say(key) if key in load_words("en") else as_text(otherwise)


def as_text(value: Any) -> Text:
    """Return a value that reads the same in both languages."""
    return value if isinstance(value, Text) else Text(escape(value), escape(value))


def join_texts(texts: Iterable[Text], en: str = " ", ja: str = "") -> Text:
    """Return texts joined, with a separator of each language."""
    parts = list(texts)
    return Text(
        Markup(escape(en)).join(part.en for part in parts),
        Markup(escape(ja)).join(part.ja for part in parts),
    )


def script_words() -> dict[str, dict[str, str]]:
    """Return the texts the scripts use (keys starting with ``js.``), by language."""
    return {
        language: {key: text for key, text in load_words(language).items() if key.startswith("js.")}
        for language in LANGUAGES
    }


def _fill(text: str, language: str, values: dict[str, Any]) -> Markup:
    given = {
        name: value.get(language) if isinstance(value, Text) else escape(value)
        for name, value in values.items()
    }
    return Markup(text).format(**given)
