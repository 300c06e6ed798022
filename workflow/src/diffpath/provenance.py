"""Which code, data and versions a result came from."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("anndata", "gseapy", "numpy", "pandas", "pydeseq2", "scanpy", "scipy", "snakemake")


def hash_code(script: str | Path, source: str | Path) -> str:
    """Return a hash of a script and of every library module it imports, directly or not.

    Only contents count, not dates. Snakemake does not see edits of imported
    modules; with this hash among a rule's params it does.

    Parameters
    ----------
    script
        A Python file.
    source
        Folder that holds the packages to follow.
    """
    digest = hashlib.sha256()
    for path in [Path(script), *imported_modules(Path(script), Path(source))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def imported_modules(script: Path, source: Path) -> list[Path]:
    """Return the files below ``source`` that a script imports, directly or not, sorted."""
    seen: set[Path] = set()
    waiting = [script]
    while waiting:
        for path in _imports(waiting.pop(), source):
            if path not in seen:
                seen.add(path)
                waiting.append(path)
    return sorted(seen)


@cache
def _imports(path: Path, source: Path) -> tuple[Path, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    found = []
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            base = source.joinpath(*parts[:length])
            found += [p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()]
    return tuple(dict.fromkeys(found))


def package_versions() -> dict[str, str]:
    """Return the versions of the packages the results depend on."""
    return {name: version(name) for name in PACKAGES}


def hash_file(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
