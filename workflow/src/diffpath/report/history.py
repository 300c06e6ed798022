"""What changed since the last run: verdicts, gene counts, samples, parameters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from diffpath.report.format import format_p
from diffpath.report.model import ContrastReport

State = dict[str, str]


def describe_state(report: ContrastReport) -> State:
    """Return what a reader would want compared, as name → text."""
    samples = sorted(
        sample for cell in report.units["samples"].astype(str) for sample in cell.split(",")
    )
    state = {
        "samples": ", ".join(samples),
        "donors": ", ".join(sorted(set(report.units[report.donor_column].astype(str)))),
        "design": str(report.contrast["design"]),
        "status": str(report.status["status"]),
    }
    if report.results is not None:
        significant = report.results[report.results["padj"] < report.alpha]
        rising = int((significant["log2FoldChange"] > 0).sum())
        state["genes tested"] = str(int(report.results["pvalue"].notna().sum()))
        state["genes higher"] = str(rising)
        state["genes lower"] = str(len(significant) - rising)
    if report.theme_verdicts is not None:
        for row in report.theme_verdicts.to_dict("records"):
            p = "" if pd.isna(row["p_holm"]) else f" (p after Holm {format_p(row['p_holm'])})"
            state[f"verdict: {row['title']}"] = f"{row['verdict']}{p}"
    for name, value in report.provenance.get("parameters", {}).items():
        state[f"parameter: {name}"] = str(value)
    for entry in report.provenance.get("inputs", []):
        state[f"input: {entry['file']}"] = str(entry["sha256"])[:12]
    return state


def update_history(path: str | Path, report: ContrastReport) -> pd.DataFrame:
    """Record a report's state and return how it differs from the last one that was different.

    The file holds two states. Making the same page again, for a new title say,
    leaves them and gives the same answer.

    Parameters
    ----------
    path
        A JSON file beside the report; written, and made where it is absent.

    Returns
    -------
    DataFrame
        ``what``, ``before``, ``after``; empty at the first run.
    """
    path = Path(path)
    known: dict[str, Any] = {"last": None, "before": None}
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
    state = describe_state(report)
    if known["last"] != state:
        known = {"last": state, "before": known["last"]}
        path.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")
    return compare_states(known["before"], state)


def compare_states(before: State | None, after: State) -> pd.DataFrame:
    """Return the rows that differ; lists of names say what came and what went."""
    rows = []
    for name in dict.fromkeys([*(before or {}), *after]) if before else []:
        old, new = (before or {}).get(name, ""), after.get(name, "")
        if old == new:
            continue
        if name in ("samples", "donors"):
            was, now = set(old.split(", ")), set(new.split(", "))
            old = ", ".join(sorted(was - now)) or "-"
            new = ", ".join(sorted(now - was)) or "-"
            rows += [(f"{name} gone", old, ""), (f"{name} new", "", new)]
        else:
            rows.append((name, old, new))
    return pd.DataFrame(rows, columns=["what", "before", "after"])
