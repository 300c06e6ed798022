"""Checks of the merged counts, sample by sample: depth, composition, sex, duplicates."""

from __future__ import annotations

from typing import Any

import anndata
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.check.composition import (
    check_composition,
    gene_cpm,
    measure_composition,
    note_wrn,
    place_samples,
    sum_biotypes,
)
from diffpath.check.sex import check_sex, observe_sex
from diffpath.check.similarity import (
    check_duplicates,
    check_swaps,
    correlate,
    find_nearest,
    log_cpm,
)
from diffpath.check.values import check_values
from diffpath.findings import Findings, cut
from diffpath.read.wording import listed
from diffpath.tables import SAMPLE_QC

__all__ = ["check_counts", "check_values"]

# Smallest shares of the cohort's median seen in real cohorts: library .10 (a dendritic-cell
# sample its authors list as an outlier, 2.6 of 26 million) and otherwise .41; detected genes .73.
DEPTH_SHARE = 0.2
DETECTED_SHARE = 0.6
DETECTED_COUNT = 10
# Matrices of fewer genes are excerpts: their sums say nothing about depth.
WHOLE_TRANSCRIPTOME = 10_000
SHALLOW = 1_000_000  # smallest seen: 2.6 million
TOP_SHARE = 0.6  # largest seen: .44


def check_counts(
    counts: anndata.AnnData, genes: pd.DataFrame, sheet: pd.DataFrame, file: str
) -> tuple[pd.DataFrame, pd.DataFrame, Findings]:
    """Measure every library and say what is unusual about it.

    Parameters
    ----------
    counts
        Samples × genes, raw counts.
    genes
        The `GENES` table, in any order.
    sheet
        Covariates, index sample; ``sex``, ``donor`` and ``condition`` are used where present.
    file
        File to name in the findings.

    Returns
    -------
    tuple
        The `SAMPLE_QC` and `BIOTYPES` tables in the order of the samples, and findings:
        identical samples are errors, all else are warnings and notes.
    """
    findings = Findings()
    samples = counts.obs_names
    genes = genes.set_index("gene_id").loc[counts.var_names].reset_index(names="gene_id")
    sheet = sheet.loc[samples]
    matrix = np.asarray(counts.X, dtype=np.float64)
    library = matrix.sum(axis=1)
    top = np.sort(matrix, axis=1)[:, -100:].sum(axis=1)
    composition = measure_composition(matrix, genes)
    values = log_cpm(matrix)
    qc = pd.DataFrame(
        {
            "sample": samples.astype(str),
            "library_size": np.rint(library).astype(np.int64),
            "detected_genes": (matrix >= DETECTED_COUNT).sum(axis=1),
            "top100_fraction": top / np.maximum(library, 1.0),
        }
    )
    wrn = gene_cpm(matrix, genes, "WRN")
    qc = pd.concat([qc, composition, observe_sex(matrix, genes)], axis=1)
    qc["wrn_cpm"] = np.nan if wrn is None else wrn
    qc["nearest_sample"] = pd.Series(None, index=qc.index, dtype=object)
    qc["nearest_correlation"] = np.nan
    _check_sums(matrix, library, genes["gene_id"], file, findings)
    _check_depth(qc, matrix.shape[1], file, findings)
    check_composition(qc, qc["reversed_pairs"].to_numpy(), file, findings)
    check_sex(qc, sheet, file, findings)
    note_wrn(wrn, genes, sheet, file, findings)
    if len(samples) > 1:
        nearest, correlation = find_nearest(correlate(values), samples)
        qc["nearest_sample"] = samples[nearest].astype(str)
        qc["nearest_correlation"] = correlation
        check_duplicates(matrix, samples, nearest, correlation, file, findings)
        check_swaps(values, sheet, file, findings)
    return qc[SAMPLE_QC.names], sum_biotypes(matrix, samples, genes), findings


def _check_sums(
    matrix: np.ndarray, library: np.ndarray, names: pd.Series, file: str, findings: Findings
) -> None:
    sums = (2 * matrix == library[:, None]).all(axis=0) & matrix.all(axis=0)
    for name in names[sums] if matrix.shape[1] > 2 else []:
        findings.error(
            "row_of_sums",
            file,
            f"gene '{name}'",
            found="in every sample the sum of all other rows of the matrix",
            expected="rows of genes",
            mend="delete the row of totals",
        )


def _check_depth(qc: pd.DataFrame, n_genes: int, file: str, findings: Findings) -> None:
    def warn(chosen: NDArray[np.bool_], code: str, column: str, form: str, **texts: Any) -> None:
        part = qc[chosen]
        values = [f"{value:{form}}" for value in part[column]]
        if values:
            findings.warning(
                code,
                file,
                place_samples(part["sample"]),
                values={
                    "samples": cut(part["sample"], 8),
                    "seen": cut(values, 8),
                    **texts["values"],
                },
                found=f"{texts['found']}: {listed(values, 8)}",
                expected=texts["expected"],
                mend=texts["mend"],
            )

    library = qc["library_size"].to_numpy()
    detected = qc["detected_genes"].to_numpy()
    low = library < DEPTH_SHARE * np.median(library)
    warn(
        low,
        "low_depth",
        "library_size",
        ",",
        values={"median": float(np.median(library))},
        found="few counts",
        expected=f"at least a fifth of the cohort's median ({np.median(library):,.0f})",
        mend="sequence these samples deeper, or exclude them with a reason",
    )
    whole = n_genes >= WHOLE_TRANSCRIPTOME
    warn(
        (library < SHALLOW) & ~low & whole,
        "shallow",
        "library_size",
        ",",
        values={"limit": SHALLOW},
        found="few counts for a whole transcriptome",
        expected=f"at least {SHALLOW:,}",
        mend="sequence these samples deeper; weakly expressed genes cannot be tested",
    )
    warn(
        detected < DETECTED_SHARE * np.median(detected),
        "few_genes",
        "detected_genes",
        ",",
        values={
            "counts": DETECTED_COUNT,
            "share": DETECTED_SHARE,
            "median": float(np.median(detected)),
        },
        found=f"few genes with {DETECTED_COUNT} counts or more",
        expected=f"at least {DETECTED_SHARE:.0%} of the cohort's median "
        f"({np.median(detected):,.0f})",
        mend="look at the RNA quality of these samples, or exclude them with a reason",
    )
    warn(
        (qc["top100_fraction"].to_numpy() > TOP_SHARE) & whole,
        "few_genes_dominate",
        "top100_fraction",
        ".0%",
        values={"limit": TOP_SHARE},
        found="most counts in 100 genes",
        expected=f"at most {TOP_SHARE:.0%}",
        mend="look for contamination or over-amplified libraries",
    )
