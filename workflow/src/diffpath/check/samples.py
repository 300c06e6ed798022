"""The sample sheet: names, units, numbers, and the columns of the matrices."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath

import pandas as pd

from diffpath.check.config import load_schema
from diffpath.check.sheet import ROW, read_sheet
from diffpath.findings import Findings
from diffpath.tables import UNITS

RESERVED = ("sample", "counts", "column", "exclude")
NO_REASON = ("true", "false", "yes", "no", "0", "1", "na", "nan", "none")
TAKEN = tuple(UNITS.names)  # columns that the workflow makes for the units of a contrast


def check_samples(
    path: str, unit: str, numeric: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame, Findings]:
    """Read the sample sheet.

    Returns
    -------
    tuple
        The used samples (sorted by name, indexed by it, columns of the sheet
        with ``numeric`` ones as float), the excluded ones likewise, and findings.
    """
    schema = load_schema("samples")
    schema["required"] = [*dict.fromkeys([*schema["required"], unit])]
    schema["properties"].setdefault(
        unit, {"type": "string", "description": "Independent unit (donor) of the sample."}
    )
    sheet, findings = read_sheet(path, schema)
    if sheet.empty:
        return sheet, sheet, findings
    for key, rows in sheet.groupby("sample", sort=True)[ROW]:
        name = str(key)
        if len(rows) > 1 and name:
            findings.error(
                "sample_twice",
                path,
                f"rows {', '.join(map(str, rows))}, column 'sample'",
                found=f"'{name}' {len(rows)} times",
                expected="each sample once",
                mend="rename or delete the others",
            )
    for name in [column for column in sheet.columns if column in TAKEN]:
        findings.error(
            "column_taken",
            path,
            f"column '{name}'",
            found="a name that the results use for columns of their own",
            expected=f"any other name than {', '.join(TAKEN)}",
            mend=f"rename the column, for example to 'my_{name}', here and in the config and the "
            "contrasts",
        )
    said = sheet["exclude"].str.casefold()
    for row, cell in sheet.loc[said.isin(NO_REASON), [ROW, "exclude"]].itertuples(index=False):
        findings.error(
            "exclude_without_reason",
            path,
            f"row {row}, column 'exclude'",
            found=f"'{cell}'",
            expected="nothing for a sample that is used, the reason for one that is not",
            mend="empty the cell or write why the sample is left out",
        )
    _check_labels(sheet, path, numeric, findings)
    for name in numeric:
        _read_numbers(sheet, name, path, findings)
    sheet = sheet.set_index("sample", drop=False).sort_index(kind="stable")
    gone = sheet["exclude"] != ""
    used, excluded = sheet[~gone], sheet[gone]
    if used.empty:
        findings.error(
            "samples_none",
            path,
            "column 'exclude'",
            found="every sample excluded",
            expected="samples to use",
            mend="empty the cells of the samples to use",
        )
    return used, excluded, findings


def match_columns(
    samples: pd.DataFrame, headers: Mapping[str, Sequence[str]], file: str
) -> tuple[dict[str, tuple[str, str]], Findings]:
    """Find each sample's column in the matrices.

    Parameters
    ----------
    samples
        Used samples, as `check_samples` gives them.
    headers
        Source name → sample columns of its matrix.

    Returns
    -------
    tuple
        Sample → (source, column), and findings; a sample without a column is an
        error with near matches, columns without a sample are listed in a note.
    """
    findings = Findings()
    columns: dict[str, tuple[str, str]] = {}
    lost: list[tuple[str, str, list[str]]] = []
    for sample, row in samples.iterrows():
        name = row["column"] or str(sample)
        place = f"row {row[ROW]}, sample '{sample}'"
        if row["counts"] and row["counts"] not in headers:
            findings.error(
                "sample_unknown_source",
                file,
                f"row {row[ROW]}, column 'counts'",
                found=f"'{row['counts']}'",
                expected=f"one of {', '.join(headers)}",
                mend="write the name of an entry of counts in the config",
            )
            continue
        sources = [row["counts"]] if row["counts"] else list(headers)
        having = [source for source in sources if name in headers[source]]
        if len(having) == 1:
            columns[str(sample)] = (having[0], name)
        elif having:
            findings.error(
                "sample_in_several_sources",
                file,
                place,
                found=f"a column '{name}' in {' and '.join(having)}",
                expected="one source",
                mend="name the source in the sheet's column 'counts'",
            )
        else:
            lost.append((place, name, sources))
    for place, name, sources in lost:
        findings.error(
            "sample_without_column",
            file,
            place,
            found=f"no column '{name}' in {' or '.join(sources)}",
            expected=_suggest(name, sources, headers, set(columns.values())),
            mend="correct the sheet's 'sample' or 'column'; sample names are never renamed",
        )
    _check_shared(columns, file, findings)
    used = set(columns.values())
    for source, names in headers.items():
        spare = [column for column in names if (source, column) not in used]
        if spare:
            findings.note(
                "columns_without_sample",
                file,
                f"source '{source}'",
                values={"source": source, "n": len(spare), "total": len(names), "names": spare},
                found=f"{len(spare)} of {len(names)} matrix columns that no used sample names: "
                + ", ".join(spare),
                expected="a row of the sheet for each column that is to be used",
                mend="add the rows, if these samples belong to the cohort",
            )
    return columns, findings


def _suggest(
    name: str,
    sources: Sequence[str],
    headers: Mapping[str, Sequence[str]],
    taken: Collection[tuple[str, str]],
) -> str:
    free = [c for source in sources for c in headers[source] if (source, c) not in taken]
    plain = {PurePath(column).name.lower(): column for column in free}
    near = [plain[key] for key in get_close_matches(name.lower(), list(plain), 3, 0.6)]
    near += [c for c in free if name.lower() in c.lower() and c not in near]
    text = "a column of the matrix"
    if near:
        text += "; near: " + ", ".join(f"'{column}'" for column in near[:3])
    if free:
        more = f" and {len(free) - 8} more" if len(free) > 8 else ""
        text += "; without a sample: " + ", ".join(f"'{column}'" for column in free[:8]) + more
    return text


def _check_shared(columns: Mapping[str, tuple[str, str]], file: str, findings: Findings) -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for sample, column in columns.items():
        owners.setdefault(column, []).append(sample)
    for (source, name), names in owners.items():
        if len(names) > 1:
            findings.error(
                "column_used_twice",
                file,
                f"samples {', '.join(names)}",
                found=f"all use column '{name}' of '{source}'",
                expected="a column of its own for each sample",
                mend="correct the sheet's 'sample' or 'column'",
            )


def _check_labels(
    sheet: pd.DataFrame, file: str, numeric: Sequence[str], findings: Findings
) -> None:
    for name in [c for c in sheet.columns if c not in (*RESERVED, *numeric, ROW)]:
        labels = sorted(set(sheet[name]) - {""})
        folded: dict[str, list[str]] = {}
        for label in labels:
            folded.setdefault(label.casefold(), []).append(label)
        for same in folded.values():
            if len(same) > 1:
                findings.error(
                    "labels_differ_in_case",
                    file,
                    f"column '{name}'",
                    found=" and ".join(f"'{label}'" for label in same),
                    expected="one spelling",
                    mend="write one of them throughout",
                )


def _read_numbers(sheet: pd.DataFrame, name: str, file: str, findings: Findings) -> None:
    if name not in sheet.columns:
        findings.error(
            "numeric_column_missing",
            file,
            f"column '{name}'",
            found="no such column",
            expected="the columns that the config lists under numeric",
            mend="add the column or take it off the list",
        )
        return
    numbers = []
    for row, cell in zip(sheet[ROW], sheet[name], strict=True):
        try:
            number = float(cell) if cell else math.nan
            if cell and not math.isfinite(number):
                raise ValueError
        except ValueError:
            number = math.nan
            findings.error(
                "not_a_number",
                file,
                f"row {row}, column '{name}'",
                found=f"'{cell}'",
                expected="a finite number with a decimal point, or nothing",
                mend="correct the cell, or take the column off the config's numeric list",
            )
        numbers.append(number)
    sheet[name] = numbers
