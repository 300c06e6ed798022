"""Numbers and table cells as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from diffpath.report.words import Text, join_texts, load_words, say, say_or
from diffpath.tables import Table
from diffpath.themes.wording import round_log2, spare_levels

MISSING = "–"
# Columns of comma-separated names: shown with room to break between them.
LISTS = {"samples", "leading_edge", "shared", "gene_sets", "not_measured", "genes"}


def is_missing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def format_number(value: Any, digits: int = 3) -> str:
    """Return a number with so many significant digits, thousands separated, a true minus."""
    if is_missing(value):
        return MISSING
    number = float(value)
    if number == int(number) and abs(number) < 1e15:
        text = f"{int(number):,}"
    elif 1e-3 <= abs(number) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(number))))
        text = f"{number:,.{min(decimals, digits + 2)}f}"
    else:
        mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def format_p(value: Any) -> str:
    """Return a p-value: two significant digits, `spare_levels`, exponents below .0001."""
    if is_missing(value):
        return MISSING
    number = float(value)
    if number < 1e-300:  # the smallest numbers a table can hold are bounds, not values
        return "<1e−300"
    if number >= 1e-4:
        return spare_levels(number, f"{number:.2g}") if number < 0.995 else "1"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa}e−{abs(int(exponent))}"


def format_percent(value: Any, digits: int = 0) -> str:
    """Return a share (0-1) in per cent."""
    return MISSING if is_missing(value) else f"{100 * float(value):.{digits}f}%"


def format_log2(value: Any) -> str:
    """Return a log2 fold change with its sign and two decimals."""
    return MISSING if is_missing(value) else round_log2(float(value))


def format_fold(value: Any) -> str:
    """Return the ratio that a log2 value stands for, such as ×1.9."""
    return MISSING if is_missing(value) else f"×{format_number(2 ** float(value))}"


def format_plain(value: Any) -> str:
    """Return a setting, such as a level, without rounding or filling zeros."""
    return f"{float(value):g}"


def join_names(names: Iterable[Any], limit: int = 12) -> str:
    """Return names joined by commas, cut after ``limit`` with the count of the rest."""
    given = [str(name) for name in names]
    more = f", … (+{len(given) - limit})" if len(given) > limit else ""
    return ", ".join(given[:limit]) + more


def is_p(name: str) -> bool:
    """Whether a column holds p-values, by its name."""
    return name.startswith(("p_", "pvalue", "padj", "loo_max_p", "permutation")) or name == "p"


def make_cell(value: Any, name: str = "") -> Markup:
    """Return one ``<td>``; what is rounded or translated keeps its value in ``data-order``."""
    if isinstance(value, Text):
        return Markup("<td data-order='{}'>{}</td>").format(value.en, value)
    if is_missing(value) or value == "":
        return Markup("<td class='na' data-order=''>{}</td>").format(MISSING)
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        word = say("word.yes" if value else "word.no")
        return Markup("<td class='w' data-order='{}'>{}</td>").format(
            "true" if value else "false", word
        )
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        shown = format_p(value) if is_p(name) else format_number(value)
        return Markup("<td class='n' data-order='{}'>{}</td>").format(repr(value.item())
            if hasattr(value, "item") else repr(value), shown)  # fmt: skip
    if name in LISTS:
        spaced = str(value).replace(",", ", ")
        return Markup("<td data-order='{}'>{}</td>").format(value, spaced)
    return Markup("<td>{}</td>").format(value)


def make_table(
    frame: pd.DataFrame,
    identity: str,
    *,
    table: Table | None = None,
    columns: Sequence[str] | None = None,
    words: Mapping[str, str] | None = None,
    screen: Sequence[str] = (),
) -> Markup:
    """Return a frame as an HTML table that can be sorted and downloaded.

    Parameters
    ----------
    frame
        Rows as written.
    identity
        Element id and file name of the download.
    table
        Declaration whose meanings explain the headers.
    columns
        Columns shown; all of them where absent.
    words
        Column → prefix of the string table: its values are shown as words.
    screen
        Columns left out on paper, which is narrower; a line says so there.
    """
    shown = list(columns or frame.columns)
    meanings = {c.name: c.meaning for c in table.columns} if table else {}
    head = Markup("").join(
        Markup("<th scope='col' data-name='{}'{}{}>{}</th>").format(
            name,
            Markup(" class='screen'") if name in screen else "",
            Markup(" title='{}'").format(meanings[name]) if name in meanings else "",
            say_or(f"col.{name}", str(name)),
        )
        for name in shown
    )
    rows = []
    for record in frame[shown].itertuples(index=False, name=None):
        cells = []
        for name, value in zip(shown, record, strict=True):
            if words and name in words and not is_missing(value):
                prefix = words[name]
                cells.append(
                    Markup("<td class='w' data-order='{}'>{}</td>").format(
                        value, say_or(f"{prefix}.{value}", str(value))
                    )
                )
            else:
                cells.append(make_cell(value, str(name)))
        rows.append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
    return Markup(
        "<div class='scroll' tabindex='0' role='region' aria-label='{label}'>"
        "<table class='data' id='{label}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>{left_out}"
        "<button type='button' class='small' data-download='{label}'>{get}</button>"
    ).format(
        label=identity, head=head, body=Markup("\n").join(rows), get=say("button.download_tsv"),
        left_out=_tell_left_out(screen),
    )  # fmt: skip


def _tell_left_out(names: Sequence[str]) -> Markup:
    if not names:
        return Markup("")
    columns = join_texts([say_or(f"col.{name}", name) for name in names], ", ", "、")
    return Markup("<p class='hint paper'>{}</p>").format(say("paper.left_out", columns=columns))


def make_facts(row: pd.Series, table: Table, columns: Sequence[str], identity: str) -> Markup:
    """Return one row of a table upright: name, value and meaning of each column."""
    meanings = {c.name: c.meaning for c in table.columns}
    body = Markup("\n").join(
        Markup("<tr><th scope='row' data-order='{}'>{}</th>{}<td>{}</td></tr>").format(
            name,
            say_or(f"col.{name}", name),
            make_cell(row[name], name)
            if name != "failed_key" or is_missing(row[name])
            else make_cell(say(f"failed_key.{row[name]}")),
            Text(escape(meanings[name]), escape(load_words("ja")[f"meaning.{name}"])),
        )
        for name in columns
    )
    head = Markup("").join(
        Markup("<th scope='col' data-name='{}'>{}</th>").format(name, say(f"col.{name}"))
        for name in ("name", "value", "meaning")
    )
    return Markup(
        "<div class='scroll' tabindex='0' role='region' aria-label='{0}'>"
        "<table class='data' id='{0}'><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(identity, head, body)


def embed_json(text: str) -> Markup:
    """Return JSON that is safe inside a ``<script>`` element."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


__all__ = [
    "MISSING",
    "embed_json",
    "escape",
    "format_fold",
    "format_log2",
    "format_number",
    "format_p",
    "format_percent",
    "format_plain",
    "is_missing",
    "is_p",
    "join_names",
    "make_cell",
    "make_facts",
    "make_table",
]
