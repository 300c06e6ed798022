"""Usual names of the annotation columns of count matrices and gene tables."""

from __future__ import annotations

import re

import pandas as pd

# Names are compared in lower case without punctuation (`plain_name`).
STABLE_IDS = ("geneid", "ensgene", "ensemblgeneid", "ensemblid", "ensembl", "ensgid")
SYMBOLS = ("symbol", "genesymbol", "genename", "externalgenename", "hgncsymbol", "gene")
ENTREZ = ("entrez", "entrezid", "entrezgene", "entrezgeneid", "ncbigeneid", "ncbiid")
OTHER_IDS = ("id", "genes", "feature", "featureid", "locustag", "name", "rownames")
BIOTYPES = ("biotype", "genebiotype", "genetype", "transcriptbiotype")
CHROMOSOMES = ("chr", "chrom", "chromosome", "chromosomename", "seqname", "seqnames", "contig")
DESCRIPTIVE = re.compile(
    "type|class|(gene)?description|desc|product|alias(es)?|synonyms?|locus|(start|end)(position)?|"
    "stop|strand|width|(gene|eff|effective)?length|position|exons|exoncount|(cyto)?band|"
    "gc(content)?|hgnc(id)?|uniprot(id)?|refseq|accession|transcript(ids?)?|tx(id)?|probe(id)?|"
    "source|level|havanagene"
)
COLUMNS = frozenset([*STABLE_IDS, *SYMBOLS, *ENTREZ, *OTHER_IDS, *BIOTYPES, *CHROMOSOMES])


def plain_name(name: str) -> str:
    """Return a column name in lower case without punctuation, for comparison."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_annotation(name: str) -> bool:
    """Tell whether a column name is one that annotation columns usually have."""
    plain = plain_name(name)
    return plain in COLUMNS or DESCRIPTIVE.fullmatch(plain) is not None


def plain_chromosomes(names: pd.Series) -> pd.Series:
    """Return chromosomes without ``chr``, the mitochondrial one as ``MT``.

    featureCounts joins the chromosomes of a gene's exons with semicolons; the first is taken.
    """
    first = names.str.split(";").str[0]
    return first.str.replace("^chr(?!_)", "", regex=True, case=False).replace({"M": "MT"})
