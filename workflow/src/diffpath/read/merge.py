"""Matrices of several sources put together on gene id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import anndata
import numpy as np
import pandas as pd

from diffpath.findings import Findings, cut
from diffpath.read.matrix import CountTable
from diffpath.read.names import BIOTYPES, CHROMOSOMES, SYMBOLS, plain_chromosomes, plain_name
from diffpath.read.wording import counted, listed

# Of the smallest source's genes: real matrices of Ensembl ids share 84 to 100%, an
# excerpt of one chromosome with an expression-filtered one 24%, of other ids 0%.
SAME_NAMESPACE = 0.1
MOST_SHARED = 0.8
# Of a source's counts in genes that other sources lack.
COUNTS_LOST = 0.05

INFO = {"symbol": SYMBOLS, "biotype": BIOTYPES, "chromosome": CHROMOSOMES}


def merge_counts(
    tables: Sequence[CountTable], columns: Mapping[str, tuple[str, str]]
) -> tuple[anndata.AnnData, pd.DataFrame, Findings]:
    """Put the samples of several tables into one matrix.

    Genes that one of the sources in use lacks are left out: a missing gene is not
    a count of zero.

    Parameters
    ----------
    tables
        One table per source.
    columns
        Sample → (source, column in that source), in the order of the samples.

    Returns
    -------
    tuple
        Samples × genes (raw counts, int64, dense; genes sorted by id; symbol,
        biotype and chromosome in ``var`` where the files have them), the
        `SOURCES` table, and findings: an error where the sources' ids have next
        to nothing in common.
    """
    findings = Findings()
    used = {source for source, _ in columns.values()}
    parts = [table for table in tables if table.name in used]
    gene_sets = [set(table.counts.index) for table in parts]
    shared = sorted(set.intersection(*gene_sets)) if gene_sets else []
    index = pd.Index(shared, name="gene_id", dtype=object)
    matrix = np.zeros((len(columns), len(shared)), dtype=np.float64)
    whole = True
    for table in parts:
        rows = [i for i, (source, _) in enumerate(columns.values()) if source == table.name]
        names = [column for source, column in columns.values() if source == table.name]
        block = table.counts.loc[index, names]
        whole &= all(kind == np.int64 for kind in block.dtypes)
        matrix[rows] = block.to_numpy().T
    if len(parts) > 1:
        _check_shared(parts, columns, index, findings)
    counts = anndata.AnnData(
        X=matrix.astype(np.int64) if whole else matrix,
        obs=pd.DataFrame(index=pd.Index(list(columns), name="sample", dtype=object)),
        var=_collect_info(parts, index),
    )
    return counts, _list_sources(parts, columns, len(shared)), findings


def _check_shared(
    parts: list[CountTable],
    columns: Mapping[str, tuple[str, str]],
    shared: pd.Index,
    findings: Findings,
) -> None:
    smallest = min(parts, key=lambda table: (len(table.counts), table.name))
    share = len(shared) / max(len(smallest.counts), 1)
    files = ", ".join(table.file for table in parts)
    found = (
        f"{counted(len(shared), 'gene id')} in all {len(parts)} sources, "
        f"{share:.0%} of those in '{smallest.name}'"
    )
    if share < SAME_NAMESPACE:
        examples = "; ".join(f"{table.name}: {listed(table.counts.index, 2)}" for table in parts)
        findings.error(
            "few_shared_ids",
            files,
            found=f"{found} ({examples})",
            expected="ids of one kind in every source",
            mend="convert the ids to one kind, for example Ensembl gene ids",
        )
        return
    if share < MOST_SHARED:
        findings.warning(
            "some_shared_ids",
            files,
            values={
                "n": len(shared),
                "sources": len(parts),
                "share": share,
                "smallest": smallest.name,
                "limit": MOST_SHARED,
            },
            found=found,
            expected=f"at least {MOST_SHARED:.0%}",
            mend="take matrices made with one annotation; the other genes are left out",
        )
    for table in parts:
        own = table.counts[[c for source, c in columns.values() if source == table.name]]
        dropped = own.index.difference(shared)
        if dropped.empty:
            continue
        total = float(own.to_numpy().sum())
        lost = own.loc[dropped].sum(axis=1).astype("float64")
        fraction = float(lost.sum()) / total if total else 0.0
        largest = lost.sort_index().sort_values(ascending=False, kind="stable").index
        findings.add(
            "warning" if fraction > COUNTS_LOST else "note",
            "genes_left_out",
            table.file,
            f"source '{table.name}'",
            values={
                "source": table.name,
                "n": len(dropped),
                "share": fraction,
                "names": cut(largest),
            },
            found=f"{counted(len(dropped), 'gene')} that other sources lack, with {fraction:.1%} "
            f"of its counts; largest: {listed(largest)}",
            expected="the same genes in every source",
            mend="nothing if these genes do not matter: they are left out; otherwise take "
            "matrices made with one annotation",
        )


def _collect_info(parts: list[CountTable], index: pd.Index) -> pd.DataFrame:
    """Return genes × (symbol, biotype, chromosome), from the first file that has a value."""
    out = pd.DataFrame(index=index)
    for table in parts:
        for name, values in recognise_info(table.gene_info).items():
            values = values.reindex(index)
            out[name] = out[name].fillna(values) if name in out else values
    return out


def recognise_info(gene_info: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the annotation columns of a count file that hold symbol, biotype and chromosome."""
    plain = {plain_name(str(name)): name for name in reversed(gene_info.columns)}
    out = {}
    for kind, known in INFO.items():
        hit = next((plain[name] for name in known if name in plain), None)
        if hit is None:
            continue
        values = gene_info[hit]
        out[kind] = plain_chromosomes(values) if kind == "chromosome" else values
    return out


def _list_sources(
    parts: list[CountTable], columns: Mapping[str, tuple[str, str]], in_all: int
) -> pd.DataFrame:
    sources = [source for source, _ in columns.values()]
    rows = []
    for table in parts:
        others = [set(other.counts.index) for other in parts if other is not table]
        rows.append(
            {
                "source": table.name,
                "file": table.file,
                "sha256": table.sha256,
                "format": table.format,
                "genes": len(table.counts),
                "samples": table.n_samples,
                "samples_used": sources.count(table.name),
                "genes_only_here": len(set(table.counts.index).difference(*others)),
                "genes_in_all": in_all,
                "rows_merged": table.rows_merged,
            }
        )
    names = "source file sha256 format genes samples samples_used genes_only_here genes_in_all"
    return pd.DataFrame(rows, columns=[*names.split(), "rows_merged"])
