"""Phrases that several readers and checks share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from diffpath.findings import Finding, InputError


def listed(items: Iterable[object], limit: int = 5) -> str:
    """Return items as ``a, b, c``, or the first ones and the number of the others."""
    texts = [str(item) for item in items]
    if len(texts) <= limit:
        return ", ".join(texts)
    return f"{', '.join(texts[:limit])} and {len(texts) - limit:,} more"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, as ``1 gene`` or ``1,200 genes``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def near(name: str, candidates: Sequence[str]) -> list[str]:
    """Return up to three candidates that look like a name, file names without their folders."""
    plain = {_plain(candidate): candidate for candidate in reversed(candidates)}
    hits = difflib.get_close_matches(_plain(name), sorted(plain), n=3, cutoff=0.6)
    return [plain[hit] for hit in hits]


def _plain(name: str) -> str:
    return PurePath(name.strip()).name.casefold().removesuffix(".bam")


def fault(code: str, file: str, place: str, *, found: str, expected: str, mend: str) -> InputError:
    """Return the exception for a fault after which a file cannot be read further."""
    return InputError([Finding("error", code, file, place, found, expected, mend)])
