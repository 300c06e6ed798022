"""Everything a user writes, checked together before any job starts."""

from __future__ import annotations

import os
from collections.abc import Collection as Names
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from diffpath.check.config import check_config, load_schema
from diffpath.check.contrasts import check_contrasts
from diffpath.check.expectations import check_expectations
from diffpath.check.samples import RESERVED, check_samples, match_columns
from diffpath.check.sheet import ROW
from diffpath.findings import Findings
from diffpath.gene_sets import collection_file, read_collection
from diffpath.read.annotation import check_annotation_header
from diffpath.read.matrix import read_header
from diffpath.subset import select_rows


@dataclass(frozen=True)
class Cohort:
    """A checked cohort.

    Attributes
    ----------
    config
        The config with every default filled in.
    samples
        Used samples, indexed by name, sorted.
    excluded
        Samples left out, with the reason in ``exclude``.
    contrasts
        Contrasts, indexed by name, in the order of the file.
    columns
        Sample → (source, column of its matrix).
    findings
        Warnings and notes.
    """

    config: dict[str, Any]
    samples: pd.DataFrame
    excluded: pd.DataFrame
    contrasts: pd.DataFrame
    columns: dict[str, tuple[str, str]]
    findings: Findings

    @property
    def covariates(self) -> list[str]:
        """Columns of the sheet that describe samples."""
        return [name for name in self.samples.columns if name not in (*RESERVED, ROW)]

    def select(self, contrast: str | None = None) -> pd.DataFrame:
        """Return samples × covariates of one contrast's subset, or of the whole cohort."""
        return self._subset(self.samples, contrast)[self.covariates]

    def left_out(self, contrast: str | None = None) -> pd.DataFrame:
        """Return ``sample`` and ``reason`` of the excluded samples a contrast would have used."""
        rows = self._subset(self.excluded, contrast)
        return rows[["sample", "exclude"]].rename(columns={"exclude": "reason"})

    def _subset(self, sheet: pd.DataFrame, contrast: str | None) -> pd.DataFrame:
        if contrast is None:
            return sheet
        return sheet[
            select_rows(sheet[self.covariates], str(self.contrasts.loc[contrast, "subset"]))
        ]


def check_cohort(
    config: dict[str, Any], file: str = "config/config.yaml", made: Names[str] = ()
) -> Cohort:
    """Check config, sheets, matrix headers and gene-set files; raise all faults together.

    Parameters
    ----------
    config
        The config as read.
    file
        Its path, for the messages.
    made
        Files that a job of the workflow makes; they need not be there yet.

    Raises
    ------
    InputError
        With every fault found.
    """
    filled, findings = check_config(config, file)
    findings.raise_errors()
    _check_results(filled["results"], file, findings)
    samples, excluded, found = check_samples(filled["samples"], filled["unit"], filled["numeric"])
    findings.extend(found)
    if not samples.empty:
        for key in ("replicates", "technical"):
            _check_columns(key, filled[key], list(map(str, samples)), file, findings)
    contrasts, found = check_contrasts(filled["contrasts"], samples, filled["numeric"])
    findings.extend(found)
    columns = _match_matrices(filled, samples, file, made, findings)
    _check_annotation(filled, file, made, findings)
    sets: dict[str, list[str]] = {}
    for group in ("themes", "panels", "collections"):
        for entry in filled[group]:
            path = collection_file(entry["file"])
            if not path.is_file():
                _missing(findings, file, f"key {group}, '{entry['name']}'", entry["file"])
                continue
            collection, found = read_collection(path, entry["name"])
            findings.extend(found)
            if group == "themes":
                sets[entry["name"]] = [set_.name for set_ in collection.sets]
    # Names can be held only against themes of which all could be read.
    if len(sets) == len(filled["themes"]):
        findings.extend(check_expectations(filled["expectations"], sets, file))
    findings.raise_errors()
    return Cohort(filled, samples, excluded, contrasts, columns, findings)


def _check_results(results: str, file: str, findings: Findings) -> None:
    plain = os.path.normpath(results)
    blocked = [part for part in (Path(results), *Path(results).parents) if part.is_file()]
    odd = plain in (".", "..") or bool({*"{}"} & {*results})
    found = None
    if blocked:
        found = f"'{results}', where '{blocked[0]}' is a file"
    elif {*"{}"} & {*results}:
        found = f"'{results}', with braces, which Snakemake reads as a wildcard"
    elif odd or results != plain:
        found = f"'{results}'"
    if found:
        findings.error(
            "results_folder",
            file,
            "key results",
            found=found,
            expected="a folder of its own, written plainly",
            mend=f"write '{'results' if blocked or odd else plain}'",
        )


def _match_matrices(
    config: dict[str, Any],
    samples: pd.DataFrame,
    file: str,
    made: Names[str],
    findings: Findings,
) -> dict[str, tuple[str, str]]:
    headers: dict[str, list[str]] = {}
    for entry in config["counts"]:
        if Path(entry["file"]).is_file():
            try:
                headers[entry["name"]] = read_header(
                    entry["file"], format=entry["format"], id_column=entry["id_column"]
                )
            except ValueError as error:
                findings.items.extend(getattr(error, "errors", []))
                if not hasattr(error, "errors"):
                    raise
        elif entry["file"] in made:
            # Not there yet: the job that reads it repeats the match.
            headers[entry["name"]] = [row["column"] or str(s) for s, row in samples.iterrows()]
        else:
            _missing(findings, file, f"key counts, '{entry['name']}'", entry["file"])
    if len(headers) < len(config["counts"]) or samples.empty:
        return {}
    columns, found = match_columns(samples, headers, config["samples"])
    findings.extend(found)
    return columns


def _check_columns(
    key: str, named: list[str], columns: list[str], file: str, findings: Findings
) -> None:
    # The default lists what such columns are usually called: not every sheet has them.
    usual = load_schema("config")["properties"][key]["default"]
    known = {name.casefold() for name in (*columns, *usual)}
    for name in named:
        if name.casefold() not in known:
            described = [column for column in columns if column not in (*RESERVED, ROW)]
            near = get_close_matches(name, described, 1)
            findings.error(
                "column_missing",
                file,
                f"key {key}",
                found=f"'{name}', which is no column of the sample sheet",
                expected="columns of the sheet, or names of the default list",
                mend=f"write '{near[0]}'" if near else "add the column or take it off the list",
            )


def _check_annotation(
    config: dict[str, Any], file: str, made: Names[str], findings: Findings
) -> None:
    path = config["annotation"]["file"]
    if path is None:
        findings.warning(
            "no_annotation",
            file,
            "key annotation.file",
            values={},
            found="nothing",
            expected="a table or GTF with symbols and biotypes",
            mend="give one: without it biotypes are not checked",
        )
    elif not Path(path).is_file() and path not in made:
        _missing(findings, file, "key annotation.file", path)
    elif Path(path).is_file():
        findings.extend(check_annotation_header(path, columns=config["annotation"]["columns"]))


def _missing(findings: Findings, file: str, place: str, path: str) -> None:
    findings.error(
        "file_missing",
        file,
        place,
        found=f"'{path}', which is not there",
        expected="a file; paths are relative to the working directory",
        mend="correct the path or put the file there",
    )
