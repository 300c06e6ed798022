"""Malformed matrices: every message, word for word."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from diffpath.check.values import check_values
from diffpath.findings import InputError
from diffpath.read.matrix import read_counts, read_header

HEAD = b"gene_id\tA\tB\n"
RAW = "expected raw counts: whole numbers, 0 or more"
MANY = b"".join(b"g%d\t%d\t%d\n" % (i, i, 7 * i) for i in range(5000))

UNREADABLE = {
    "empty": (
        b"",
        "counts.tsv: found no text; expected a header line and one line per gene. "
        "To mend: give the file that holds the table.",
    ),
    "blank lines": (
        b"\n \n",
        "counts.tsv: found no text; expected a header line and one line per gene. "
        "To mend: give the file that holds the table.",
    ),
    "header only": (
        HEAD,
        "counts.tsv: found a header line only; expected a header line and one line per gene. "
        "To mend: give the file that holds the counts.",
    ),
    "comments only": (
        b"# a\n# b\n",
        "counts.tsv: found comment lines only; expected a header line and one line per gene. "
        "To mend: give the file that holds the counts.",
    ),
    "one column": (
        b"gene_id\ng1\ng2\n",
        "counts.tsv, row 1: found one column only; expected columns separated by tabs, commas, "
        "semicolons or spaces. To mend: export the table as tab-separated text, or name its "
        "delimiter in the config.",
    ),
    "no numbers": (
        b"gene_id\tsymbol\tcell\ng1\tWRN\tx\ng2\tTP53\ty\n",
        "counts.tsv, row 1: found columns gene_id, symbol, cell and no sample column among them; "
        "expected at least one column of counts beside the gene ids. "
        "To mend: give the file that holds the counts.",
    ),
    "wide header": (
        b"gene_id\tA\tB\tC\tD\ng1\t1\t2\ng2\t1\t2\n",
        "counts.tsv, row 1: found 5 fields in the header and 3 in the next row; expected as many "
        "as in the rows, or one fewer where the gene ids have no name. "
        "To mend: write the table again with one name per column.",
    ),
    "double sample": (
        b"gene_id\tA\tB\tA\ng1\t1\t2\t3\n",
        "counts.tsv, row 1: found 1 sample name on several columns: A; expected one column per "
        "sample name. To mend: delete the copies, or give each column a name of its own.",
    ),
    "latin-1": (
        HEAD + "g1\t1\t2\nMär\t1\t2\n".encode("latin-1"),
        "counts.tsv, row 3: found byte 0xe4, which is not UTF-8; expected UTF-8 text. "
        "To mend: save the table with the encoding UTF-8.",
    ),
    "UTF-16": (
        (HEAD + b"g1\t1\t2\n").decode().encode("utf-16"),
        "counts.tsv: found UTF-16 text; expected a UTF-8 text table, plain or gzip. "
        "To mend: export the table as tab-separated UTF-8 text.",
    ),
    "workbook": (
        b"PK\x03\x04abc",
        "counts.tsv: found a zip archive or Excel workbook; expected a UTF-8 text table, plain "
        "or gzip. To mend: export the table as tab-separated UTF-8 text.",
    ),
    "null byte": (
        HEAD + b"g1\t1\x00\t2\n",
        "counts.tsv, row 2: found a null byte, as in a binary file; expected a UTF-8 text table, "
        "plain or gzip. To mend: export the table as tab-separated UTF-8 text.",
    ),
    "numbers first": (
        b"A\tB\tC\n5\t6\t7\n8\t9\t1\n",
        "counts.tsv, column 'A': found numbers only in the first column, and no column named as "
        "gene ids are; expected a column of gene ids. To mend: add the gene ids, or name their "
        "column as id_column in the config.",
    ),
    "no header": (
        b"ENSG00000000003\t5\t7\nENSG00000000005\t1\t2\n",
        "counts.tsv, row 1: found numbers where column names should stand (5, 7); expected a "
        "header line with the sample names. To mend: add the header line.",
    ),
}

UNUSABLE = {
    "ragged": (
        HEAD + b"g1\t1\t2\n\ng2\t3\ng3\t1\t2\t3\ng4\t1\t2\n",
        "counts.tsv, row 4: found 2 fields (and 1 other row unlike the header); expected "
        "3 fields, as the header has it. "
        "To mend: write the table again with one field per column in every row.",
    ),
    "truncated gzip": (
        gzip.compress(HEAD + MANY)[:-300],
        "counts.tsv: found a gzip file that breaks off or is damaged; expected a complete gzip "
        "file. To mend: copy or download the file again and compare its size or checksum.",
    ),
    "open quote": (
        b'"gene_id","A","B"\n"g1",1,2\n"g2,3,4\n"g3",5,6\n',
        "counts.tsv, row 3: found a quotation mark that is not closed in its row; expected "
        "quotation marks in pairs. To mend: write the table again, without quotation marks.",
    ),
    "empty ids": (
        HEAD + b"g1\t1\t2\n\t3\t4\nNA\t5\t6\n",
        "counts.tsv, rows 3, 4: found 2 rows without a gene id; expected a gene id in every row. "
        "To mend: add the ids or delete the rows.",
    ),
    "empty row": (
        HEAD + b"g1\t1\t2\n\t\t\n",
        "counts.tsv, row 3: found 1 row without a gene id; expected a gene id in every row. "
        "To mend: add the ids or delete the rows.",
    ),
    "mangled symbols": (
        HEAD
        + b"TP53\t1\t2\n1-Mar\t1\t2\n2-Sep\t1\t2\n2023-03-01\t1\t2\n1.00E+05\t1\t1\n44256\t1\t2\n"
        + b"Dec-01\t1\t2\nSEPTIN2\t1\t2\nHLA-A\t1\t2\nMARCH1\t2\t3\nAC010642.1\t4\t5\n",
        "counts.tsv, column 'gene_id': found 6 gene names turned into a date or number by a "
        "spreadsheet: 1-Mar, 2-Sep, 2023-03-01, 1.00E+05, Dec-01 and 1 more; expected gene names "
        "such as MARCHF1 or SEPTIN2. To mend: export the table again without passing it through "
        "a spreadsheet; which gene such a name was cannot be told.",
    ),
    "row numbers": (
        b",A,B\n0,5,6\n1,7,8\n2,9,1\n3,2,2\n",
        "counts.tsv, the column of gene ids: found row numbers where gene ids should stand; "
        "expected gene ids. To mend: export the table with its gene ids, or name their column as "
        "id_column.",
    ),
    "unnamed column": (
        b"gene_id\tA\t\tB\ng1\t1\t5\t2\ng2\t1\t5\t2\n",
        "counts.tsv, column 3: found values under no name; expected a sample name for every "
        "column. To mend: add the name to the header, or delete the column.",
    ),
    "text": (
        HEAD + b"g1\t1\tn.d.\ng2\t1,234\t5\ng3\t1\t2\ng4\t2\t3\n",
        f"counts.tsv, sample A, gene g2: found 2 cells that are no number: '1,234', 'n.d.'; {RAW}. "
        "To mend: write plain numbers, without thousands separators or units.",
    ),
    "truth value": (
        HEAD + b"g1\tTRUE\t3\ng2\t4\t3\ng3\t4\t3\n",
        f"counts.tsv, sample A, gene g1: found 1 cell that is no number: 'TRUE'; {RAW}. "
        "To mend: write plain numbers, without thousands separators or units.",
    ),
    "thousands": (
        b'gene,A,B\ng1,"1,234",2\ng2,3,4\n',
        f"counts.tsv, sample A, gene g1: found 1 cell that is no number: '1,234'; {RAW}. "
        "To mend: write plain numbers, without thousands separators or units.",
    ),
    "missing": (
        HEAD + b"g1\t1\t\ng2\tNA\t5\ng3\t1\t2\n",
        "counts.tsv, sample A, gene g2: found 2 missing values in 2 of 2 samples (A, B); expected "
        "a count for every gene in every sample. To mend: write 0 only where a gene was counted "
        "and had no read; leave out genes that were not counted in all samples.",
    ),
    "negative": (
        HEAD + b"g1\t1\t-4\ng2\t3\t5\ng3\t1\t2\n",
        f"counts.tsv, sample B, gene g1: found 1 negative value in sample B, the lowest -4; {RAW}. "
        "To mend: give the raw counts, not log ratios, centred or batch-corrected values.",
    ),
    "decimals": (
        HEAD + b"g1\t1\t4.5\ng2\t300\t5.25\ng3\t1\t200\n",
        f"counts.tsv, sample B, gene g1: found values with decimals, in sample B (here 4.5); {RAW}."
        " To mend: give the raw counts; round a quantifier's estimated counts after summing "
        "transcripts per gene; FPKM and normalized values cannot be used.",
    ),
    "TPM": (
        HEAD + b"g1\t1.5\t500000\ng2\t999998.5\t499999.9\n",
        "counts.tsv, sample A, gene g1: found values with decimals that sum to 1,000,000 per "
        f"sample, as TPM or CPM do, in 2 of 2 samples (A, B) (here 1.5); {RAW}. "
        "To mend: give the raw counts; they cannot be had back from TPM or CPM.",
    ),
    "logarithms": (
        HEAD + b"g1\t1.5\t5.7\ng2\t9.5\t-0.9\n",
        "counts.tsv, sample A, gene g1: found values with decimals, none above 30, as logarithms "
        f"are, in 2 of 2 samples (A, B) (here 1.5); {RAW}. "
        "To mend: give the raw counts; logarithms are taken later where they are needed.",
    ),
    "infinite": (
        HEAD + b"g1\t1\tinf\ng2\t3\t5\n",
        f"counts.tsv, sample B, gene g1: found 1 value beyond 9e+15; {RAW}. "
        "To mend: give the raw counts.",
    ),
    "scientific notation": (
        HEAD + b"g1\t1\t1.23E+05\ng2\t1e+05\t5\n",
        "counts.tsv, sample B, gene g1: found 1 number in scientific notation with its last "
        f"digits lost: '1.23E+05'; {RAW}. "
        "To mend: export the counts again with all digits, not through a spreadsheet.",
    ),
    "empty sample": (
        HEAD + b"g1\t0\t3\ng2\t0\t5\n",
        "counts.tsv: found no count in sample A; expected counts in every sample. To mend: count "
        "the sample again, or exclude it in the sample sheet with a reason.",
    ),
}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    return Path("counts.tsv").write_bytes


def errors(**options) -> list[str]:
    table = read_counts("counts.tsv", **options)
    return [str(error) for error in [*table.findings.errors, *check_values(table).errors]]


@pytest.mark.parametrize("name", [*UNREADABLE, *UNUSABLE])
def test_message_is_exact(write, name):
    data, message = {**UNREADABLE, **UNUSABLE}[name]
    write(data)
    assert errors() == [message]


@pytest.mark.parametrize("name", UNREADABLE)
def test_header_says_the_same(write, name):
    data, message = UNREADABLE[name]
    write(data)
    with pytest.raises(InputError) as caught:
        read_header("counts.tsv")
    assert [str(error) for error in caught.value.errors] == [message]


@pytest.mark.parametrize("name", UNUSABLE)
def test_header_of_unusable_rows_is_read(write, name):
    write(UNUSABLE[name][0])
    assert read_header("counts.tsv") == ["A", "B"]


def test_messages_differ_only_where_the_fault_is_the_same():
    texts = [message for _, message in {**UNREADABLE, **UNUSABLE}.values()]
    assert len(set(texts)) >= len(texts) - 1


def test_no_file(write):
    assert errors() == [
        "counts.tsv: found no such file; expected a text table, plain or gzip. "
        "To mend: correct the path; it is taken from the folder the workflow runs in."
    ]


def test_folder(tmp_path):
    (tmp_path / "counts").mkdir()
    (error,) = read_counts(tmp_path / "counts").findings.errors
    assert error.found == "a folder"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"id_column": "Gene_id"},
            "counts.tsv, column 'Gene_id': found columns gene_id, A, B; expected the column named "
            "as id_column (did you mean gene_id?). To mend: correct id_column in the config.",
        ),
        (
            {"format": "featurecounts"},
            "counts.tsv, row 1: found columns gene_id, A, B; expected columns Geneid, Chr, Start, "
            "End, Strand, Length and one per sample. "
            "To mend: give featureCounts' own output, or set the format to 'auto'.",
        ),
        (
            {"sample_columns": ["A", "b"]},
            "counts.tsv, column 'b': found no column named b; the columns are gene_id, A, B; "
            "expected every sample column asked for (did you mean B?). "
            "To mend: correct the column names.",
        ),
        (
            {"delimiter": ","},
            "counts.tsv, row 2: found no comma; expected columns separated by the delimiter that "
            "was given. To mend: correct the delimiter, or leave it out so that it is recognised.",
        ),
    ],
)
def test_wrong_option_is_named(write, options, message):
    write(HEAD + b"g1\t1\t2\ng2\t3\t4\n")
    assert errors(**options) == [message]


def test_unknown_format_is_refused(write):
    write(HEAD + b"g1\t1\t2\n")
    with pytest.raises(ValueError, match="format 'excel' is none of"):
        read_header("counts.tsv", format="excel")


def test_all_faults_of_a_file_are_said_together(write):
    write(HEAD + b"1-Mar\t1\t2\ng2\tx\t-4\ng3\t\t3\ng4\t5\t6\n\t1\t2\n")
    table = read_counts("counts.tsv")
    codes = [e.code for e in [*table.findings.errors, *check_values(table).errors]]
    assert codes == [
        "empty_gene_id",
        "mangled_ids",
        "text_in_cells",
        "missing_values",
        "negative_values",
    ]


def test_whole_numbers_that_sum_to_a_million_are_warned_of(write):
    write(HEAD + b"g1\t500000\t300000\ng2\t499990\t700020\n")
    (finding,) = check_values(read_counts("counts.tsv")).items
    assert (finding.severity, finding.code) == ("warning", "million_sums")
