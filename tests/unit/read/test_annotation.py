"""Gene annotation from tables and GTF files."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from diffpath.read.annotation import check_annotation_header, read_annotation

ENSEMBL_GTF = (
    "#!genome-build GRCh38\n"
    "X\thavana\tgene\t1\t9\t.\t+\t.\t"
    'gene_id "ENSG00000182378"; gene_version "15"; gene_name "PLCXD1"; '
    'gene_biotype "protein_coding";\n'
    'X\thavana\texon\t1\t9\t.\t+\t.\tgene_id "ENSG00000182378"; gene_name "PLCXD1";\n'
    "MT\thavana\tgene\t1\t9\t.\t+\t.\t"
    'gene_id "ENSG00000210049"; havana_gene "OTT1"; gene_biotype "Mt_tRNA";\n'
)
GENCODE_GTF = (
    "##description: x\n"
    "chrX\tHAVANA\tgene\t1\t9\t.\t+\t.\t"
    'gene_id "ENSG00000182378.15"; gene_type "protein_coding"; gene_name "PLCXD1";\n'
    "chrY\tHAVANA\tgene\t1\t9\t.\t+\t.\t"
    'gene_id "ENSG00000182378.15_PAR_Y"; gene_type "protein_coding"; gene_name "PLCXD1";\n'
    "chrM\tHAVANA\tgene\t1\t9\t.\t+\t.\t"
    'gene_id "ENSG00000210049.1"; gene_type "Mt_tRNA"; gene_name "MT-TF";\n'
)


def read(tmp_path, text, **options):
    path = tmp_path / "genes.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_annotation(path, **options)


@pytest.mark.parametrize("packed", [False, True])
def test_ensembl_gtf(tmp_path, packed):
    data = ENSEMBL_GTF.encode()
    frame, findings = read(tmp_path, gzip.compress(data) if packed else data)
    assert findings.items == []
    assert frame.loc["ENSG00000182378"].tolist() == ["PLCXD1", "protein_coding", "X"]
    assert pd.isna(frame.loc["ENSG00000210049", "symbol"])
    assert frame.loc["ENSG00000210049", "chromosome"] == "MT"


def test_gencode_gtf_with_copies_on_y(tmp_path):
    frame, findings = read(tmp_path, GENCODE_GTF)
    assert frame["symbol"].to_dict() == {"ENSG00000182378": "PLCXD1", "ENSG00000210049": "MT-TF"}
    assert frame["chromosome"].tolist() == ["X", "MT"]
    assert [item.code for item in findings.items] == ["annotation_conflicts"]


def test_gtf_without_gene_lines(tmp_path):
    lines = [line for line in ENSEMBL_GTF.splitlines() if "\tgene\t" not in line]
    frame, _ = read(tmp_path, "\n".join(lines) + "\n")
    assert frame["symbol"].to_dict() == {"ENSG00000182378": "PLCXD1"}


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize(
    "names",
    [
        ["ensgene", "entrez", "symbol", "chr", "biotype"],
        ["gene_id", "width", "gene_name", "seqnames", "gene_type"],
        ["Gene stable ID", "x", "Gene name", "Chromosome", "Gene type"],
    ],
)
def test_table_with_usual_names(tmp_path, delimiter, names):
    rows = [names, ["g1.1", "9", "WRN", "chr8", "protein_coding"], ["g2", "8", "", "M", ""]]
    options = {"columns": {"gene_id": "Gene stable ID"}} if "stable" in names[0] else {}
    frame, findings = read(tmp_path, "\n".join(delimiter.join(row) for row in rows), **options)
    assert findings.items == []
    assert frame.loc["g1.1"].tolist() == ["WRN", "protein_coding", "8"]
    assert frame.loc["g2", "chromosome"] == "MT"
    assert frame.loc["g2", ["symbol", "biotype"]].isna().all()


def test_one_row_per_gene_whatever_the_order(tmp_path):
    rows = ["g1\tB\tchr2", "g1\t\tchr1", "g1\tA\tchr3", "g2\tC\tchr1", "g2\tC\tchr1"]
    frames = []
    for order in (rows, rows[::-1]):
        frame, findings = read(tmp_path, "gene_id\tsymbol\tchr\n" + "\n".join(order) + "\n")
        assert [i.code for i in findings.items] == ["no_annotation_column", "annotation_conflicts"]
        assert findings.items[1].found.endswith("chromosome: g1")
        frames.append(frame)
    assert frames[0].equals(frames[1])
    assert frames[0].loc["g1", "symbol"] == "A"


MALFORMED = {
    "no file": (
        None,
        {},
        "genes.txt: found no such file; expected a text table, plain or gzip. "
        "To mend: correct the path; it is taken from the folder the workflow runs in.",
    ),
    "no symbol": (
        "gene_id\tfoo\ng1\tx\n",
        {},
        "genes.txt, header: found columns gene_id, foo; expected a column of symbol, such as "
        "symbol or genesymbol. "
        "To mend: name the column as annotation.columns.symbol in the config.",
    ),
    "wrong name": (
        "gene_id\tSymbol\ng1\tx\n",
        {"columns": {"symbol": "symbol"}},
        "genes.txt, column 'symbol': found columns gene_id, Symbol; expected the column named for "
        "symbol (did you mean Symbol?). To mend: correct annotation.columns in the config.",
    ),
    "header only": (
        "gene_id\tsymbol\tbiotype\tchr\n",
        {},
        "genes.txt: found a header line only; expected one line per gene, with one field per "
        "column. To mend: write the table again.",
    ),
    "GFF3": (
        "##gff-version 3\nX\th\tgene\t1\t9\t.\t+\t.\tID=gene:ENSG00000182378;Name=PLCXD1\n",
        {},
        "genes.txt: found no line with an attribute gene_id, as in GFF3; expected a GTF with "
        'attributes such as gene_id "ENSG00000165392". '
        "To mend: give the GTF of the same release, or a table of gene ids and symbols.",
    ),
    "comments only": (
        "## one\n## two\n",
        {},
        "genes.txt: found comment lines only; expected one line per gene, with one field per "
        "column. To mend: write the table again.",
    ),
    "empty": (
        "",
        {},
        "genes.txt: found no text; expected a header line and one line per gene. "
        "To mend: give the file that holds the table.",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_annotation_is_named(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    text, options, message = MALFORMED[name]
    if text is not None:
        (tmp_path / "genes.txt").write_text(text)
    frame, findings = read_annotation("genes.txt", **options)
    assert [str(error) for error in findings.errors] == [message]
    assert frame.empty


@pytest.mark.parametrize("name", [*MALFORMED, "good"])
def test_header_alone_tells_what_the_columns_lack(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    text, options, message = MALFORMED.get(name, ("gene_id\tsymbol\ng1\tA\n", {}, None))
    if text is not None:
        (tmp_path / "genes.txt").write_text(text)
    findings = check_annotation_header("genes.txt", **options)
    # What stands in the lines behind is seen when they are read; a missing biotype too.
    later = name in ("header only", "comments only", "good")
    assert list(map(str, findings.items)) == ([] if later else [message])


@pytest.mark.parametrize("text", [ENSEMBL_GTF, GENCODE_GTF])
def test_header_of_a_gtf_passes(tmp_path, text):
    (tmp_path / "genes.gtf").write_text(text)
    assert not check_annotation_header(tmp_path / "genes.gtf").items


def test_truncated_gtf_is_named(tmp_path):
    data = gzip.compress(ENSEMBL_GTF.encode() + GENCODE_GTF.encode() * 2000)
    frame, findings = read(tmp_path, data[:-200])
    assert [error.code for error in findings.errors] == ["truncated_gzip"]
    assert frame.empty
