"""Sex of a sample from XIST and seven genes of the male-specific Y."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.check.composition import gene_cpm
from diffpath.findings import Findings, cut
from diffpath.read.wording import counted, listed

Y_GENES = ("RPS4Y1", "DDX3Y", "UTY", "KDM5D", "EIF1AY", "USP9Y", "ZFY")
# Counts per million, summed over the Y genes. Males: 85 (A549, a tumour line) to 470.
# Females of six cohorts: at most 0.9; one cohort of 35-base reads gave them 36 to 186.
Y_SILENT = 5.0
Y_ACTIVE = 20.0
# Females: 70 to 560; but 0 to 17 in iPSC-derived lines, where XIST is often lost, so that
# silence of XIST says nothing. Males: at most 1.4.
XIST_ACTIVE = 20.0
FEWEST_Y_GENES = 3
NAMES = {
    **dict.fromkeys(["f", "female", "w", "woman", "xx", "女", "女性"], "female"),
    **dict.fromkeys(["m", "male", "man", "xy", "男", "男性"], "male"),
}


def observe_sex(counts: NDArray[np.float64], genes: pd.DataFrame) -> pd.DataFrame:
    """Return XIST and Y expression and the sex they speak for.

    Male: Y genes at 20 CPM or more and XIST below 20. Female: Y genes below 5 CPM, or
    XIST at 20 CPM or more and above the Y genes. Otherwise unclear.

    Parameters
    ----------
    counts
        Samples × genes.
    genes
        The `GENES` table in the order of the columns.

    Returns
    -------
    DataFrame
        Samples × (``xist_cpm``, ``y_cpm``, ``sex_observed``), missing where the
        matrix has no XIST, or fewer than three of the seven Y genes.
    """
    rows = range(len(counts))
    xist = gene_cpm(counts, genes, "XIST")
    parts = [part for symbol in Y_GENES if (part := gene_cpm(counts, genes, symbol)) is not None]
    out = pd.DataFrame({"xist_cpm": np.nan if xist is None else xist, "y_cpm": np.nan}, index=rows)
    out["sex_observed"] = pd.Series(None, index=rows, dtype=object)
    if len(parts) < FEWEST_Y_GENES:
        return out
    y = np.sum(parts, axis=0)
    x = np.zeros(len(counts)) if xist is None else xist
    male = (y >= Y_ACTIVE) & (x < XIST_ACTIVE)
    female = (y < Y_SILENT) | ((x >= XIST_ACTIVE) & (x > y))
    out["y_cpm"] = y
    out["sex_observed"] = np.select([male, female], ["male", "female"], "unclear").astype(object)
    return out


def check_sex(qc: pd.DataFrame, sheet: pd.DataFrame, file: str, findings: Findings) -> None:
    """Warn where observed and stated sex differ, and where samples of one donor do.

    Parameters
    ----------
    qc
        The `SAMPLE_QC` table.
    sheet
        Samples × covariates in the same order; ``sex`` (f, female, m, male, ...) and
        ``donor`` are used where they are there.
    """
    observed = qc["sex_observed"].to_numpy()
    if "sex" in sheet:
        stated = sheet["sex"].astype(str).str.strip().str.lower().map(NAMES).to_numpy()
        for told, seen, reason in (
            ("female", "male", "genes of the Y chromosome are expressed"),
            ("male", "female", "genes of the Y chromosome are silent"),
        ):
            wrong = qc[(stated == told) & (observed == seen)]
            if len(wrong):
                seen_in = list(zip(wrong["sample"], wrong["xist_cpm"], wrong["y_cpm"], strict=True))
                values = [f"{s} (XIST {x:.1f}, Y genes {y:.1f} CPM)" for s, x, y in seen_in]
                findings.warning(
                    "sex_mismatch",
                    file,
                    "column 'sex'",
                    values={"variant": told, "n": len(wrong), "samples": cut(seen_in)},
                    found=f"{counted(len(wrong), 'sample')} stated as {told} in which {reason}: "
                    f"{listed(values)}",
                    expected=f"{told} samples"
                    + (" (unless they lost the Y chromosome)" if told == "male" else ""),
                    mend="look for swapped samples or correct the sheet",
                )
    if "donor" in sheet:
        donors = sheet["donor"].astype(str).to_numpy()
        for donor in sorted(set(donors)):
            own = qc[donors == donor]
            sexes = set(own["sex_observed"]) & {"female", "male"}
            if len(sexes) > 1:
                clear = own[own["sex_observed"].isin(sexes)]
                pairs = list(zip(clear["sample"], clear["sex_observed"], strict=True))
                texts = [f"{sample} {sex}" for sample, sex in pairs]
                findings.warning(
                    "donor_of_two_sexes",
                    file,
                    f"donor {donor}",
                    values={"donor": donor, "samples": cut(pairs, 8)},
                    found=f"samples of both sexes by their Y genes: {listed(texts, 8)}",
                    expected="one sex per donor",
                    mend="look for swapped samples or correct the sheet",
                )
