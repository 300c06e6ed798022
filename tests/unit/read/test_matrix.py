"""Matrices as labs write them: recognised without being told."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest

from diffpath.read.matrix import read_counts, read_header

GENES = ["TP53", "WRN", "IL6"]
VALUES = [[1, 20], [3, 40], [5, 60]]
TSV = "gene_id\tA\tB\n" + "".join(
    f"{g}\t{a}\t{b}\n" for g, (a, b) in zip(GENES, VALUES, strict=True)
)
CSV = TSV.replace("\t", ",")
FEATURECOUNTS = (
    '# Program:featureCounts v2.0.3; Command:"featureCounts" "-T" "4" "-a" "x.gtf"\n'
    "Geneid\tChr\tStart\tEnd\tStrand\tLength\tbam/A.sorted.bam\tbam/B.sorted.bam\n"
    "TP53\tchr17;chr17\t1;5\t3;9\t-;-\t8\t1\t20\n"
    "WRN\tchr8\t10\t90\t+\t81\t3\t40\n"
    "IL6\tchr7\t10\t90\t+\t81\t5\t60\n"
)

FORMS = {
    "tab": TSV.encode(),
    "comma": CSV.encode(),
    "semicolon": TSV.replace("\t", ";").encode(),
    "space, R's header": b'"A" "B"\n"TP53" 1 20\n"WRN" 3 40\n"IL6" 5 60\n',
    "R's header": TSV.replace("gene_id\t", "").encode(),
    "no name for ids": TSV.replace("gene_id", "").encode(),
    "gzip": gzip.compress(TSV.encode()),
    "gzip in parts": gzip.compress(TSV[:20].encode()) + gzip.compress(TSV[20:].encode()),
    "byte-order mark": TSV.encode("utf-8-sig"),
    "CRLF": TSV.replace("\n", "\r\n").encode(),
    "CR": TSV.replace("\n", "\r").encode(),
    "no last line end": TSV.rstrip().encode(),
    "blank lines": TSV.replace("WRN", "\nWRN").encode() + b"\n  \n\n",
    "comments": b"# counted by us\n#\n" + TSV.encode(),
    "header with a hash": b"#" + TSV.encode(),
    "quoted": b'"gene_id","A","B"\r\n"TP53","1","20"\r\n"WRN","3","40"\r\n"IL6","5","60"\r\n',
    "whole numbers with decimal point": TSV.replace("\t40", "\t40.0").encode(),
    "R's 1e+05": TSV.replace("60", "6e+01").encode(),
    "tab at line ends": TSV.replace("\n", "\t\n").replace("A\tB\t\n", "A\tB\n").encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_form_is_recognised(tmp_path, form):
    path = tmp_path / "counts.dat"
    path.write_bytes(FORMS[form])
    table = read_counts(path, "lab")
    assert table.findings.errors == []
    expected = pd.DataFrame(VALUES, index=pd.Index(GENES, name="gene_id"), columns=["A", "B"])
    pd.testing.assert_frame_equal(table.counts, expected, check_index_type=False)
    assert (table.counts.dtypes == np.int64).all()
    assert read_header(path) == ["A", "B"]
    assert (table.name, table.format, table.rows_merged, table.n_samples) == ("lab", "matrix", 0, 2)


@pytest.mark.parametrize("comment", [True, False])
def test_featurecounts_is_recognised(tmp_path, comment):
    path = tmp_path / "counts.txt"
    path.write_text(FEATURECOUNTS if comment else FEATURECOUNTS.split("\n", 1)[1])
    table = read_counts(path)
    assert table.format == "featurecounts"
    assert list(table.counts.columns) == ["bam/A.sorted.bam", "bam/B.sorted.bam"]
    assert table.counts.to_numpy().tolist() == VALUES
    assert list(table.gene_info.columns) == ["Chr", "Start", "End", "Strand", "Length"]
    assert table.gene_info.loc["TP53", "Chr"] == "chr17;chr17"


def test_annotation_columns_are_no_samples_even_if_numeric(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text(
        "ensgene\tgene_name\tentrez\tStart\tlength\tA\tdescription\tB\n"
        "ENSG00000165392\tWRN\t7486\t31033788\t9000\t3\thelicase, 3' to 5\" side\t40\n"
        "ENSG00000141510\tTP53\t7157\t7661779\t2500\t1\tp53\t20\n"
    )
    table = read_counts(path)
    assert list(table.counts.columns) == ["A", "B"] == read_header(path)
    assert table.counts.loc["ENSG00000165392"].tolist() == [3, 40]
    (note,) = table.findings.items
    assert note.found == "5 annotation columns: gene_name, entrez, Start, length, description"


def test_columns_asked_for_are_samples_whatever_their_names(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text("gene_id\tLength\tB\ng1\t1\t2\ng2\t3\t4\n")
    table = read_counts(path, sample_columns=["Length"])
    assert list(table.counts.columns) == ["Length"]
    assert list(table.gene_info.columns) == ["B"]


def test_stable_ids_are_preferred_and_the_choice_can_be_overruled(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text("symbol\tensgene\tA\nWRN\tENSG00000165392\t3\nTP53\tENSG00000141510\t1\n")
    assert list(read_counts(path).counts.index) == ["ENSG00000165392", "ENSG00000141510"]
    assert list(read_counts(path, id_column="symbol").counts.index) == ["WRN", "TP53"]


def test_entrez_numbers_are_ids_under_their_usual_name(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text("GeneID\tGSM1\n7486\t3\n7157\t1\n")
    table = read_counts(path)
    assert list(table.counts.index) == ["7486", "7157"]
    assert table.findings.items == []


def test_column_of_row_names_beside_the_ids_is_left_out_and_noted(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text(",gene_id,A\n0,g1,5\n1,g2,6\n")
    table = read_counts(path)
    assert list(table.counts.columns) == ["A"]
    assert [item.code for item in table.findings.items] == ["row_name_column"]


def test_decimal_comma_is_read_and_noted(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("gene;A;B\ng1;1,5;2\ng2;3,0;4\n")
    table = read_counts(path)
    assert table.counts["A"].tolist() == [1.5, 3.0]
    assert [str(item) for item in table.findings.items] == [
        f"{path}, column A: found numbers with a decimal comma; expected a decimal point. "
        "To mend: nothing: the comma is read as a decimal point."
    ]


def test_rows_of_one_id_are_summed_and_named(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text(
        "gene_id\tA\tB\n"
        "ENSG00000000003.14\t1\t2\nENSG00000000003.15\t3\t4\n"
        "g1\t5\t6\ng1\t5\t6\n"
        "ENSG00000182378.14\t2\t2\nENSG00000182378.14_PAR_Y\t1\t1\n"
        "ENSG00000124333.1\t1\t0\nENSGR0000124333.1\t1\t0\n"
        "AC010642.1\t7\t7\n"
        "__no_feature\t9\t9\nN_unmapped\t8\t8\n"
    )
    table = read_counts(path)
    assert table.rows_merged == 4
    assert table.counts["A"].to_dict() == {
        "ENSG00000000003": 4,
        "g1": 10,
        "ENSG00000182378": 3,
        "ENSG00000124333": 2,
        "AC010642.1": 7,
    }
    notes = {item.code: item for item in table.findings.items}
    assert notes["special_rows"].found == "rows of reads without a gene: __no_feature, N_unmapped"
    assert notes["versions_removed"].found == (
        "6 gene ids with a version, such as ENSG00000000003.14"
    )
    assert notes["par_y_summed"].found == "2 Y copies of pseudoautosomal genes (PAR_Y)"
    assert notes["duplicate_ids"].found == (
        "4 gene ids on several rows: ENSG00000000003, g1, ENSG00000182378, ENSG00000124333"
    )
    assert notes["copied_rows"].severity == "warning"
    assert notes["copied_rows"].found.endswith("count by count: g1")


def test_mangled_symbols_beside_stable_ids_are_warned_of(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text("gene_id\tgene_name\tA\ng1\t1-Mar\t1\ng2\tWRN\t3\n")
    (warning,) = (i for i in read_counts(path).findings.items if i.severity == "warning")
    assert (warning.code, warning.place) == ("mangled_symbols", "column 'gene_name'")


def test_missing_value_stays_missing_when_rows_are_summed(tmp_path):
    path = tmp_path / "counts.tsv"
    path.write_text("gene_id\tA\ng1\t1\ng1\tNA\ng2\t3\n")
    assert np.isnan(read_counts(path).counts.loc["g1", "A"])


def test_large_matrix_is_read_by_its_first_lines(tmp_path):
    path = tmp_path / "counts.tsv.gz"
    names = [f"sample_{i:04d}_of_a_large_cohort" for i in range(3000)]
    rows = "".join(f"g{i}\t" + "\t".join(["7"] * 3000) + "\n" for i in range(60))
    path.write_bytes(gzip.compress(("gene_id\t" + "\t".join(names) + "\n" + rows).encode()))
    assert read_header(path) == names
