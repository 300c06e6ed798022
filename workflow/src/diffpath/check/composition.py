"""What a library is made of: biotypes, strand, ribosomal and mitochondrial shares, WRN.

Thresholds were set on eight human cohorts of 8 to 755 samples (airway smooth muscle, iPSC-derived
macrophages, iPSC-derived MSC turned to chondrocytes, dendritic cells, bronchial cells,
lymphoblastoid lines, blood, pseudobulks), one of fly and one of yeast, so that they keep quiet
there; the largest values seen are named beside each.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.wording import listed

Matrix = NDArray[np.float64]

RRNA_SHARE = 0.05  # largest seen: 0.00006 (poly-A libraries)
MITOCHONDRIAL_SHARE = 0.25  # largest seen: 0.095
ANTISENSE_SHARE = 0.03  # largest seen: 0.004
# Pairs SYMBOL and SYMBOL-AS1 with at least 50 counts together; largest share seen of pairs in
# which the antisense gene has more: 0.12.
PAIR_COUNTS = 50
FEWEST_PAIRS = 20
REVERSED_PAIRS = 0.3
FEWEST_SYMBOLS = 1000

LNCRNA = "lncRNA lincRNA antisense antisense_RNA sense_intronic sense_overlapping macro_lncRNA "
LNCRNA += "processed_transcript 3prime_overlapping_ncRNA bidirectional_promoter_lncRNA non_coding"
SMALL = "miRNA snRNA snoRNA scaRNA scRNA sRNA misc_RNA tRNA vault_RNA ribozyme"
GROUPS = {
    **dict.fromkeys(LNCRNA.split(), "lncRNA"),
    **dict.fromkeys(SMALL.split(), "small_RNA"),
    "protein_coding": "protein_coding",
    "rRNA": "rRNA",
    "rRNA_pseudogene": "rRNA",
}


def group_biotypes(genes: pd.DataFrame) -> pd.Series:
    """Return the biotype group of each gene.

    Groups: mitochondrial (all genes on MT), protein_coding, lncRNA, rRNA, small_RNA,
    immune_receptor, pseudogene, other, unannotated.
    """
    biotype = genes["biotype"].astype("object")
    group = biotype.map(GROUPS)
    rest = group.isna() & biotype.notna()
    text = biotype.fillna("").astype(str)
    group[rest] = "other"
    group[rest & text.str.contains("pseudogene")] = "pseudogene"
    group[rest & text.str.fullmatch("(?:IG|TR)_[A-Z]+_gene")] = "immune_receptor"
    group[biotype.isna()] = "unannotated"
    group[genes["chromosome"] == "MT"] = "mitochondrial"
    return group


def sum_biotypes(counts: Matrix, samples: pd.Index, genes: pd.DataFrame) -> pd.DataFrame:
    """Return the `BIOTYPES` table: counts (samples × genes) summed over biotype groups."""
    group = group_biotypes(genes).to_numpy()
    names = sorted(set(group))
    sums = np.stack([counts[:, group == name].sum(axis=1) for name in names], axis=1)
    library = np.maximum(sums.sum(axis=1, keepdims=True), 1.0)
    return pd.DataFrame(
        {
            "sample": np.repeat(samples.to_numpy(), len(names)),
            "biotype": np.tile(np.array(names, dtype=object), len(samples)),
            "counts": np.rint(sums).astype(np.int64).ravel(),
            "fraction": (sums / library).ravel(),
        }
    )


def measure_composition(counts: Matrix, genes: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of counts per sample (0-1), NaN where the annotation has no biotype.

    Parameters
    ----------
    counts
        Samples × genes.
    genes
        The `GENES` table in the order of the columns.

    Returns
    -------
    DataFrame
        ``protein_coding_fraction``, ``rrna_fraction``, ``mitochondrial_fraction``,
        ``antisense_fraction``; and ``reversed_pairs``, the share of pairs SYMBOL and
        SYMBOL-AS1 with at least 50 counts in which the antisense gene has more.
    """
    library = np.maximum(counts.sum(axis=1), 1.0)
    symbol = genes["symbol"].fillna("").astype(str)
    biotype = genes["biotype"]

    def share(chosen: pd.Series, known: bool) -> Matrix | float:
        return counts[:, chosen.to_numpy()].sum(axis=1) / library if known else np.nan

    typed = bool(biotype.notna().any())
    antisense = symbol.str.contains(r"-AS\d*$") | biotype.isin(["antisense", "antisense_RNA"])
    return pd.DataFrame(
        {
            "protein_coding_fraction": share(biotype == "protein_coding", typed),
            "rrna_fraction": share(biotype.isin(["rRNA", "rRNA_pseudogene"]), typed),
            "mitochondrial_fraction": share(
                genes["chromosome"] == "MT", bool(genes["chromosome"].notna().any())
            ),
            "antisense_fraction": share(antisense, bool(antisense.any())),
            "reversed_pairs": _measure_pairs(counts, genes),
        },
        index=range(len(counts)),
    )


def gene_cpm(counts: Matrix, genes: pd.DataFrame, symbol: str) -> Matrix | None:
    """Return counts per million of one symbol per sample, or None if it is not measured."""
    chosen = (genes["symbol"] == symbol) & genes["symbol_status"].isin(["unique", "kept"])
    if not chosen.any():
        return None
    position = int(np.flatnonzero(chosen.to_numpy())[0])
    return np.asarray(counts[:, position] / np.maximum(counts.sum(axis=1), 1.0) * 1e6)


def check_composition(qc: pd.DataFrame, pairs: Matrix, file: str, findings: Findings) -> None:
    """Warn of libraries with much rRNA or mitochondrial RNA, or read on the wrong strand.

    Parameters
    ----------
    qc
        The `SAMPLE_QC` table.
    pairs
        ``reversed_pairs`` of `measure_composition`.
    """
    for column, limit, code, what, mend in (
        (
            "rrna_fraction",
            RRNA_SHARE,
            "rrna_heavy",
            "ribosomal RNA",
            "check the depletion or poly-A selection of these libraries; compare them with and "
            "without these samples",
        ),
        (
            "mitochondrial_fraction",
            MITOCHONDRIAL_SHARE,
            "mitochondrial_heavy",
            "mitochondrial genes",
            "check the RNA quality and viability of these samples",
        ),
    ):
        high = qc[qc[column] > limit]
        if len(high):
            values = [f"{value:.0%}" for value in high[column]]
            findings.warning(
                code,
                file,
                place_samples(high["sample"]),
                values={
                    "samples": cut(high["sample"], 8),
                    "shares": cut(values, 8),
                    "limit": limit,
                },
                found=f"a large share of counts in {what}: {listed(values, 8)}",
                expected=f"at most {limit:.0%}",
                mend=mend,
            )
    wrong = qc[(pairs > REVERSED_PAIRS) | (qc["antisense_fraction"] > ANTISENSE_SHARE).to_numpy()]
    if len(wrong):
        values = [f"{value:.1%}" for value in wrong["antisense_fraction"]]
        findings.warning(
            "wrong_strand",
            file,
            place_samples(wrong["sample"]),
            values={
                "samples": cut(wrong["sample"], 8),
                "shares": cut(values, 8),
                "limit": ANTISENSE_SHARE,
                "pairs": 1 - REVERSED_PAIRS,
            },
            found="antisense genes where their sense partners should be (such as VIM-AS1 for "
            f"VIM); share of counts in antisense genes: {listed(values, 8)}",
            expected=f"at most {ANTISENSE_SHARE:.0%} of counts, and fewer counts in SYMBOL-AS1 "
            f"than in SYMBOL for at least {1 - REVERSED_PAIRS:.0%} of pairs",
            mend="count again with the other strandedness (featureCounts -s 1 or 2, "
            "HTSeq --stranded yes or reverse)",
        )


def note_wrn(
    cpm: Matrix | None, genes: pd.DataFrame, sheet: pd.DataFrame, file: str, findings: Findings
) -> None:
    """Note WRN's median CPM per condition; warn if it is not measured in a matrix of symbols."""
    if cpm is None:
        if int(genes["symbol"].notna().sum()) >= FEWEST_SYMBOLS:
            findings.warning(
                "wrn_not_measured",
                file,
                "gene WRN",
                values={},
                found="no such gene in the matrix",
                expected="WRN, whose loss is the cause of Werner syndrome",
                mend="give a matrix of all genes; without it the samples' genotype is not seen",
            )
        return
    values = pd.Series(cpm, index=sheet.index)
    if "condition" in sheet:
        groups = values.groupby(sheet["condition"].astype(str).to_numpy())
    else:
        groups = values.groupby(np.repeat("all samples", len(values)))
    texts = [f"{name} {part.median():.1f} (n = {len(part)})" for name, part in sorted(groups)]
    findings.note(
        "wrn_expression",
        file,
        "gene WRN",
        values={"medians": cut(texts, 8)},
        found=f"median counts per million: {listed(texts, 8)}",
        expected="less in Werner syndrome where the mutated transcript is degraded",
        mend="nothing; see the quality table for each sample",
    )


def _measure_pairs(counts: Matrix, genes: pd.DataFrame) -> Matrix:
    used = genes["symbol"].notna() & genes["symbol_status"].isin(["unique", "kept"])
    position = {symbol: i for i, symbol in enumerate(genes["symbol"]) if used.iloc[i]}
    pairs = [
        (i, position[symbol.removesuffix("-AS1")])
        for symbol, i in position.items()
        if symbol.endswith("-AS1") and symbol.removesuffix("-AS1") in position
    ]
    if not pairs:
        return np.full(len(counts), np.nan)
    antisense, sense = (counts[:, list(part)] for part in zip(*pairs, strict=True))
    deep = antisense + sense >= PAIR_COUNTS
    number = deep.sum(axis=1)
    reverse = (deep & (antisense > sense)).sum(axis=1)
    return np.where(number >= FEWEST_PAIRS, reverse / np.maximum(number, 1), np.nan)


def place_samples(samples: pd.Series) -> str:
    """Return the place of a finding that concerns some samples."""
    return f"{'sample' if len(samples) == 1 else 'samples'} {listed(samples, 8)}"
