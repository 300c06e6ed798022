"""Gene sets: reading, faults with their whole message, coverage, tested positions."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from diffpath.gene_sets import (
    Collection,
    GeneSet,
    check_coverage,
    coverage,
    read_collection,
)
from diffpath.gene_sets import tested_sets as find_tested  # pytest takes test* for a test
from diffpath.tables import COVERAGE, conform

HEADER = "gene_set\ttitle\tsign\tsource\tgenes\n"


def write(folder: Path, text: str, name: str = "sets.gmt") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def collect(*sets: GeneSet) -> Collection:
    return Collection("theme", "Theme", tuple(sorted(sets, key=lambda s: s.name)), "theme.tsv")


def test_reads_a_gmt(tmp_path: Path) -> None:
    path = write(tmp_path, "B\t\tTNF\tIL6\n\nA\ta text, with spaces\tCCL2\n")
    collection, findings = read_collection(path, "broad", "Broad sets")
    assert not findings.items
    assert collection == Collection(
        "broad",
        "Broad sets",
        (
            GeneSet("A", ("CCL2",), source="a text, with spaces"),
            GeneSet("B", ("IL6", "TNF")),
        ),
        str(path),
    )


def test_reads_a_theme_table(tmp_path: Path) -> None:
    text = (
        HEADER
        + "BRAKES\tBrakes\t-1\tGO:0050728\tNLRC3 ANXA1\nDRIVE\tDrive\t1\tPahl 1999\tTNF IL6\n"
    )
    collection, findings = read_collection(write(tmp_path, text, "theme.tsv"), "theme")
    assert not findings.items
    assert collection.title == "theme"
    assert collection.sets == (
        GeneSet("BRAKES", ("ANXA1", "NLRC3"), "Brakes", -1, "GO:0050728"),
        GeneSet("DRIVE", ("IL6", "TNF"), "Drive", 1, "Pahl 1999"),
    )
    assert collection.symbols == {"ANXA1", "NLRC3", "IL6", "TNF"}


@pytest.mark.parametrize("change", [gzip.compress, lambda data: b"\xef\xbb\xbf" + data])
def test_gzip_and_byte_order_mark_change_nothing(tmp_path: Path, change: object) -> None:
    path = tmp_path / "sets.gmt"
    path.write_bytes(change(b"A\t\tTNF\tIL6\n"))  # type: ignore[operator]
    collection, findings = read_collection(path, "broad")
    assert not findings.items
    assert collection.sets == (GeneSet("A", ("IL6", "TNF")),)


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain, _ = read_collection(write(tmp_path, "A\tx\tTNF\tIL6\nB\tx\tIL6\n"), "c")
    windows, findings = read_collection(write(tmp_path, "A\tx\tTNF\tIL6\r\nB\tx\tIL6\r\n"), "c")
    assert windows == plain
    assert not findings.items


def test_order_in_the_file_changes_nothing(tmp_path: Path) -> None:
    one, _ = read_collection(write(tmp_path, "A\t\tTNF\tIL6\nB\t\tCCL2\n"), "c")
    two, _ = read_collection(write(tmp_path, "B\t\tCCL2\nA\t\tIL6\tTNF\n"), "c")
    assert one == two


@pytest.mark.parametrize(
    ("text", "name", "code", "message"),
    [
        (
            "\n \n",
            "s.gmt",
            "gene_sets_empty",
            "found no line with text; expected at least one gene set. To mend: give a file with "
            "gene sets or take the entry out of the config.",
        ),
        (
            HEADER,
            "s.tsv",
            "gene_sets_empty",
            "found a header line and no gene set; expected at least one gene set. "
            "To mend: add gene sets or take the entry out of the config.",
        ),
        (
            "A\t\tTNF\nB\tIL6\n",
            "s.gmt",
            "gene_set_fields",
            ", row 2: found 2 fields in row 2; expected 3 or more fields: set, description, genes, "
            "separated by tabs. To mend: complete the rows or delete them.",
        ),
        (
            HEADER + "A\tTitle\t1\tTNF\n",
            "s.tsv",
            "gene_set_fields",
            ", row 2: found 4 fields in row 2; expected 5 fields: gene_set, title, sign, source, "
            "genes, separated by tabs. To mend: complete the rows or delete them.",
        ),
        (
            "A,x,TNF,IL6\nB,y,CCL2\n",
            "s.gmt",
            "gene_sets_separator",
            ", rows 1, 2: found fields separated by commas; expected 3 or more fields: set, "
            "description, genes, separated by tabs. To mend: save the file tab-separated.",
        ),
        (
            "A x TNF IL6\n",
            "s.gmt",
            "gene_sets_separator",
            ", row 1: found fields separated by spaces; expected 3 or more fields: set, "
            "description, genes, separated by tabs. To mend: save the file tab-separated.",
        ),
        (
            "set\tgenes\nA\tTNF\n",
            "s.tsv",
            "theme_header",
            ", row 1: found the columns set, genes; expected the columns gene_set, title, sign, "
            "source, genes, separated by tabs. To mend: write that header line, or name the file "
            ".gmt if it is a GMT.",
        ),
        (
            "A\t\tTNF\nB\t\tIL6\nA\t\tCCL2\n",
            "s.gmt",
            "gene_set_twice",
            ", row 3, set 'A': found a name that row 1 has too; expected every set once. "
            "To mend: rename one of the two or delete it.",
        ),
        (
            "A\t\tTNF\nB\t\t\t\n",
            "s.gmt",
            "gene_set_empty",
            ", row 2, set 'B': found no gene; expected at least one gene symbol. "
            "To mend: add the genes or delete the row.",
        ),
        (
            "\tx\tTNF\n",
            "s.gmt",
            "gene_set_unnamed",
            ", row 1: found a gene set without a name; expected a name in the first field. "
            "To mend: name the set.",
        ),
        (
            HEADER + "A\tTitle\tup\tPahl 1999\tTNF\n",
            "s.tsv",
            "gene_set_sign",
            ", row 2, column 'sign': found 'up'; expected 1, or -1 for a set of negative "
            "regulators. To mend: write 1 or -1.",
        ),
        (
            "A\t\t1-Mar\t2023-03-01\tSep-02\tTNF\n",
            "s.gmt",
            "mangled_symbols",
            ": found 3 symbols turned into a date or number by a spreadsheet: 1-Mar, 2023-03-01, "
            "Sep-02; expected symbols such as MARCHF1 or SEPTIN2. To mend: fetch the gene sets "
            "again and do not pass them through a spreadsheet.",
        ),
        (
            "A\t\t7124\t3569\n",
            "s.gmt",
            "numeric_symbols",
            ": found 2 numbers in place of gene symbols: 7124, 3569; expected gene symbols. "
            "To mend: use the collection's version with symbols (numbers are Entrez ids, weights, "
            "or dates from a spreadsheet).",
        ),
        (
            HEADER + "A\tTitle\t1\tPahl 1999\tTNF, IL6\n",
            "s.tsv",
            "joined_symbols",
            ": found 1 gene field holding a comma, semicolon or space: TNF,; expected one symbol "
            "a field. To mend: separate the genes by tabs in a GMT, by spaces in a theme table, "
            "and take weights out.",
        ),
    ],
)
def test_fault_is_told_whole(tmp_path: Path, text: str, name: str, code: str, message: str) -> None:
    path = write(tmp_path, text, name)
    _, findings = read_collection(path, "c")
    assert [item.code for item in findings.errors] == [code]
    told = str(findings.errors[0]).removeprefix(str(path)).removeprefix(": ")
    assert told == message.removeprefix(": ")


def test_truncated_gzip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sets.gmt.gz"
    path.write_bytes(gzip.compress(b"A\t\tTNF\n" * 50)[:-12])
    _, findings = read_collection(path, "c")
    (error,) = findings.errors
    assert error.code == "gene_sets_damaged"
    assert error.found.startswith("a gzip file that cannot be unpacked (")
    assert error.mend == "fetch or pack the file again"


def test_other_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "sets.gmt"
    path.write_bytes("A\t\tTNF\n".encode("utf-16"))
    _, findings = read_collection(path, "c")
    assert str(findings.errors[0]) == (
        f"{path}: found bytes that are not UTF-8 text; expected plain text in UTF-8, "
        "tab-separated. To mend: save the file as tab-separated text in UTF-8."
    )


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "A\t\tTNF\nA\t\t1-Mar\nB\t\t\n")
    _, findings = read_collection(path, "c")
    assert {item.code for item in findings.errors} == {
        "gene_set_twice",
        "gene_set_empty",
        "mangled_symbols",
    }


def test_doubled_gene_counts_once_and_is_noted(tmp_path: Path) -> None:
    collection, findings = read_collection(write(tmp_path, "A\t\tTNF\tIL6\tTNF\n"), "c")
    assert collection.sets[0].genes == ("IL6", "TNF")
    (note,) = findings.items
    assert (note.severity, note.place) == ("note", "set A")
    assert note.found == "1 gene more than once in a set"


def test_spaces_and_quotes_around_symbols_are_removed_and_noted(tmp_path: Path) -> None:
    collection, findings = read_collection(write(tmp_path, 'A\t\t TNF\t"IL6"\tCCL2 \n'), "c")
    assert collection.sets[0].genes == ("CCL2", "IL6", "TNF")
    (note,) = findings.items
    assert note.severity == "note"
    assert note.found == "3 symbols between spaces or quotation marks, such as TNF"


def test_few_odd_names_in_a_large_collection_do_not_stop_it(tmp_path: Path) -> None:
    genes = "\t".join(f"GENE{i}" for i in range(200))
    collection, findings = read_collection(write(tmp_path, f"A\t\t18S,-28S\t{genes}\n"), "c")
    assert [(i.severity, i.code) for i in findings.items] == [("warning", "joined_symbols")]
    assert len(collection.sets[0].genes) == 201


def test_coverage_counts_each_set() -> None:
    collection = collect(GeneSet("B", ("A1", "B1", "C1", "D1")), GeneSet("A", ("X1", "Y1")))
    table = conform(coverage(collection, {"A1", "B1", "C1"}, {"A1", "B1"}, 2, 3), COVERAGE)
    assert table["gene_set"].tolist() == ["A", "B"]
    numbers = table[["n_genes", "n_measured", "n_filtered", "n_tested"]].to_numpy().tolist()
    assert numbers == [[2, 0, 0, 0], [4, 3, 1, 2]]
    assert table["asked"].tolist() == [False, True]
    assert table["not_measured"].tolist() == ["X1,Y1", "D1"]


def test_complete_set_lists_nothing_as_not_measured() -> None:
    table = coverage(collect(GeneSet("A", ("A1",))), {"A1"}, {"A1"}, 1, 3)
    assert conform(table, COVERAGE)["not_measured"].isna().all()


def test_set_beyond_the_largest_size_is_not_asked() -> None:
    collection = collect(GeneSet("A", ("A1", "B1", "C1")))
    symbols = ["C1", "A1", "B1"]
    assert not coverage(collection, set(symbols), set(symbols), 1, 2)["asked"].any()
    assert find_tested(collection, symbols, 1, 2) == {}


def test_mouse_symbols_are_warned() -> None:
    collection = collect(GeneSet("A", ("Il1b", "Il6", "Tnf", "Ccl2")))
    (warning,) = check_coverage(collection, {"IL1B", "IL6", "TNF", "ACTB"}).items
    assert warning.severity == "warning"
    assert str(warning) == (
        "theme.tsv: found 3 of 4 symbols are in the counts only in another case: Il1b, Il6, Tnf; "
        "expected symbols of the species of the counts (IL1B in human, Il1b in mouse). To mend: "
        "use gene sets of that species; symbols are not changed in case, because genes of the "
        "same letters need not be orthologues."
    )


@pytest.mark.parametrize(
    ("genes", "mend"),
    [
        (("AAA", "BBB", "CCC"), "check species and annotation of the counts"),
        (
            ("ENSG00000000003", "ENSG00000000005", "TNF"),
            "use the version of the collection with gene symbols instead of Ensembl ids",
        ),
    ],
)
def test_low_coverage_is_warned(genes: tuple[str, ...], mend: str) -> None:
    (warning,) = check_coverage(collect(GeneSet("A", genes)), {"TNF", "AAA"}).items
    assert warning.severity == "warning"
    assert warning.found.startswith("1 of 3 symbols in the counts; not there are ")
    assert warning.expected == "at least half of them"
    assert warning.mend.startswith(mend)


def test_half_of_the_symbols_is_enough() -> None:
    assert not check_coverage(collect(GeneSet("A", ("TNF", "IL6"))), {"TNF"}).items


def test_tested_sets_are_increasing_positions_sorted_by_name() -> None:
    collection = collect(GeneSet("B", ("A1", "C1")), GeneSet("A", ("B1", "C1", "Z1")))
    symbols = ["C1", "B1", "A1"]
    sets = find_tested(collection, symbols, 1, 10)
    assert list(sets) == ["A", "B"]
    assert sets["A"].tolist() == [0, 1]
    assert sets["B"].tolist() == [0, 2]
    assert sets["A"].dtype == np.intp


def test_tested_symbols_must_be_unique() -> None:
    with pytest.raises(ValueError, match="must be unique; more than once: A1"):
        find_tested(collect(GeneSet("A", ("A1",))), ["A1", "B1", "A1"], 1, 10)
