"""Which genes MSC express, and how much, for the simulated cohort: rough, not measured."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LARGEST = 7.5  # natural log of the counts per million that no unnamed gene passes
SILENT_SHARE = 0.22  # share of the genes without a part in MSC

# Rough levels in MSC, counts per million; written from general knowledge, not from a data set.
LEVELS: dict[str, float] = {
    symbol: level
    for level, symbols in (
        (11_000, "COL1A1 COL1A2 FN1 MT-CO1"),
        (6_000, "VIM COL3A1 SPARC EEF1A1 ACTB MT-CO2 MT-CO3 MT-ND4 MT-RNR2"),
        (3_000, "TAGLN GAPDH S100A6 LGALS1 ANXA2 TIMP1 THBS1 TMSB10 MT-ND1 MT-ND2 MT-CYB MT-ATP6"),
        (1_800, "COL6A1 COL6A2 COL6A3 COL5A1 COL5A2 COL4A1 COL4A2 TIMP3 IGFBP7 CALD1 TPM1 TPM2"),
        (1_800, "SERPINE1 MYL9 S100A11 B2M FTH1 RPLP0 RPL13A BGN CCN2 CCN1 TGFBI MMP2 LOX CD44"),
        (800, "THY1 NT5E ENG ACTA2 DCN LUM POSTN FBN1 CALR HSPA5 HSP90B1 P4HB SERPINH1 ITGB1"),
        (800, "CAV1 CALM1 CALM2 CTSB CD63 PPIA LMNA COL12A1 LAMC1 CTSD LAMP1 PLAU IGFBP3 IGFBP5"),
        (150, "CDKN1A XIST RPS4Y1 CCL2 PLAUR COL11A1 COL14A1 COL8A1 MT-RNR1 MMP14 S100A4 S100A10"),
        (50, "DDX3Y EIF1AY LMNB1 CDKN2A MMP1 MMP3 CXCL8 IL6 PTGS2 COL27A1 TBP HPRT1 SDHA MKI67"),
        (20, "WRN UTY KDM5D CXCL1 CXCL2 IL11 LIF ICAM1 COL24A1 RNA5S1 CDKN2B S100A13 S100A16"),
        (5, "IL1B IL1A IL15 CCL7 CXCL3 CCL20 CSF2 VIM-AS1 RNA5-8SN1 COL2A1"),
        (0.02, "POU5F1 NANOG"),
    )
    for symbol in symbols.split()
}
# Families of immune, neuronal and epithelial cells that MSC do not express.
SILENT = re.compile(
    r"CCR\d+|CXCR\d|CX3CR1|XC[LR]1|CCL(1|15|16|17|18|19|21|22|23|24|25|27)|CXCL(13|17)|PF4|PPBP"
    r"|TLR(7|8|9|10)|CLEC\dA|CD(14|34|36|69|83|226)|CD40LG|PTPRC|HLA-D\w+|FCGR\w+|FCN\d|TREM\d"
    r"|C8[ABG]|C4BP[AB]|MBL2|CRP|FG[ABG]|AHSG|FETUB|ITIH[1-4]|HRG|AMBP|S100(A[789]|A12|[GPZ])"
    r"|GRI[AN]\w+|CHRN\w+|CHRM\d|HTR2\w|GRM\d|TACR1|TRHR|CCKBR|P2RX[1-3]|TRPM[1358]|TRPV[356]"
    r"|CACNA1[ABEFS]|CACNG\d|CATSPER\w|CABP\d|RYR[12]|CASQ\d|CNG\w+|SYT[1-5]|NEUROD\w*|OTOF|RIMS1"
    r"|COL(9A\d|10A1|17A1|19A1|20A1|22A1|6A[56]|4A[34])|KLK\d+|PRSS[12]|CELA1|CTSG|ELANE|GZMB"
    r"|MMP(7|8|12|20|21|26|27)|SERPIN(A1|A3|A5|C1|D1|B5)|CST[1-57]|NYX|OPTC|KERA|EPYC|[BN]CAN"
    r"|HAPLN[24]|IMPG\d|PRG[23]|IFN(B1|A1|L1|G)|IL(2|4|13|36\w|37)|FOXP3|PTH2?|CALCA|CALCB|GC|GCM2"
    r"|CLDN1[4-9]|SLC34A\d|FGF23|MEPE|DSPP|PADI[13456]|TGM[35]|CAPN(8|9|11|13|14)|NLRP[679]"
)
# Where a chromosome or another biotype than protein_coding matters to a check of the counts.
CHROMOSOMES = {
    "XIST": "X",
    "WRN": "8",
    **dict.fromkeys(("RPS4Y1", "DDX3Y", "UTY", "KDM5D", "EIF1AY"), "Y"),
}
BIOTYPES = {
    **dict.fromkeys(("XIST", "VIM-AS1", "TERC", "NRON", "PURPL", "MIR31HG"), "lncRNA"),
    **dict.fromkeys(("PVT1", "TP53TG1"), "lncRNA"),
    **dict.fromkeys(("RNA5S1", "RNA5-8SN1"), "rRNA"),
    **dict.fromkeys(("MT-RNR1", "MT-RNR2"), "Mt_rRNA"),
}
MARKERS = ("PTPRC", "CD34", "CD14")


def draw_unnamed(rng: np.random.Generator, n_genes: int) -> NDArray[np.float64]:
    """Draw relative levels, most of them log-normal over four decades, the rest near nothing."""
    silent = rng.random(n_genes) < SILENT_SHARE
    log = np.where(silent, rng.normal(-4.0, 1.2, n_genes), rng.normal(2.5, 1.8, n_genes))
    return np.exp(np.minimum(log, LARGEST))


def draw_levels(
    rng: np.random.Generator, annotation: pd.DataFrame, named: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Draw the level of each gene in control MSC, counts per million that sum to a million.

    Parameters
    ----------
    annotation
        Genes, with ``symbol`` and ``biotype``.
    named
        (n_genes,) True for real symbols.
    """
    symbols = annotation["symbol"].tolist()
    level = draw_unnamed(rng, len(symbols))
    level[(annotation["biotype"] != "protein_coding").to_numpy()] *= 0.2
    families = rng.normal([[2.7], [-4.0]], [[1.4], [1.0]], (2, int(named.sum())))
    silent = np.array([SILENT.fullmatch(symbol) is not None for symbol in symbols])
    level[named] = np.exp(np.where(silent[named], families[1], families[0]))
    fixed = np.array([symbol in LEVELS for symbol in symbols])
    level[fixed] = [LEVELS[symbol] for symbol in symbols if symbol in LEVELS]
    level[~fixed] *= (1e6 - level[fixed].sum()) / level[~fixed].sum()
    return level
