"""What the pages are loaded from."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from diffpath.findings import findings_files
from diffpath.gene_sets import collection_file
from diffpath.provenance import hash_file
from diffpath.report import load
from diffpath.report.model import ContrastReport
from diffpath.tables import (
    BIOTYPES,
    FINDINGS,
    RESULTS,
    SAMPLE_QC,
    SOURCES,
    STATUS,
    THEME_VERDICTS,
    UNITS,
    Table,
    conform,
    write_table,
)

CONFIG: dict[str, Any] = {
    "cohort": {"name": "Toy", "question": "?"},
    "unit": "donor",
    "report": {"title": "", "language": "en"},
    "differ": {"alpha": 0.05},
    "filter": {},
    "enrichment": {},
    "annotation": {},
    "themes": [{"name": "kept", "file": "builtin:ecm"}],
    "panels": [],
    "collections": [{"name": "broad", "file": "builtin:calcium"}],
}


def _filled(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the frame with columns the factory leaves out."""
    values = {"str": "x", "float": 1.0, "int": 1, "bool": True}
    absent = {c.name: values[c.dtype] for c in table.columns if c.name not in frame}
    return conform(frame.assign(**absent), table)


@pytest.fixture
def cohort(report: ContrastReport, factory: ModuleType, tmp_path: Path) -> Path:
    """Folder of results with what the index over two contrasts is made of."""
    assert report.results is not None
    index = factory.make_index()
    one = pd.DataFrame({"engine": ["diffpath"]})
    for name in ("a", "b"):
        place = tmp_path / "contrasts" / name
        (place / "themes").mkdir(parents=True)
        write_table(_filled(one, STATUS), STATUS, place / "status.tsv")
        write_table(report.theme_verdicts, THEME_VERDICTS, place / "themes" / "verdicts.tsv")
        write_table(report.units, UNITS, place / "units.tsv")
        write_table(_filled(report.results, RESULTS), RESULTS, place / "results.tsv.gz")
    folder = tmp_path / "cohort"
    (folder / "findings").mkdir(parents=True)
    write_table(_filled(report.findings.iloc[:1], FINDINGS), FINDINGS, folder / "findings/read.tsv")
    write_table(_filled(index.sources, SOURCES), SOURCES, folder / "sources.tsv")
    write_table(report.sample_qc, SAMPLE_QC, folder / "sample_qc.tsv")
    write_table(report.biotypes, BIOTYPES, folder / "biotypes.tsv")
    return tmp_path


def test_the_index_holds_no_more_of_a_contrast_than_it_shows(cohort: Path) -> None:
    entries = load.load_index(cohort, [{"contrast": "a"}, {"contrast": "b"}], CONFIG).contrasts
    first, second = (entry.results for entry in entries)
    assert first is not None
    assert second is not None
    assert list(first.columns) == load.INDEX_COLUMNS
    # The same objects, not the same texts alone: names of 200 contrasts cost as those of one.
    assert all(x is y for x, y in zip(first["gene_id"], second["gene_id"], strict=True))


def test_inputs_are_counts_annotation_and_gene_sets(cohort: Path, tmp_path: Path) -> None:
    annotation = tmp_path / "genes.tsv"
    annotation.write_text("gene_id\n")
    config = {**CONFIG, "annotation": {"file": str(annotation)}}
    rows = load.load_index(cohort, [{"contrast": "a"}], config).provenance["inputs"]
    assert [row["file"] for row in rows] == [
        "counts.tsv.gz", str(annotation), "builtin:ecm", "builtin:calcium"
    ]  # fmt: skip
    assert rows[1]["sha256"] == sha256(b"gene_id\n").hexdigest()
    assert rows[3]["sha256"] == hash_file(collection_file("builtin:calcium"))


def test_findings_of_a_removed_collection_are_not_shown(cohort: Path) -> None:
    folder = cohort / "cohort" / "findings"
    (folder / "enrich.gone.tsv").write_bytes((folder / "read.tsv").read_bytes() + b"broken")
    assert len(load.load_index(cohort, [{"contrast": "a"}], CONFIG).findings) == 1
    assert findings_files(["kept", "broad"]) == [
        f"findings/{name}.tsv"
        for name in (
            *("read", "units", "normalize", "differ", "themes"),
            *("enrich.kept", "enrich.broad"),
        )
    ]


def test_the_findings_shown_are_those_the_rules_write(root: Path) -> None:
    text = "".join(path.read_text() for path in (root / "workflow" / "rules").glob("*.smk"))
    written = re.findall(r"findings=.*/(findings/.*\.tsv)", text)
    shown = findings_files(["{{collection}}"])
    assert sorted(written) == sorted(shown)
