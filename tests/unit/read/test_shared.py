"""Every real matrix, through the front door."""

from __future__ import annotations

import pandas as pd
import pytest

from diffpath.check.values import check_values
from diffpath.read.annotation import read_annotation
from diffpath.read.genes import annotate_genes
from diffpath.read.matrix import read_counts, read_header
from diffpath.read.merge import merge_counts

MATRICES = {
    "macrophage/gene_counts_summed_rounded.tsv.gz": (58706, 24),
    "ipsc_msc_chondrocyte_strain/counts.tsv.gz": (58395, 18),
    "tb_dendritic_cells/counts.tsv.gz": (11336, 50),
    "airway/airway_rawcounts.csv.gz": (64102, 8),
    "sarscov2_nhbe_a549/counts.tsv.gz": (21797, 12),
    "pasilla/counts.tsv": (14599, 7),
    "yeast_snf2_48rep/counts.tsv.gz": (7126, 96),
    "hapmap_lcl/pickrell1_counts.tsv.gz": (38384, 69),
    "gtex_755_3000genes/counts.tsv.gz": (3000, 755),
    "kang_pbmc_subset/pseudobulk_counts.tsv.gz": (1267, 20),
}


@pytest.mark.parametrize("file", MATRICES)
def test_real_matrix_is_read_without_fault(shared, file):
    path = shared / "data" / file
    table = read_counts(path)
    assert table.counts.shape == MATRICES[file]
    assert read_header(path) == list(table.counts.columns)
    assert [i for i in table.findings.items if i.severity != "note"] == []
    assert check_values(table).items == []
    again = pd.read_csv(path, sep="," if ".csv" in file else "\t", index_col=0)
    assert int(table.counts.to_numpy().sum()) == int(again.to_numpy().sum())
    # 31 pseudoautosomal genes of one cohort stand on two rows each.
    assert table.rows_merged == (31 if "pickrell" in file else 0)


def test_cohorts_of_two_labs_are_merged(shared):
    files = ("macrophage/gene_counts_summed_rounded.tsv.gz", "tb_dendritic_cells/counts.tsv.gz")
    tables = [read_counts(shared / "data" / file, file.split("/")[0]) for file in files]
    columns = {f"{t.name}_{c}": (t.name, c) for t in tables for c in list(t.counts.columns)[:3]}
    counts, sources, findings = merge_counts(tables, columns)
    assert counts.shape == (6, 11310)
    assert findings.errors == []
    assert sources["genes_in_all"].tolist() == [11310, 11310]
    table = tables[1].counts
    assert (counts.X[3] == table.loc[counts.var_names].iloc[:, 0].to_numpy()).all()


def test_real_annotation_gives_one_id_per_symbol(shared):
    annotation, findings = read_annotation(shared / "annotation" / "grch38_genes.tsv.gz")
    assert annotation.shape == (69299, 3)
    assert findings.items == []
    counts = read_counts(shared / "data/ipsc_msc_chondrocyte_strain/counts.tsv.gz").counts
    genes, _ = annotate_genes(counts.index, annotation, None, counts.sum(axis=1))
    used = genes[genes["symbol_status"].isin(["unique", "kept"])]
    assert used["symbol"].is_unique
    assert {"WRN", "IL6", "COL1A1", "ATP2A2", "XIST"} <= set(used["symbol"])
