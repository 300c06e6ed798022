from dataclasses import replace
from pathlib import Path

from diffpath.report.history import compare_states, describe_state, update_history
from diffpath.report.model import ContrastReport


def test_first_run_has_nothing_to_compare(report: ContrastReport, tmp_path: Path) -> None:
    assert update_history(tmp_path / "h.json", report).empty
    assert update_history(tmp_path / "h.json", report).empty


def test_a_change_is_told_and_stays_told(report: ContrastReport, tmp_path: Path) -> None:
    path = tmp_path / "h.json"
    update_history(path, report)
    units = report.units.iloc[1:].reset_index(drop=True)
    gone = report.units["samples"].iloc[0].replace(",", ", ")
    assert report.theme_verdicts is not None
    verdicts = report.theme_verdicts.assign(verdict="no_evidence", p_holm=0.5)
    changed = replace(report, units=units, theme_verdicts=verdicts)
    first = update_history(path, changed)
    rows = {row.what: (row.before, row.after) for row in first.itertuples()}
    assert rows["samples gone"] == (gone, "")
    assert rows["samples new"] == ("", "-")
    title = report.theme_verdicts["title"].iloc[0]
    assert rows[f"verdict: {title}"][1] == "no_evidence (p after Holm 0.5)"
    again = update_history(path, replace(changed, title="Another title"))
    assert again.equals(first)


def test_states_compare_by_name(report: ContrastReport) -> None:
    state = describe_state(report)
    assert {"samples", "donors", "genes tested", "genes higher", "genes lower"} <= set(state)
    table = compare_states({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"})
    assert table.to_numpy().tolist() == [["b", "2", "3"], ["c", "", "4"]]
