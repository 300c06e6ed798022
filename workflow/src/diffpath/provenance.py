"""Which code, data and versions a result came from."""

from __future__ import annotations

import hashlib
import platform
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

# `git archive`, and so `make bundle`, writes the commit into this file.
COMMIT_FILE = Path(__file__).with_name("commit.txt")
# Every start of Snakemake, two in each cluster job, looks for them: 0.03 s, by `ast` 0.35. What
# else looks like one, in a text say, adds at most a file to what is hashed.
IMPORT = re.compile(
    r"^\s*(?:from\s+([\w.]+)\s+import\s+(\([^)]*\)|.*)|import\s+(.*))", re.MULTILINE
)
PACKAGES = ("anndata", "numpy", "pandas", "pydeseq2", "scipy", "snakemake")


def hash_code(script: str | Path, source: str | Path) -> str:
    """Return a hash of a script, of every library module it imports and of their data files.

    Only contents count, not dates. Snakemake does not see edits of imported
    modules, of templates or of tables in a package; with this hash among a rule's
    params it does.

    Parameters
    ----------
    script
        A Python file.
    source
        Folder that holds the packages to follow.
    """
    digest = hashlib.sha256()
    modules = imported_modules(Path(script), Path(source))
    for path in [Path(script), *modules, *data_files(modules)]:
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


def data_files(modules: Sequence[Path]) -> list[Path]:
    """Return the files that are no Python in the packages of some modules, sorted.

    Folders below a package count with it unless they are packages themselves. The commit
    is left out: each new one would make everything again, whatever it changed.
    """
    found: list[Path] = []
    waiting = [path.parent for path in modules if path.name == "__init__.py"]
    while waiting:
        for path in waiting.pop().iterdir():
            if path.name == "__pycache__" or path.name.startswith("."):
                continue
            if path.is_dir():
                if not (path / "__init__.py").exists():
                    waiting.append(path)
            elif path.suffix not in {".py", ".pyc"} and path != COMMIT_FILE:
                found.append(path)
    return sorted(found)


@cache
def _imports(path: Path, source: Path) -> tuple[Path, ...]:
    names: list[str] = []
    for module, members, plain in IMPORT.findall(path.read_text(encoding="utf-8")):
        names += re.findall(r"[\w.]+", plain)
        names += [module, *(f"{module}.{member}" for member in re.findall(r"\w+", members))]
    packages = {entry.name for entry in source.iterdir()}
    found = []
    for name in dict.fromkeys(names):
        parts = name.split(".")
        if parts[0] not in packages:
            continue
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


def describe_run(
    config: Mapping[str, Any], sources: pd.DataFrame, config_file: str, engine: str = ""
) -> dict[str, Any]:
    """Return versions, parameters, inputs, commit, command and environment of a run.

    Parameters
    ----------
    config
        The config, with defaults.
    sources
        The `SOURCES` of the counts.
    config_file
        Path of the config.
    engine
        Implementation of the fit, as the status table names it.
    """
    command = ["snakemake", "--cores", "1"]
    if config_file:
        command += ["--configfile", config_file]
    versions = {**package_versions(), "python": platform.python_version()}
    if engine:
        versions["engine"] = engine
    return {
        "versions": versions,
        "parameters": {
            f"{group}.{key}": value
            for group in ("filter", "differ", "enrichment")
            for key, value in config[group].items()
        },
        "inputs": sources[["file", "sha256"]].to_dict("records"),
        "commit": current_commit(),
        "command": shlex.join(command),
        "environment": platform.platform(terse=True),
    }


def current_commit() -> str:
    """Return the commit of the workflow's code, with a mark where it was edited since.

    Where there is none, the text says why.
    """
    archived = COMMIT_FILE.read_text(encoding="utf-8").strip()
    if not archived.startswith("$"):
        # An archive may be unpacked inside another repository, whose commit says nothing.
        return archived[:12]
    # The checkout may belong to somebody else, as on a cluster; its code runs here already.
    git = ["git", "-c", "safe.directory=*", "-C", str(COMMIT_FILE.parent)]
    try:
        _run([*git, "ls-files", "--error-unmatch", COMMIT_FILE.name])
        return _run([*git, "describe", "--always", "--dirty", "--abbrev=12"])
    except FileNotFoundError:
        return "unknown: git is not on the PATH"
    except OSError as error:
        return f"unknown: git does not run: {error.strerror}"
    except subprocess.CalledProcessError as error:
        if "--error-unmatch" in error.cmd and error.returncode == 1:
            return "unknown: a copy that the repository around it does not track"
        said = str(error.stderr).strip().splitlines() or [f"git ended with {error.returncode}"]
        return f"unknown: {said[0].removeprefix('fatal: ')}"


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
