"""Gene sets: theme tables and GMT files, and how much of each a cohort measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Names
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.gene_set_files import SetRow, read_set_rows
from diffpath.read.wording import listed
from diffpath.tables import COVERAGE

BUILTIN = Path(__file__).resolve().parents[3] / "resources" / "themes"


@dataclass(frozen=True)
class GeneSet:
    """A gene set.

    Attributes
    ----------
    name
        Identifier, unique in its collection.
    genes
        Gene symbols, unique, sorted.
    title
        What it is, for readers; empty in a GMT.
    sign
        -1 where the genes are expressed higher when the theme's process is held back, else 1.
    source
        Papers or terms it was made from; in a GMT the description field.
    """

    name: str
    genes: tuple[str, ...]
    title: str = ""
    sign: int = 1
    source: str = ""


@dataclass(frozen=True)
class Collection:
    """Gene sets that are tested together, sorted by name, and the file they are from."""

    name: str
    title: str
    sets: tuple[GeneSet, ...]
    file: str

    @property
    def symbols(self) -> set[str]:
        """Every symbol of any set."""
        return {symbol for gene_set in self.sets for symbol in gene_set.genes}


def collection_file(file: str) -> Path:
    """Return the path of a gene-set file; ``builtin:NAME`` is one of the workflow's own."""
    if file.startswith("builtin:"):
        return BUILTIN / f"{file.removeprefix('builtin:')}.tsv"
    return Path(file)


def read_collection(path: str | Path, name: str, title: str = "") -> tuple[Collection, Findings]:
    """Read a theme table or a GMT, plain or gzip.

    Parameters
    ----------
    path
        The file.
    name, title
        Short name of the collection, and its name for readers (the short name if empty).

    Returns
    -------
    tuple
        The sets that could be read, and the findings. Faults are errors in the findings
        and are not raised here, so that the faults of several files can be told together.
    """
    rows, findings = read_set_rows(path)
    sets = {row.name: _make_set(row) for row in rows if row.genes}
    ordered = tuple(sets[key] for key in sorted(sets))
    return Collection(name, title or name, ordered, str(path)), findings


def _make_set(row: SetRow) -> GeneSet:
    return GeneSet(
        row.name,
        tuple(sorted(set(row.genes))),
        row.title,
        -1 if row.sign == "-1" else 1,
        row.source,
    )


def coverage(
    collection: Collection,
    measured: Names[str],
    tested: Names[str],
    min_size: int,
    max_size: int,
) -> pd.DataFrame:
    """Return the `COVERAGE` table of a collection, one row a set.

    Parameters
    ----------
    measured
        Symbols in the count matrix.
    tested
        Of these, the symbols that entered the test.
    min_size, max_size
        Limits of the tested size within which a set is asked.
    """
    measured, tested = frozenset(measured), frozenset(tested)
    rows = []
    for gene_set in collection.sets:
        there = [gene for gene in gene_set.genes if gene in measured]
        n_tested = sum(gene in tested for gene in there)
        rows.append(
            {
                "collection": collection.name,
                "gene_set": gene_set.name,
                "n_genes": len(gene_set.genes),
                "n_measured": len(there),
                "n_filtered": len(there) - n_tested,
                "n_tested": n_tested,
                "asked": min_size <= n_tested <= max_size,
                "not_measured": ",".join(g for g in gene_set.genes if g not in measured) or None,
            }
        )
    return pd.DataFrame(rows, columns=COVERAGE.names)


def check_coverage(collection: Collection, measured: Names[str]) -> Findings:
    """Warn where a cohort measures less than half of a collection's symbols, and say why.

    Parameters
    ----------
    measured
        Symbols in the count matrix.
    """
    findings = Findings()
    symbols = collection.symbols
    measured = frozenset(measured)
    found = symbols & measured
    if not symbols or 2 * len(found) >= len(symbols):
        return findings
    folded = {symbol.upper() for symbol in measured}
    in_other_case = sorted(s for s in symbols - found if s.upper() in folded)
    missing = sorted(symbols - found)
    if 2 * len(in_other_case) > len(symbols):
        findings.warning(
            "symbol_case",
            collection.file,
            values={"n": len(in_other_case), "total": len(symbols), "names": cut(in_other_case)},
            found=f"{len(in_other_case):,} of {len(symbols):,} symbols are in the counts only in "
            f"another case: {listed(in_other_case)}",
            expected="symbols of the species of the counts (IL1B in human, Il1b in mouse)",
            mend="use gene sets of that species; symbols are not changed in case, because "
            "genes of the same letters need not be orthologues",
        )
        return findings
    ids = sum(symbol.startswith("ENS") and symbol[-5:].isdigit() for symbol in symbols)
    findings.warning(
        "few_symbols_measured",
        collection.file,
        values={
            "n": len(found),
            "total": len(symbols),
            "names": cut(missing),
            "variant": "ids" if 2 * ids > len(symbols) else "annotation",
        },
        found=f"{len(found):,} of {len(symbols):,} symbols in the counts; "
        f"not there are {listed(missing)}",
        expected="at least half of them",
        mend="use the version of the collection with gene symbols instead of Ensembl ids"
        if 2 * ids > len(symbols)
        else "check species and annotation of the counts; sets are tested on what is left",
    )
    return findings


def tested_sets(
    collection: Collection, tested_symbols: Sequence[str], min_size: int, max_size: int
) -> dict[str, NDArray[np.intp]]:
    """Return the sets that are asked, as positions of their genes.

    Parameters
    ----------
    tested_symbols
        Symbols of the tested genes, each once.
    min_size, max_size
        Limits of the tested size within which a set is asked.

    Returns
    -------
    dict
        Set name → increasing positions in ``tested_symbols``, sorted by name.

    Raises
    ------
    ValueError
        Where a symbol stands twice among the tested.
    """
    position = {symbol: index for index, symbol in enumerate(tested_symbols)}
    if len(position) < len(tested_symbols):
        twice = sorted(s for s, times in Counter(tested_symbols).items() if times > 1)
        raise ValueError(f"tested symbols must be unique; more than once: {listed(twice)}")
    asked = {}
    for gene_set in collection.sets:
        members = [position[gene] for gene in gene_set.genes if gene in position]
        if min_size <= len(members) <= max_size:
            asked[gene_set.name] = np.sort(np.array(members, dtype=np.intp))
    return asked
