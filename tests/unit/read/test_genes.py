"""Symbols of genes, and which of several ids stands for one."""

from __future__ import annotations

import pandas as pd
import pytest

from diffpath.read.genes import annotate_genes
from diffpath.tables import GENES, conform


def annotation(*rows):
    return pd.DataFrame(rows, columns=["gene_id", "symbol", "biotype", "chromosome"]).set_index(
        "gene_id"
    )


KNOWN = annotation(
    ("g1", "WRN", "protein_coding", "8"),
    ("g2", "TP53", "protein_coding", "17"),
    ("g3", "TP53", "protein_coding", "CHR_HG1_PATCH"),
    ("g4", "IL6", "lncRNA", "7"),
    ("g5", "IL6", "protein_coding", "7"),
    ("g6", "SOX5", "protein_coding", "12"),
    ("g7", "SOX5", "protein_coding", "12"),
    ("g8", None, "lncRNA", "1"),
)


def status(genes):
    return genes.set_index("gene_id")["symbol_status"].to_dict()


def test_rule_for_duplicated_symbols():
    totals = pd.Series({"g3": 900, "g4": 900, "g6": 5, "g7": 50})
    genes, findings = annotate_genes(KNOWN.index, KNOWN, None, totals)
    conform(genes, GENES)
    assert status(genes) == {
        "g1": "unique",
        "g2": "kept",  # primary chromosome before counts
        "g3": "duplicate",
        "g4": "duplicate",
        "g5": "kept",  # protein-coding before counts
        "g6": "duplicate",
        "g7": "kept",  # more counts
        "g8": "unmapped",
    }
    assert [item.found for item in findings.items] == [
        "3 symbols with several gene ids (3 ids not used): IL6, SOX5, TP53",
        "1 gene of 8 without a symbol",
    ]


def test_smaller_id_is_kept_where_all_else_is_equal_in_any_order():
    for order in (KNOWN.index, KNOWN.index[::-1]):
        genes, _ = annotate_genes(order, KNOWN, None)
        assert status(genes)["g6"] == "kept"
        assert genes["gene_id"].tolist() == list(order)


def test_ids_that_are_symbols():
    genes, findings = annotate_genes(["WRN", "TP53", "IL6", "OLDNAME"], KNOWN, None)
    assert genes["symbol"].tolist() == ["WRN", "TP53", "IL6", "OLDNAME"]
    assert genes["biotype"].tolist()[:3] == ["protein_coding"] * 3
    assert set(genes["symbol_status"]) == {"unique"}
    assert [item.code for item in findings.items] == ["ids_are_symbols"]
    assert "the annotation knows 3 of 4" in findings.items[0].found


def test_columns_of_the_count_file_fill_what_the_annotation_lacks():
    info = pd.DataFrame(
        {"gene_name": ["MINE", "OTHER"], "Chr": ["chr1;chr1", "chr2"]}, index=["g8", "g1"]
    )
    genes, _ = annotate_genes(["g1", "g8"], KNOWN, info)
    assert genes["symbol"].tolist() == ["WRN", "MINE"]
    genes, _ = annotate_genes(["g1", "g8"], None, info)
    assert genes["symbol"].tolist() == ["OTHER", "MINE"]
    assert genes["chromosome"].tolist() == ["2", "1"]


def test_without_annotation_symbols_are_known_by_their_look():
    genes, findings = annotate_genes(["WRN", "HLA-A", "7SK"], None, None)
    assert genes["symbol"].tolist() == ["WRN", "HLA-A", "7SK"]
    assert findings.items == []
    genes, findings = annotate_genes(["ENSG00000165392", "ENSG00000141510"], None, None)
    assert set(genes["symbol_status"]) == {"unmapped"}
    assert [(item.severity, item.code) for item in findings.items] == [
        ("warning", "unmapped_genes")
    ]


@pytest.mark.parametrize(("known", "severity"), [(0, "error"), (3, "warning"), (7, None)])
def test_annotation_of_another_species_is_named(known, severity):
    ids = [f"g{i + 1}" for i in range(known)] + [f"FBgn{i:07d}" for i in range(10 - known)]
    _, findings = annotate_genes(ids, KNOWN, None)
    found = [item for item in findings.items if item.code == "unknown_ids"]
    assert [item.severity for item in found] == ([severity] if severity else [])
    if severity == "error":
        assert str(found[0]) == (
            "gene ids: found 0 of 10 ids in the annotation; not in it: FBgn0000000, FBgn0000001, "
            "FBgn0000002 and 7 more; expected at least 60%. "
            "To mend: give the annotation of the same species and kind of id."
        )
