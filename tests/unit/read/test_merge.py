"""Matrices of several sources put together."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from diffpath.read.matrix import read_counts
from diffpath.read.merge import merge_counts
from diffpath.tables import SOURCES, conform


@pytest.fixture
def tables(tmp_path):
    def write(name, text):
        path = tmp_path / f"{name}.tsv"
        path.write_text(text)
        return read_counts(path, name)

    return write


def rows(ids, value=5, width=2):
    return "".join(f"{g}\t" + "\t".join([str(value)] * width) + "\n" for g in ids)


def test_samples_stand_in_sheet_order_and_genes_are_sorted(tables):
    first = tables("one", "gene_id\tgene_name\tA\tB\ng2\tWRN\t1\t2\ng1\tTP53\t3\t4\n")
    second = tables("two", "gene_id\tA\ng1\t7\ng2\t8\n")
    counts, sources, findings = merge_counts(
        [first, second], {"x": ("two", "A"), "y": ("one", "B"), "z": ("one", "A")}
    )
    assert list(counts.obs_names) == ["x", "y", "z"]
    assert list(counts.var_names) == ["g1", "g2"]
    assert counts.X.tolist() == [[7, 8], [4, 2], [3, 1]]
    assert counts.X.dtype == np.int64
    assert counts.var["symbol"].tolist() == ["TP53", "WRN"]
    assert findings.items == []
    conform(sources, SOURCES)
    assert sources.set_index("source")["samples_used"].to_dict() == {"one": 2, "two": 1}


def test_order_of_sources_and_rows_does_not_matter(tables):
    first = tables("one", "gene_id\tA\ng2\t1\ng1\t3\n")
    second = tables("two", "gene_id\tB\ng1\t7\ng2\t8\n")
    columns = {"x": ("two", "B"), "y": ("one", "A")}
    forth, back = (merge_counts(t, columns)[0] for t in ([first, second], [second, first]))
    assert (forth.X == back.X).all()


def test_sources_not_in_use_take_no_part(tables):
    first = tables("one", "gene_id\tA\ng1\t3\ng2\t1\n")
    second = tables("two", "gene_id\tB\nother\t7\n")
    counts, sources, _ = merge_counts([first, second], {"x": ("one", "A")})
    assert counts.shape == (1, 2)
    assert sources["source"].tolist() == ["one"]


def test_genes_of_one_source_only_are_left_out_and_counted(tables):
    shared = [f"g{i}" for i in range(9)]
    first = tables("one", "gene_id\tA\tB\n" + rows([*shared, "own"], 1))
    second = tables("two", "gene_id\tC\tD\n" + rows(shared))
    counts, sources, findings = merge_counts(
        [first, second], {"x": ("one", "A"), "y": ("two", "C")}
    )
    assert list(counts.var_names) == shared
    (finding,) = findings.items
    assert finding.severity == "warning"
    assert str(finding) == (
        f"{first.file}, source 'one': found 1 gene that other sources lack, with 10.0% of its "
        "counts; largest: own; expected the same genes in every source. To mend: nothing if these "
        "genes do not matter: they are left out; otherwise take matrices made with one annotation."
    )
    row = sources.set_index("source").loc["one"]
    assert (row["genes"], row["genes_only_here"], row["genes_in_all"]) == (10, 1, 9)
    assert row["sha256"] == hashlib.sha256(Path(first.file).read_bytes()).hexdigest()


def test_few_lost_counts_are_a_note(tables):
    shared = [f"g{i}" for i in range(20)]
    first = tables("one", "gene_id\tA\tB\n" + rows(shared, 100) + "own\t1\t1\n")
    second = tables("two", "gene_id\tC\tD\n" + rows(shared))
    findings = merge_counts([first, second], {"x": ("one", "A"), "y": ("two", "C")})[2]
    assert [item.severity for item in findings.items] == ["note"]


def test_ids_of_two_kinds_are_an_error(tables):
    first = tables("one", "gene_id\tA\tB\n" + rows([f"ENSG{i:011d}" for i in range(30)]))
    second = tables("two", "gene_id\tC\tD\n" + rows([f"SYM{i}" for i in range(20)]))
    findings = merge_counts([first, second], {"x": ("one", "A"), "y": ("two", "C")})[2]
    assert [str(item) for item in findings.items] == [
        f"{first.file}, {second.file}: found 0 gene ids in all 2 sources, 0% of those in 'two' "
        "(one: ENSG00000000000, ENSG00000000001 and 28 more; two: SYM0, SYM1 and 18 more); "
        "expected ids of one kind in every source. "
        "To mend: convert the ids to one kind, for example Ensembl gene ids."
    ]


def test_half_shared_ids_are_warned_of(tables):
    first = tables("one", "gene_id\tA\tB\n" + rows([f"g{i}" for i in range(20)]))
    second = tables("two", "gene_id\tC\tD\n" + rows([f"g{i}" for i in range(10, 30)]))
    findings = merge_counts([first, second], {"x": ("one", "A"), "y": ("two", "C")})[2]
    assert findings.items[0].code == "some_shared_ids"
    assert findings.items[0].found.startswith("10 gene ids in all 2 sources, 50% of those in 'one'")
