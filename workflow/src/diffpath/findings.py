"""Findings: what a stage has to say about its input, collected and said together.

An *error* stops the run before anything is written, a *warning* travels to the
report, a *note* records a choice that was made for the reader (a gene dropped,
a symbol resolved).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd

Severity = Literal["error", "warning", "note"]
_RANK = {"error": 0, "warning": 1, "note": 2}
STAGES = ("read", "units", "normalize", "differ", "themes")


@dataclass(frozen=True)
class Finding:
    """One thing a reader must know, with the place it was seen at and the mend.

    ``values`` holds, as JSON, the numbers and names that the English texts are made of: the
    report words them in other languages.
    """

    severity: Severity
    code: str
    file: str
    place: str
    found: str
    expected: str
    mend: str
    values: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: found {self.found}; expected {self.expected}. To mend: {self.mend}."


class InputError(ValueError):
    """Raised once with every error found; its text lists them all."""

    def __init__(self, errors: Iterable[Finding]) -> None:
        self.errors = list(errors)
        count = len(self.errors)
        head = f"{count} fault{'' if count == 1 else 's'} in the input, nothing was run:"
        lines = (f"  {number}. {error}" for number, error in enumerate(self.errors, 1))
        super().__init__("\n".join([head, *lines]))


@dataclass
class Findings:
    """A list of findings that is filled on the way and raised at the end."""

    items: list[Finding] = field(default_factory=list)

    def add(
        self,
        severity: Severity,
        code: str,
        file: str,
        place: str,
        *,
        found: str,
        expected: str,
        mend: str,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one finding; texts are phrases without a final full stop.

        What is no error reaches the report and gives ``values``: numbers, names and lists
        (see `cut`) by the fields of the finding's texts in ``report/strings/findings.json``.
        """
        packed = None if severity == "error" else _pack(values or {})
        self.items.append(Finding(severity, code, str(file), place, found, expected, mend, packed))

    def error(self, code: str, file: str, place: str = "", **texts: Any) -> None:
        """Record an error (see `add`)."""
        self.add("error", code, file, place, **texts)

    def warning(self, code: str, file: str, place: str = "", **texts: Any) -> None:
        """Record a warning (see `add`)."""
        self.add("warning", code, file, place, **texts)

    def note(self, code: str, file: str, place: str = "", **texts: Any) -> None:
        """Record a note (see `add`)."""
        self.add("note", code, file, place, **texts)

    def extend(self, other: Findings) -> None:
        """Take over all findings of another list."""
        self.items.extend(other.items)

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a run."""
        return [item for item in self.items if item.severity == "error"]

    def raise_errors(self) -> None:
        """Raise `InputError` with every error found, or return if there is none."""
        if self.errors:
            raise InputError(self.errors)

    def to_frame(self, stage: str) -> pd.DataFrame:
        """Return the findings as rows of the `FINDINGS` table, gravest first."""
        ordered = sorted(self.items, key=lambda item: _RANK[item.severity])
        columns = ["severity", "code", "file", "place", "found", "expected", "mend", "values"]
        frame = pd.DataFrame([asdict(item) for item in ordered], columns=columns)
        frame.insert(0, "stage", stage)
        return frame


def cut(items: Iterable[Any], limit: int = 5) -> list[Any]:
    """Return the first items, and after them the number of the others if there are any."""
    given = [item if isinstance(item, (list, tuple)) else str(item) for item in items]
    return given if len(given) <= limit else [*given[:limit], len(given) - limit]


def _pack(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=lambda v: v.item())


def findings_files(collections: Iterable[str]) -> list[str]:
    """Return the findings that a contrast's stages write, as paths in its folder.

    By name, not by what lies there: files of a collection since removed stay in the folder.
    """
    names = [*STAGES, *(f"enrich.{collection}" for collection in collections)]
    return [f"findings/{name}.tsv" for name in names]
