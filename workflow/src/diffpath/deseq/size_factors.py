"""Size factors by the median of ratios, and factors a gene where lengths differ.

Papers: Anders & Huber 2010 (median of ratios); Soneson, Love & Robinson 2015
(average transcript lengths as offsets).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SizeFactorType = Literal["ratio", "poscounts"]


def _median_ratios(counts: Floats, log_reference: Floats) -> Floats:
    factors = np.empty(counts.shape[0])
    for sample, row in enumerate(counts):
        used = np.isfinite(log_reference) & (row > 0)
        if not used.any():
            raise ValueError(
                f"sample {sample} shares no expressed gene with the reference: "
                "its size factor cannot be estimated"
            )
        factors[sample] = np.exp(np.median(np.log(row[used]) - log_reference[used]))
    return factors


def size_factors(counts: NDArray[Any], kind: SizeFactorType = "ratio") -> Floats:
    """Estimate one size factor a sample.

    Parameters
    ----------
    counts
        Counts, samples x genes.
    kind
        ``ratio``: the reference is the geometric mean of genes counted in every
        sample. ``poscounts``: zeros are left out of the logarithms' sum, so that
        genes with zeros serve too; the factors then have geometric mean 1.

    Returns
    -------
    NDArray
        Positive factors, one a sample; counts divided by them are comparable.

    Raises
    ------
    ValueError
        If no gene is counted in every sample (``ratio``) or a sample has no counts.
    """
    values = np.asarray(counts, dtype=np.float64)
    with np.errstate(divide="ignore"):
        logs = np.log(values)
    if kind == "poscounts":
        logs[~np.isfinite(logs)] = 0.0
        reference = logs.mean(axis=0)
        reference[~values.any(axis=0)] = -np.inf
        factors = _median_ratios(values, reference)
        even: Floats = factors / np.exp(np.log(factors).mean())
        return even
    reference = logs.mean(axis=0)
    if not np.isfinite(reference).any():
        raise ValueError(
            "every gene has a zero in some sample, so the ratio size factors cannot be "
            "estimated; use poscounts"
        )
    return _median_ratios(values, reference)


def length_factors(counts: NDArray[Any], lengths: Floats, kind: SizeFactorType = "ratio") -> Floats:
    """Combine size factors with gene lengths that differ between samples.

    Parameters
    ----------
    counts
        Counts, samples x genes.
    lengths
        Average transcript lengths in bases, samples x genes, all positive.
    kind
        See `size_factors`.

    Returns
    -------
    NDArray
        Factors, samples x genes, with geometric mean 1 for every gene.
    """
    relative = lengths / np.exp(np.log(lengths).mean(axis=0))
    values = np.asarray(counts, dtype=np.float64)
    factors = relative * size_factors(values / relative, kind)[:, None]
    scaled: Floats = factors / np.exp(np.log(factors).mean(axis=0))
    return scaled
