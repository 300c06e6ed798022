# ruff: noqa: E501 - the whole message stands on its line
"""Malformed configs and sheets: each gives its whole message, all of them together."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diffpath.check.cohort import Cohort, check_cohort
from diffpath.findings import InputError

SHEET = """\
sample\tcondition\tdonor\tbatch\trin
s1\tWS\tW1\t1\t8.5
s2\tWS\tW2\t2\t8.1
s3\tcontrol\tC1\t1\t9.0
s4\tcontrol\tC2\t2\t7.7
"""
CONTRASTS = """\
contrast\tdesign\tvariable\ttest\treference\tsubset\tnote
WS_vs_control\t~ batch + condition\tcondition\tWS\tcontrol\t\t
"""
MATRIX = "gene_id\ts1\ts2\ts3\ts4\n" + "".join(
    f"ENSG{i:011d}\t{i}\t{i + 1}\t{i + 2}\t{i + 3}\n" for i in range(1, 40)
)
GENES = "gene_id\tsymbol\tbiotype\tchromosome\n" + "".join(
    f"ENSG{i:011d}\tGENE{i}\tprotein_coding\t1\n" for i in range(1, 40)
)
SETS = "SET_A\tabout\t" + "\t".join(f"GENE{i}" for i in range(1, 20)) + "\n"
CONFIG: dict[str, Any] = {
    "cohort": {"name": "toy", "question": "Is it changed?"},
    "samples": "samples.tsv",
    "contrasts": "contrasts.tsv",
    "counts": [{"name": "lab", "file": "counts.tsv"}],
    "annotation": {"file": "genes.tsv"},
    "numeric": ["rin"],
    "themes": [{"name": "theme", "file": "sets.gmt"}],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "samples.tsv": SHEET,
        "contrasts.tsv": CONTRASTS,
        "counts.tsv": MATRIX,
        "genes.tsv": GENES,
        "sets.gmt": SETS,
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(config: dict[str, Any] | None = None) -> Cohort:
    return check_cohort(copy.deepcopy(config or CONFIG), "config.yaml")


def messages(config: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        check(config)
    return [str(error) for error in caught.value.errors]


def test_columns_with_a_use_of_their_own_may_be_listed(folder: Path) -> None:
    assert not check(CONFIG | {"technical": ["batch", "sample"]}).findings.errors


def test_a_good_cohort_passes_with_defaults_filled_in(folder: Path) -> None:
    cohort = check()
    assert cohort.config["filter"] == {"min_count": 10, "min_units": None}
    assert cohort.config["report"]["language"] == "en"
    assert cohort.columns == {f"s{i}": ("lab", f"s{i}") for i in range(1, 5)}
    assert cohort.covariates == ["condition", "donor", "batch", "rin"]
    assert cohort.samples["rin"].tolist() == [8.5, 8.1, 9.0, 7.7]
    assert not cohort.findings.errors


def test_order_of_rows_and_columns_changes_nothing(folder: Path) -> None:
    first = check()
    rows = [line.split("\t") for line in SHEET.splitlines()]
    order = [0, 2, 4, 3, 1]
    text = "\n".join("\t".join(row[i] for i in order) for row in [rows[0], *rows[:0:-1]])
    Path("samples.tsv").write_text(text + "\n")
    second = check()
    assert first.samples.index.tolist() == second.samples.index.tolist()
    assert first.columns == second.columns


def test_an_excluded_sample_is_listed(folder: Path) -> None:
    text = SHEET.replace("rin\n", "rin\texclude\n").replace("8.5\n", "8.5\t\n")
    text = text.replace("8.1\n", "8.1\tmycoplasma\n").replace("9.0\n", "9.0\t\n")
    Path("samples.tsv").write_text(text.replace("7.7\n", "7.7\t\n"))
    cohort = check()
    assert cohort.left_out().to_numpy().tolist() == [["s2", "mycoplasma"]]
    assert cohort.left_out("WS_vs_control")["sample"].tolist() == ["s2"]
    assert cohort.samples.index.tolist() == ["s1", "s3", "s4"]
    note = [item for item in cohort.findings.items if item.code == "columns_without_sample"]
    assert note[0].found == "1 of 4 matrix columns that no used sample names: s2"


def test_the_excluded_sample_is_the_one_of_the_row_whatever_the_order(folder: Path) -> None:
    rows = SHEET.replace("rin\n", "rin\texclude\n").splitlines()
    told = [f"{row}\t{'mycoplasma' if row.startswith('s3') else ''}" for row in rows[1:]]
    Path("samples.tsv").write_text("\n".join([rows[0], *told[::-1]]) + "\n")
    cohort = check()
    assert cohort.left_out().to_numpy().tolist() == [["s3", "mycoplasma"]]
    assert cohort.samples.index.tolist() == ["s1", "s2", "s4"]


@pytest.mark.parametrize(
    ("results", "found", "mend"),
    [
        ("counts.tsv", "'counts.tsv', where 'counts.tsv' is a file", "write 'results'"),
        ("counts.tsv/a", "'counts.tsv/a', where 'counts.tsv' is a file", "write 'results'"),
        ("r{x}", "'r{x}', with braces, which Snakemake reads as a wildcard", "write 'results'"),
        ("./out/", "'./out/'", "write 'out'"),
        (".", "'.'", "write 'results'"),
    ],
)
def test_results_are_a_folder_of_their_own(
    folder: Path, results: str, found: str, mend: str
) -> None:
    assert messages({**CONFIG, "results": results}) == [
        f"config.yaml, key results: found {found}; expected a folder of its own, written plainly. "
        f"To mend: {mend}."
    ]


def edit(name: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        text = Path(name).read_text()
        assert old in text
        Path(name).write_text(text.replace(old, new))

    return change


def write(name: str, text: str | bytes) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return change


def remove(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda config: Path(name).unlink()


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        place: Any = config
        for key in path[:-1]:
            place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
        place[path[-1]] = value

    return change


CASES: dict[str, tuple[Callable[[dict[str, Any]], None], list[str]]] = {
    "unknown key, near a real one": (
        put("filtre", value={"min_count": 5}),
        [
            "config.yaml, key filtre: found a key that does not exist; expected one of results, cohort, samples, contrasts, counts, annotation, unit, numeric, replicates, technical, filter, differ, enrichment, themes, expectations, panels, collections, report. To mend: write 'filter'."
        ],
    ),
    "unknown nested key": (
        put("filter", "min_cuont", value=5),
        [
            "config.yaml, key filter.min_cuont: found a key that does not exist; expected one of min_count, min_units. To mend: write 'min_count'."
        ],
    ),
    "missing key": (
        lambda config: config.pop("contrasts"),
        [
            "config.yaml, key contrasts: found nothing; expected the table of contrasts (TSV). To mend: add the key; config/README.md explains it."
        ],
    ),
    "missing nested key": (
        lambda config: config["themes"][0].pop("file"),
        [
            "config.yaml, key themes[1].file: found nothing; expected a theme table or a GMT; builtin:NAME takes the workflow's own. To mend: add the key; config/README.md explains it."
        ],
    ),
    "wrong type": (
        put("filter", "min_count", value="ten"),
        [
            "config.yaml, key filter.min_count: found 'ten'; expected a value of type integer. To mend: correct the value; config/README.md explains the key."
        ],
    ),
    "out of range": (
        put("differ", "alpha", value=1.5),
        [
            "config.yaml, key differ.alpha: found 1.5; expected less than 1. To mend: correct the value; config/README.md explains the key."
        ],
    ),
    "not one of the choices": (
        put("differ", "engine", value="edgeR"),
        [
            "config.yaml, key differ.engine: found 'edgeR'; expected one of diffpath, pydeseq2. To mend: correct the value; config/README.md explains the key."
        ],
    ),
    "no theme": (
        put("themes", value=[]),
        [
            "config.yaml, key themes: found []; expected at least 1 entry. To mend: correct the value; config/README.md explains the key."
        ],
    ),
    "name that cannot be a file": (
        put("themes", 0, "name", value="my theme"),
        [
            "config.yaml, key themes[1].name: found 'my theme'; expected letters, digits and _ . - (it becomes part of file names or formulas). To mend: correct the value; config/README.md explains the key."
        ],
    ),
    "two collections of one name": (
        put("collections", value=[{"name": "theme", "file": "sets.gmt"}]),
        [
            "config.yaml, key collections[1].name: found 'theme', which key themes[1].name has too; expected a name of its own for each entry of the gene sets. To mend: rename one of them."
        ],
    ),
    "two sources of one name": (
        put(
            "counts",
            value=[{"name": "lab", "file": "counts.tsv"}, {"name": "lab", "file": "counts.tsv"}],
        ),
        [
            "config.yaml, key counts[2].name: found 'lab', which key counts[1].name has too; expected a name of its own for each entry of the counts. To mend: rename one of them."
        ],
    ),
    "sizes the wrong way round": (
        put("enrichment", value={"min_size": 600}),
        [
            "config.yaml, key enrichment.min_size: found 600, above enrichment.max_size; expected at most 500. To mend: swap the two."
        ],
    ),
    "no sample sheet": (
        remove("samples.tsv"),
        [
            "samples.tsv: found no such file; expected a tab-separated table. To mend: write it, or correct its path in the config."
        ],
    ),
    "no matrix": (
        remove("counts.tsv"),
        [
            "config.yaml, key counts, 'lab': found 'counts.tsv', which is not there; expected a file; paths are relative to the working directory. To mend: correct the path or put the file there."
        ],
    ),
    "no annotation": (
        remove("genes.tsv"),
        [
            "config.yaml, key annotation.file: found 'genes.tsv', which is not there; expected a file; paths are relative to the working directory. To mend: correct the path or put the file there."
        ],
    ),
    "annotation of other columns": (
        write("genes.tsv", "id\tname\n1\tA\n"),
        [
            "genes.tsv, header: found columns id, name; expected a column of symbol, such as symbol or genesymbol. To mend: name the column as annotation.columns.symbol in the config."
        ],
    ),
    "no gene sets": (
        put("themes", 0, "file", value="builtin:inflamation"),
        [
            "config.yaml, key themes, 'theme': found 'builtin:inflamation', which is not there; expected a file; paths are relative to the working directory. To mend: correct the path or put the file there."
        ],
    ),
    "empty sheet": (
        write("samples.tsv", ""),
        [
            "samples.tsv: found no line; expected a header line and at least one row. To mend: write the table."
        ],
    ),
    "sheet with a header only": (
        write("samples.tsv", "sample\tcondition\tdonor\n"),
        [
            "samples.tsv: found a header and no row; expected at least one row. To mend: add the rows."
        ],
    ),
    "sheet with commas": (
        write("samples.tsv", SHEET.replace("\t", ",")),
        [
            "samples.tsv, row 1: found one column, with commas or semicolons in its name; expected columns separated by tabs. To mend: save the table as tab-separated text."
        ],
    ),
    "sheet in another encoding": (
        write("samples.tsv", SHEET.replace("control", "contrôle").encode("latin-1")),
        [
            "samples.tsv, row 4: found a byte that is not UTF-8; expected UTF-8 text. To mend: save the table as UTF-8 text."
        ],
    ),
    "no donor column": (
        edit("samples.tsv", "donor", "patient"),
        [
            "samples.tsv, column 'donor': found columns sample, condition, patient, batch, rin; expected independent unit (donor) of the sample. To mend: add the column."
        ],
    ),
    "a column twice": (
        edit("samples.tsv", "batch", "donor"),
        [
            "samples.tsv, column 'donor': found 2 columns of that name; expected one. To mend: rename or delete the others."
        ],
    ),
    "a column no formula can name": (
        edit("samples.tsv", "rin", "RIN value"),
        [
            "samples.tsv, column 'RIN value': found a name that a formula cannot hold; expected letters, digits and underscores, not starting with a digit. To mend: rename the column."
        ],
    ),
    "ragged row": (
        edit("samples.tsv", "W2\t2\t8.1", "W2\t2"),
        [
            "samples.tsv, row 3: found 4 fields; expected 5, as in the header. To mend: separate fields by one tab each, also around empty fields."
        ],
    ),
    "space at an edge": (
        edit("samples.tsv", "\tWS\tW2", "\tWS \tW2"),
        [
            "samples.tsv, row 3, column 'condition': found 'WS ', with a space at its edge; expected 'WS'. To mend: delete the space."
        ],
    ),
    "empty cell": (
        edit("samples.tsv", "\tC2\t", "\t\t"),
        [
            "samples.tsv, row 5, column 'donor': found nothing; expected independent unit (donor) of the sample. To mend: fill the cell."
        ],
    ),
    "a sample twice": (
        edit("samples.tsv", "s4\t", "s3\t"),
        [
            "samples.tsv, rows 4, 5, column 'sample': found 's3' 2 times; expected each sample once. To mend: rename or delete the others."
        ],
    ),
    "labels that differ in case": (
        edit("samples.tsv", "s2\tWS", "s2\tws"),
        [
            "samples.tsv, column 'condition': found 'WS' and 'ws'; expected one spelling. To mend: write one of them throughout."
        ],
    ),
    "a number that is none": (
        edit("samples.tsv", "8.1", "8,1"),
        [
            "samples.tsv, row 3, column 'rin': found '8,1'; expected a finite number with a decimal point, or nothing. To mend: correct the cell, or take the column off the config's numeric list."
        ],
    ),
    "an expectation of a theme that is not there": (
        put(
            "expectations",
            value=[{"kind": "theme", "name": "themes", "expected": "up", "source": "x"}],
        ),
        [
            "config.yaml, key expectations[1].name: found 'themes', which is no theme of this config; expected one of theme. To mend: write 'theme'."
        ],
    ),
    "a column of replicates that is not there": (
        put("replicates", value=["clone", "Batch", "colony"]),
        [
            "config.yaml, key replicates: found 'colony', which is no column of the sample sheet; expected columns of the sheet, or names of the default list. To mend: add the column or take it off the list."
        ],
    ),
    "a technical column that is not there": (
        put("technical", value=["batch", "plate", "Batch", "bach"]),
        [
            "config.yaml, key technical: found 'bach', which is no column of the sample sheet; expected columns of the sheet, or names of the default list. To mend: write 'batch'."
        ],
    ),
    "a numeric column that is not there": (
        put("numeric", value=["age"]),
        [
            "samples.tsv, column 'age': found no such column; expected the columns that the config lists under numeric. To mend: add the column or take it off the list."
        ],
    ),
    "sample not in the matrix, with a near match": (
        edit("samples.tsv", "s3\t", "S3\t"),
        [
            "samples.tsv, row 4, sample 'S3': found no column 'S3' in lab; expected a column of the matrix; near: 's3'; without a sample: 's3'. To mend: correct the sheet's 'sample' or 'column'; sample names are never renamed."
        ],
    ),
    "sample not in the matrix, nothing near": (
        edit("samples.tsv", "s3\t", "patient_x\t"),
        [
            "samples.tsv, row 4, sample 'patient_x': found no column 'patient_x' in lab; expected a column of the matrix; without a sample: 's3'. To mend: correct the sheet's 'sample' or 'column'; sample names are never renamed."
        ],
    ),
    "column in two sources": (
        put(
            "counts",
            value=[{"name": "lab", "file": "counts.tsv"}, {"name": "other", "file": "counts.tsv"}],
        ),
        [
            "samples.tsv, row 2, sample 's1': found a column 's1' in lab and other; expected one source. To mend: name the source in the sheet's column 'counts'.",
            "samples.tsv, row 3, sample 's2': found a column 's2' in lab and other; expected one source. To mend: name the source in the sheet's column 'counts'.",
            "samples.tsv, row 4, sample 's3': found a column 's3' in lab and other; expected one source. To mend: name the source in the sheet's column 'counts'.",
            "samples.tsv, row 5, sample 's4': found a column 's4' in lab and other; expected one source. To mend: name the source in the sheet's column 'counts'.",
        ],
    ),
    "a source that does not exist": (
        edit(
            "samples.tsv",
            SHEET,
            SHEET.replace("rin\n", "rin\tcounts\n")
            .replace("8.5\n", "8.5\tlabb\n")
            .replace("8.1\n", "8.1\t\n")
            .replace("9.0\n", "9.0\t\n")
            .replace("7.7\n", "7.7\t\n"),
        ),
        [
            "samples.tsv, row 2, column 'counts': found 'labb'; expected one of lab. To mend: write the name of an entry of counts in the config."
        ],
    ),
    "one column for two samples": (
        edit(
            "samples.tsv",
            SHEET,
            SHEET.replace("rin\n", "rin\tcolumn\n")
            .replace("8.5\n", "8.5\ts2\n")
            .replace("8.1\n", "8.1\t\n")
            .replace("9.0\n", "9.0\t\n")
            .replace("7.7\n", "7.7\t\n"),
        ),
        [
            "samples.tsv, samples s1, s2: found all use column 's2' of 'lab'; expected a column of its own for each sample. To mend: correct the sheet's 'sample' or 'column'."
        ],
    ),
    "every sample excluded": (
        edit(
            "samples.tsv",
            SHEET,
            SHEET.replace("rin\n", "rin\texclude\n")
            .replace("8.5\n", "8.5\tx\n")
            .replace("8.1\n", "8.1\tx\n")
            .replace("9.0\n", "9.0\tx\n")
            .replace("7.7\n", "7.7\tx\n"),
        ),
        [
            "samples.tsv, column 'exclude': found every sample excluded; expected samples to use. To mend: empty the cells of the samples to use."
        ],
    ),
    "an exclude cell that is no reason": (
        edit(
            "samples.tsv",
            SHEET,
            SHEET.replace("rin\n", "rin\texclude\n")
            .replace("8.5\n", "8.5\tFALSE\n")
            .replace("8.1\n", "8.1\t\n")
            .replace("9.0\n", "9.0\t\n")
            .replace("7.7\n", "7.7\t\n"),
        ),
        [
            "samples.tsv, row 2, column 'exclude': found 'FALSE'; expected nothing for a sample that is used, the reason for one that is not. To mend: empty the cell or write why the sample is left out."
        ],
    ),
    "a column that the results make themselves": (
        edit(
            "samples.tsv",
            SHEET,
            SHEET.replace("rin\n", "rin\toutlier\n")
            .replace("8.5\n", "8.5\ta\n")
            .replace("8.1\n", "8.1\tb\n")
            .replace("9.0\n", "9.0\ta\n")
            .replace("7.7\n", "7.7\tb\n"),
        ),
        [
            "samples.tsv, column 'outlier': found a name that the results use for columns of their own; expected any other name than unit, group, samples, n_samples, library_size, size_factor, outlier. To mend: rename the column, for example to 'my_outlier', here and in the config and the contrasts.",
        ],
    ),
    "a quotation mark that is not closed": (
        edit("samples.tsv", "s2\t", '"s2\t'),
        [
            "samples.tsv, row 3: found a cell that begins with a quotation mark and is not closed by one; expected text without quotation marks, or a whole cell between two. To mend: delete the mark, and any line break within the cell."
        ],
    ),
    "unknown column of contrasts": (
        edit("contrasts.tsv", "note", "comment"),
        [
            "contrasts.tsv, column 'comment': found a column that does not exist; expected columns contrast, design, variable, test, reference, subset, note. To mend: delete or rename it."
        ],
    ),
    "a contrast twice": (
        edit("contrasts.tsv", CONTRASTS, CONTRASTS + CONTRASTS.splitlines()[1] + "\n"),
        [
            "contrasts.tsv, rows 2, 3, column 'contrast': found 'WS_vs_control' 2 times; expected each contrast once. To mend: rename the others."
        ],
    ),
    "a contrast that cannot be a folder": (
        edit("contrasts.tsv", "WS_vs_control", "WS/control"),
        [
            "contrasts.tsv, row 2, column 'contrast': found 'WS/control'; expected letters, digits, '_', '-' and '.'; it names a folder. To mend: rename the contrast."
        ],
    ),
    "a function in a formula": (
        edit("contrasts.tsv", "~ batch", "~ factor(batch)"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'design': found 'factor(' is not allowed in a formula; expected '~' and column names joined by + : * ( ). To mend: rewrite the formula."
        ],
    ),
    "a covariate that is not there": (
        edit("contrasts.tsv", "~ batch", "~ bacth"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'design': found 'bacth'; expected columns of the sample sheet: condition, donor, batch, rin. To mend: write 'batch'."
        ],
    ),
    "variable not in the design": (
        edit("contrasts.tsv", "~ batch + condition", "~ batch"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'design': found '~ batch', which does not name 'condition'; expected a formula with the variable that is compared. To mend: add + condition."
        ],
    ),
    "a numeric variable": (
        edit("contrasts.tsv", "~ batch + condition\tcondition\tWS", "~ rin\trin\tWS"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'variable': found 'rin', which the config lists as numeric; expected a column of labels. To mend: compare another column, or take this one off the numeric list."
        ],
    ),
    "test is reference": (
        edit("contrasts.tsv", "WS\tcontrol", "WS\tWS"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'reference': found 'WS' on both sides; expected two levels that differ. To mend: correct test or reference."
        ],
    ),
    "a level that is not there": (
        edit("contrasts.tsv", "WS\tcontrol", "WS\tcontrols"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'reference': found 'controls', which no sample has in 'condition' among the used samples; expected one of WS, control. To mend: write 'control'."
        ],
    ),
    "a level that the subset takes away": (
        edit("contrasts.tsv", "control\t\t", "control\tbatch == '1' and condition == 'WS'\t"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'reference': found 'control', which no sample has in 'condition' after the subset; expected one of WS. To mend: correct the level or the subset."
        ],
    ),
    "a subset that is no expression": (
        edit("contrasts.tsv", "control\t\t", "control\tbatch = 1\t"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'subset': found 'batch = 1' is not an expression: invalid syntax; expected comparisons of columns joined by and, or, not. To mend: rewrite the subset."
        ],
    ),
    "a covariate with an empty cell": (
        edit("samples.tsv", "W2\t2", "W2\t"),
        [
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'design': found 'batch' empty for samples s2 (rows 3 of the sample sheet); expected a value for every sample of the contrast. To mend: fill the cells, exclude the samples, or take the column off the formula."
        ],
    ),
    "no test given": (
        edit("contrasts.tsv", "condition\tWS\tcontrol", "condition\t\tcontrol"),
        [
            "contrasts.tsv, row 2, column 'test': found nothing; expected level above the line of the fold change. To mend: fill the cell."
        ],
    ),
    "gene sets without tabs": (
        write("sets.gmt", SETS.replace("\t", " ")),
        [
            "sets.gmt, row 1: found fields separated by spaces; expected 3 or more fields: set, description, genes, separated by tabs. To mend: save the file tab-separated."
        ],
    ),
    "faults in three files at once": (
        lambda config: (
            edit("samples.tsv", "s4\t", "s3\t")(config),
            edit("contrasts.tsv", "WS\tcontrol", "WS\tSVF")(config),
            put("collections", value=[{"name": "go", "file": "go.gmt"}])(config),
        ),
        [
            "samples.tsv, rows 4, 5, column 'sample': found 's3' 2 times; expected each sample once. To mend: rename or delete the others.",
            "contrasts.tsv, row 2 (contrast 'WS_vs_control'), column 'reference': found 'SVF', which no sample has in 'condition' among the used samples; expected one of WS, control. To mend: correct the level or the subset.",
            "config.yaml, key collections, 'go': found 'go.gmt', which is not there; expected a file; paths are relative to the working directory. To mend: correct the path or put the file there.",
        ],
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_message(folder: Path, name: str) -> None:
    change, expected = CASES[name]
    config = copy.deepcopy(CONFIG)
    change(config)
    assert messages(config) == expected
