"""The checks on real cohorts: quiet where nothing is wrong, right where something is known."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from diffpath.check.counts import check_counts
from diffpath.read.annotation import read_annotation
from diffpath.read.genes import annotate_genes
from diffpath.read.matrix import read_counts
from diffpath.read.merge import merge_counts

# File of counts, file and column of the samples, columns renamed, warnings expected.
COHORTS = {
    "macrophage": (
        "gene_counts_summed_rounded.tsv.gz",
        "coldata.csv",
        "names",
        {"line_id": "donor", "condition_name": "condition"},
        [],
    ),
    "ipsc_msc_chondrocyte_strain": (
        "counts.tsv.gz",
        "metadata.tsv",
        "Sample_ID",
        {"Individual": "donor", "Sex": "sex", "treatment": "condition"},
        [],
    ),
    "tb_dendritic_cells": (
        "counts.tsv.gz",
        "metadata.tsv",
        "id",
        {"individual": "donor", "treatment": "condition"},
        ["low_depth"],  # one sample of 2.6 million; the others have 14 million and more
    ),
    "airway": (
        "airway_rawcounts.csv.gz",
        "airway_metadata.csv",
        "id",
        {"celltype": "donor", "dex": "condition"},
        [],
    ),
    "sarscov2_nhbe_a549": ("counts.tsv.gz", "metadata.tsv", "name", {"group": "condition"}, []),
    "hapmap_lcl": (
        "pickrell1_counts.tsv.gz",
        "pickrell1_metadata.tsv",
        "sample",
        {"gender": "sex"},
        [],
    ),
}


@cache
def load_annotation(shared: Path) -> pd.DataFrame:
    return read_annotation(shared / "annotation" / "grch38_genes.tsv.gz")[0]


@cache
def load(shared: Path, cohort: str):
    counts_file, sheet_file, key, columns, _ = COHORTS[cohort]
    folder = shared / "data" / cohort
    table = read_counts(folder / counts_file, cohort)
    counts, _, _ = merge_counts([table], {name: (cohort, name) for name in table.counts})
    annotation = load_annotation(shared)
    totals = pd.Series(np.asarray(counts.X).sum(axis=0), index=counts.var_names)
    genes, _ = annotate_genes(counts.var_names, annotation, None, totals)
    delimiter = "," if sheet_file.endswith(".csv") else "\t"
    sheet = pd.read_csv(folder / sheet_file, sep=delimiter, dtype=str).set_index(key)
    return counts, genes, sheet.rename(columns=columns).loc[counts.obs_names]


@pytest.mark.parametrize("cohort", COHORTS)
def test_real_cohort_raises_only_what_is_known_of_it(shared, cohort):
    _, _, findings = check_counts(*load(shared, cohort), "samples.tsv")
    found = [item.code for item in findings.items if item.severity != "note"]
    assert found == COHORTS[cohort][-1]


@pytest.mark.parametrize(
    ("cohort", "sexes"),
    [("hapmap_lcl", {"female": 40, "male": 29}), ("ipsc_msc_chondrocyte_strain", None)],
)
def test_observed_sex_is_the_stated_one(shared, cohort, sexes):
    counts, genes, sheet = load(shared, cohort)
    qc = check_counts(counts, genes, sheet, "samples.tsv")[0]
    stated = sheet["sex"].replace({"F": "female", "M": "male"}).tolist()
    assert qc["sex_observed"].tolist() == stated
    if sexes:
        assert qc["sex_observed"].value_counts().to_dict() == sexes


def test_swapped_sheet_rows_are_seen(shared):
    counts, genes, sheet = load(shared, "ipsc_msc_chondrocyte_strain")
    swapped = sheet.copy()
    rows = ["18855_1_S", "19160_1_S"]
    swapped.loc[rows] = sheet.loc[rows[::-1]].to_numpy()
    findings = check_counts(counts, genes, swapped, "samples.tsv")[2]
    codes = sorted({item.code for item in findings.items if item.severity == "warning"})
    assert codes == ["donor_of_two_sexes", "possible_swap", "sex_mismatch"]
    (swap,) = (item for item in findings.items if item.code == "possible_swap")
    assert all(row in swap.found for row in rows)


def test_library_counted_on_the_wrong_strand_is_seen(shared):
    counts, genes, sheet = load(shared, "macrophage")
    counts = counts.copy()
    used = genes[genes["symbol_status"].isin(["unique", "kept"])]
    ids = dict(zip(used["symbol"], used["gene_id"], strict=True))
    pairs = [(ids[s], ids[s[:-4]]) for s in ids if s.endswith("-AS1") and s[:-4] in ids]
    antisense, sense = (counts.var_names.get_indexer(part) for part in zip(*pairs, strict=True))
    row = counts.X[0].copy()
    counts.X[0, antisense], counts.X[0, sense] = row[sense], row[antisense]
    findings = check_counts(counts, genes, sheet, "samples.tsv")[2]
    (warning,) = (item for item in findings.items if item.severity == "warning")
    assert (warning.code, warning.place) == ("wrong_strand", f"sample {counts.obs_names[0]}")


def test_reads_shared_by_two_samples_are_seen(shared):
    counts, genes, sheet = load(shared, "airway")
    counts = counts.copy()
    counts.X[3] = np.random.default_rng(1).binomial(counts.X[0], 0.6)
    findings = check_counts(counts, genes, sheet, "samples.tsv")[2]
    codes = {item.code for item in findings.items if item.severity == "warning"}
    assert "duplicate_samples" in codes
