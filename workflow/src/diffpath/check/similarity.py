"""Samples that are too much alike, or more like another donor's than their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from diffpath.findings import Findings, cut
from diffpath.read.wording import listed

Matrix = NDArray[np.float64]

# Two independent libraries differ at least by counting noise: the squared difference of
# their shares over its Poisson variance then has a median of .455 over genes (chi-squared,
# one degree of freedom) or more. Smallest seen between nearest samples: .49 (pseudobulks),
# .71 (yeast replicates), .80 (fly), 1.4 (iPSC-MSC replicates). The same reads counted twice
# give about 0, and a subsample of the fraction f gives .455 (1 - f) / (1 + f).
NOISE_RATIO = 0.2
FEWEST_READS = 20
FEWEST_GENES = 500
# Real replicates of one donor lead by .6 to 1.3.
SWAP_MARGIN = 0.3
BLOCK = 8192


def log_cpm(counts: Matrix) -> NDArray[np.float32]:
    """Return log2(CPM + 1), samples × genes with any count."""
    some = counts[:, counts.sum(axis=0) > 0]
    library = np.maximum(some.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(np.log2(some / library * 1e6 + 1.0), dtype=np.float32)


def correlate(values: NDArray[np.float32]) -> Matrix:
    """Return the Pearson correlation of rows, 0 for a constant one.

    Summed in double precision over blocks of columns: single precision would let
    the sixth digit depend on the order of genes, one double copy would double the memory.
    """
    mean = values.mean(axis=1, keepdims=True, dtype=np.float64)
    product = np.zeros((len(values), len(values)))
    for start in range(0, values.shape[1], BLOCK):
        block = values[:, start : start + BLOCK] - mean
        product += block @ block.T
    length = np.sqrt(np.diag(product))
    length[length == 0] = 1.0
    return np.asarray(product / np.outer(length, length))


def find_nearest(correlation: Matrix, samples: pd.Index) -> tuple[NDArray[np.int64], Matrix]:
    """Return position of, and correlation to, each sample's nearest; of equal ones by name.

    Correlations are rounded to six digits: beyond them their value depends on the
    order in which genes are summed.
    """
    rounded = np.round(correlation, 6)
    np.fill_diagonal(rounded, -np.inf)
    order = np.argsort(samples.to_numpy().astype(str), kind="stable")
    nearest = order[np.argmax(rounded[:, order], axis=1)]
    return nearest.astype(np.int64), rounded[np.arange(len(samples)), nearest]


def noise_ratio(first: Matrix, second: Matrix) -> float:
    """Return the median squared difference of two samples in units of its Poisson variance.

    Parameters
    ----------
    first, second
        Counts per gene. Genes with fewer than 20 counts in both together are left out;
        NaN where fewer than 500 remain.
    """
    deep = first + second >= FEWEST_READS
    if deep.sum() < FEWEST_GENES:
        return float("nan")
    total_a, total_b = first.sum(), second.sum()
    a, b = first[deep], second[deep]
    ratio = (a / total_a - b / total_b) ** 2 / (a / total_a**2 + b / total_b**2)
    return float(np.median(ratio))


def check_duplicates(
    counts: Matrix,
    samples: pd.Index,
    nearest: NDArray[np.int64],
    correlation: Matrix,
    file: str,
    findings: Findings,
) -> None:
    """Add an error for identical samples and a warning for samples that share reads.

    Parameters
    ----------
    counts
        Samples × genes.
    nearest, correlation
        As `find_nearest` returns them.
    """
    groups: dict[bytes, list[int]] = {}
    for i, row in enumerate(np.ascontiguousarray(counts)):
        groups.setdefault(row.tobytes(), []).append(i)
    for same in groups.values():
        if len(same) > 1 and counts[same[0]].any():
            names = sorted(str(samples[i]) for i in same)
            findings.error(
                "identical_samples",
                file,
                f"samples {listed(names, 8)}",
                found="the same count in every gene",
                expected="one column per library",
                mend="keep one of them and exclude the others in the sheet, or correct their files",
            )
    alike: dict[tuple[str, str], tuple[float, float]] = {}
    for i, j in enumerate(nearest.tolist()):
        pair = tuple(sorted((str(samples[i]), str(samples[j]))))
        if (counts[i] == counts[j]).all() or pair in alike:
            continue
        if (ratio := noise_ratio(counts[i], counts[j])) < NOISE_RATIO:
            alike[pair[0], pair[1]] = (ratio, float(correlation[i]))
    for (first, second), (ratio, r) in sorted(alike.items()):
        findings.warning(
            "duplicate_samples",
            file,
            f"samples {first}, {second}",
            values={"first": first, "second": second, "ratio": ratio, "r": r, "limit": NOISE_RATIO},
            found="counts that differ by less than counting noise "
            f"(median squared difference over Poisson variance {ratio:.2f}, r = {r:.5f})",
            expected=f"at least {NOISE_RATIO} between independent libraries",
            mend="find out whether both hold the same reads, and exclude one if they do",
        )


def check_swaps(
    values: NDArray[np.float32], sheet: pd.DataFrame, file: str, findings: Findings
) -> None:
    """Warn where a sample is more like another donor's samples than its own donor's.

    Compared are samples of one condition only, after subtracting each gene's mean in it,
    so that an effect of the condition cannot look like a swap.

    Parameters
    ----------
    values
        Samples × genes, log2(CPM + 1).
    sheet
        Samples × covariates in the same order; ``donor`` and ``condition`` are needed.
    """
    if "donor" not in sheet or "condition" not in sheet:
        return
    donors = sheet["donor"].astype(str).to_numpy()
    conditions = sheet["condition"].astype(str).to_numpy()
    near_to: dict[str, tuple[str, str]] = {}
    for condition in sorted(set(conditions)):
        rows = np.flatnonzero(conditions == condition)
        names = sorted(set(donors[rows]))
        if len(names) < 2 or len(names) == len(rows):
            continue
        part = values[rows]
        correlation = correlate(part - part.mean(axis=0))
        np.fill_diagonal(correlation, np.nan)
        for i, row in enumerate(rows.tolist()):
            near = {
                name: float(np.nanmean(correlation[i, donors[rows] == name]))
                for name in names
                if name != donors[row] or (donors[rows] == name).sum() > 1
            }
            if donors[row] not in near or len(near) < 2:
                continue
            best = max(near, key=lambda name: (near[name], name))
            if near[best] - near[donors[row]] > SWAP_MARGIN:
                near_to[str(sheet.index[row])] = (donors[row], best)
    if near_to:
        rows_found = [(sample, *near_to[sample]) for sample in sorted(near_to)]
        texts = [
            f"{sample} (donor {own}) is nearer to donor {best}" for sample, own, best in rows_found
        ]
        findings.warning(
            "possible_swap",
            file,
            "column 'donor'",
            values={"samples": cut(rows_found, 8)},
            found=listed(texts, 8),
            expected="samples nearest to their own donor's within a condition",
            mend="look for swapped samples, or a batch that outweighs the donors",
        )
