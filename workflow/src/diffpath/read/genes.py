"""One symbol per gene: which of several ids stands for a symbol, by a stated rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.merge import recognise_info
from diffpath.read.wording import counted, listed

PRIMARY = frozenset([*map(str, range(1, 23)), "X", "Y", "MT"])
# Ids known to one annotation of a recent release: 84 to 100% in six cohorts of Ensembl ids, the
# lowest ones counted in 2010 and 2014; 88 and 95% in two of symbols.
KNOWN_FEW = 0.1
KNOWN_MOST = 0.6
# Not symbols: Ensembl, FlyBase, Entrez and yeast systematic names.
STABLE_ID = re.compile(r"ENS[A-Z]*[GTP]\d{11}.*|FBgn\d{7}|\d+|LOC\d+|WBGene\d{8}|Y[A-P][LR]\d{3}.*")
RULE = (
    "nothing: of several ids the one on a primary chromosome is kept, then the protein-coding "
    "one, then the one with more counts, then the smaller id; the others take no part in gene sets"
)


def annotate_genes(
    gene_ids: Sequence[str] | pd.Index,
    annotation: pd.DataFrame | None,
    gene_info: pd.DataFrame | None,
    totals: pd.Series | None = None,
) -> tuple[pd.DataFrame, Findings]:
    """Give every gene its symbol, biotype and chromosome.

    Parameters
    ----------
    gene_ids
        Gene ids of the matrix.
    annotation
        Genes × (symbol, biotype, chromosome) as `read_annotation` returns it, or None.
    gene_info
        Annotation columns of the count file, used where the annotation has nothing; or None.
    totals
        Sum of counts per gene id, for the rule below; taken as equal where None.

    Returns
    -------
    tuple
        The `GENES` table in the order of `gene_ids`, and findings. Of several ids with one
        symbol the one on a primary chromosome (1-22, X, Y, MT) is ``kept``, then the
        protein-coding one, then that with the larger total, then the smaller id; the others
        are ``duplicate``. Where the ids are themselves symbols, symbol = id.
    """
    findings = Findings()
    index = pd.Index(gene_ids, name="gene_id", dtype=object)
    genes = pd.DataFrame(
        {name: pd.Series(None, index=index, dtype=object) for name in INFO_COLUMNS}, index=index
    )
    info = recognise_info(gene_info) if gene_info is not None else {}
    by_symbol = False
    if annotation is not None and len(annotation):
        table = annotation
        known = index.isin(annotation.index)
        named = index.isin(annotation["symbol"].dropna())
        by_symbol = bool(named.sum() > known.sum())
        if by_symbol:
            known = named
            table = _best_of_symbol(annotation)
        _check_known(index, known, by_symbol, findings)
        genes = table.reindex(index)[list(INFO_COLUMNS)].astype(object)
    elif "symbol" not in info and _are_symbols(index):
        by_symbol = True
    if by_symbol:
        genes["symbol"] = index.to_numpy()
    for name, values in info.items():
        genes[name] = genes[name].fillna(values.reindex(index))
    genes["symbol_status"] = _resolve(genes, totals, findings)
    unmapped = int((genes["symbol_status"] == "unmapped").sum())
    if unmapped and not findings.errors:
        findings.add(
            "warning" if unmapped == len(genes) else "note",
            "unmapped_genes",
            "gene ids",
            values={
                "n": unmapped,
                "total": len(genes),
                "variant": "all" if unmapped == len(genes) else "some",
            },
            found=f"{counted(unmapped, 'gene')} of {len(genes):,} without a symbol",
            place="",
            expected="a symbol for every gene",
            mend="give an annotation that knows these ids"
            if unmapped == len(genes)
            else "nothing: they are tested one by one but take no part in gene sets",
        )
    return genes.reset_index(), findings


INFO_COLUMNS = ("symbol", "biotype", "chromosome")


def rank_ids(genes: pd.DataFrame, totals: pd.Series | None = None) -> pd.DataFrame:
    """Return genes (index: ids) sorted so that the preferred id of a symbol stands first."""
    keys = pd.DataFrame(
        {
            "alternate": ~genes["chromosome"].isin(PRIMARY),
            "noncoding": genes["biotype"] != "protein_coding",
            "total": 0.0 if totals is None else -totals.reindex(genes.index).astype("float64"),
            "id": genes.index,
        },
        index=genes.index,
    )
    return genes.loc[keys.sort_values(["alternate", "noncoding", "total", "id"]).index]


def _best_of_symbol(annotation: pd.DataFrame) -> pd.DataFrame:
    ranked = rank_ids(annotation[annotation["symbol"].notna()])
    return ranked.drop_duplicates("symbol").set_index("symbol", drop=False)


def _are_symbols(index: pd.Index) -> bool:
    stable = sum(STABLE_ID.fullmatch(str(name)) is not None for name in index)
    return stable < len(index) / 2


def _check_known(
    index: pd.Index, known: NDArray[np.bool_], by_symbol: bool, findings: Findings
) -> None:
    share = float(known.mean()) if len(index) else 0.0
    if by_symbol:
        findings.note(
            "ids_are_symbols",
            "gene ids",
            values={"n": int(known.sum()), "total": len(index)},
            found=f"gene symbols as ids; the annotation knows {int(known.sum()):,} "
            f"of {len(index):,}",
            expected="stable ids",
            mend="nothing: the ids are used as symbols; outdated symbols are not replaced",
        )
    if share < KNOWN_MOST:
        findings.add(
            "error" if share < KNOWN_FEW else "warning",
            "unknown_ids",
            "gene ids",
            "",
            values={
                "n": int(known.sum()),
                "total": len(index),
                "names": cut(index[~known], 3),
                "limit": KNOWN_MOST,
            },
            found=f"{int(known.sum()):,} of {len(index):,} ids in the annotation; "
            f"not in it: {listed(index[~known], 3)}",
            expected=f"at least {KNOWN_MOST:.0%}",
            mend="give the annotation of the same species and kind of id",
        )


def _resolve(genes: pd.DataFrame, totals: pd.Series | None, findings: Findings) -> pd.Series:
    status = pd.Series("unique", index=genes.index, dtype=object)
    status[genes["symbol"].isna()] = "unmapped"
    shared = genes["symbol"].notna() & genes["symbol"].duplicated(keep=False)
    if not shared.any():
        return status
    ranked = rank_ids(genes[shared], totals)
    first = ~ranked["symbol"].duplicated()
    status[ranked.index[first]] = "kept"
    status[ranked.index[~first]] = "duplicate"
    counts = ranked["symbol"].value_counts().sort_index()
    largest = counts.sort_values(ascending=False, kind="stable")
    findings.note(
        "duplicate_symbols",
        "gene ids",
        values={"n": len(counts), "unused": int((~first).sum()), "names": cut(largest.index)},
        found=f"{counted(len(counts), 'symbol')} with several gene ids "
        f"({counted(int((~first).sum()), 'id')} not used): {listed(largest.index)}",
        expected="one gene id per symbol",
        mend=RULE,
    )
    return status
