"""Declared expectations held against the themes and against themselves."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from diffpath.findings import Findings


def check_expectations(
    expectations: Sequence[Mapping[str, Any]], themes: Mapping[str, Names[str]], file: str
) -> Findings:
    """Return an error for each name no theme knows, each size against its side, each repeat.

    Genes are not looked up: the counts are not read before the first job.

    Parameters
    ----------
    expectations
        The config's entries.
    themes
        Names of the sets of each theme.
    file
        Path of the config, for the messages.
    """
    findings = Findings()
    seen: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(expectations, 1):
        place = f"key expectations[{number}]"
        if entry["kind"] != "gene":
            _check_name(entry, themes, file, place, findings)
        size, side = entry.get("log2FoldChange"), entry["expected"]
        if size is not None and side != "either" and (size > 0) != (side == "up"):
            findings.error(
                "expectation_side",
                file,
                f"{place}.log2FoldChange",
                found=f"{size:g} with expected: {side}",
                expected="a log2(test / reference) above 0 for up, below 0 for down",
                mend="correct the sign or the side",
            )
        key = (entry["kind"], entry["name"], entry["source"])
        if key in seen:
            findings.error(
                "expectation_twice",
                file,
                place,
                found=f"{entry['kind']} '{entry['name']}' from '{entry['source']}', as in entry "
                f"{seen[key]}",
                expected="each expectation of a source once",
                mend="take one out, or name the other source",
            )
        seen.setdefault(key, number)
    return findings


def _check_name(
    entry: Mapping[str, Any],
    themes: Mapping[str, Names[str]],
    file: str,
    place: str,
    findings: Findings,
) -> None:
    kind, name = entry["kind"], entry["name"]
    owners = [theme for theme, sets in themes.items() if name in sets]
    full = [f"{theme}/{set_}" for theme, sets in themes.items() for set_ in sets]
    if name in (themes if kind == "theme" else full) or (kind == "set" and len(owners) == 1):
        return
    if kind == "set" and owners:
        findings.error(
            "expectation_ambiguous",
            file,
            f"{place}.name",
            found=f"'{name}', a set of {', '.join(owners)}",
            expected="one set",
            mend=f"write '{owners[0]}/{name}'",
        )
        return
    known = list(themes)
    if kind == "set":
        known = [*full, *(set_ for sets in themes.values() for set_ in sets)]
    near = get_close_matches(name, known, 1)
    findings.error(
        "expectation_unknown",
        file,
        f"{place}.name",
        found=f"'{name}', which is no {kind} of this config",
        expected=f"one of {', '.join(themes)}"
        if kind == "theme"
        else "the name of a set of a theme, or theme/set",
        mend=f"write '{near[0]}'" if near else f"correct the name, or declare the {kind}",
    )
