"""The list of several cohorts to run together, each with a config file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from diffpath.check.config import load_schema
from diffpath.findings import Findings

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def check_cohorts(config: Mapping[str, Any], file: str) -> dict[str, dict[str, Any]]:
    """Read the config file of every cohort; what is in it is checked with the cohort.

    Parameters
    ----------
    config
        ``cohorts``: name → path of a config file, relative to the working directory.
    file
        Path of that list, for the messages.

    Returns
    -------
    dict
        Name → config as read, in the order of the list.

    Raises
    ------
    InputError
        If a name is no identifier, a file cannot be read, two cohorts share a folder of
        results, or the list holds other keys.
    """
    findings = Findings()
    for key in sorted(set(config) - {"cohorts"}):
        findings.error(
            "cohorts_other_key",
            file,
            f"key {key}",
            found="a key beside 'cohorts'",
            expected="only 'cohorts'",
            mend="move the key to the config files of the cohorts",
        )
    listed = config["cohorts"]
    if not isinstance(listed, Mapping) or not listed:
        findings.error(
            "cohorts_no_list",
            file,
            "key cohorts",
            found=repr(listed),
            expected="names with config files, such as {macrophage: config/macrophage/config.yaml}",
            mend="write one line a cohort",
        )
        listed = {}
    read: dict[str, dict[str, Any]] = {}
    for name, path in listed.items():
        if not NAME.fullmatch(str(name)):
            findings.error(
                "cohorts_name",
                file,
                f"key cohorts.{name}",
                found=f"'{name}'",
                expected="a letter, then letters, digits and '_'; rules are named with it",
                mend="rename the cohort",
            )
        settings = _read(path)
        if isinstance(settings, str):
            findings.error(
                "cohorts_file",
                file,
                f"key cohorts.{name}",
                found=f"'{path}', {settings}",
                expected="the config file of a cohort; paths are relative to the working directory",
                mend="correct the path or the file",
            )
        else:
            read[str(name)] = settings
    _check_folders(read, file, findings)
    findings.raise_errors()
    return read


def _read(path: object) -> dict[str, Any] | str:
    """Return a config, or what is wrong with its file."""
    if not isinstance(path, str) or not Path(path).is_file():
        return "which is not there"
    try:
        settings = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return f"which is not YAML: {' '.join(str(error).split())}"
    return settings if isinstance(settings, dict) else "which holds no keys"


def _check_folders(cohorts: Mapping[str, dict[str, Any]], file: str, findings: Findings) -> None:
    default = load_schema("config")["properties"]["results"]["default"]
    owners: dict[Path, str] = {}
    for name, settings in cohorts.items():
        folder = str(settings.get("results", default))
        owner = owners.setdefault(Path(folder).resolve(), name)
        if owner != name:
            findings.error(
                "cohorts_same_results",
                file,
                f"key cohorts.{name}",
                found=f"results '{folder}', the folder of '{owner}' too",
                expected="a folder of results for each cohort",
                mend="give one of the two config files another 'results'",
            )
