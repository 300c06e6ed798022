"""Linear-model pieces the set tests share: log counts, rotated effects, moderated variances.

Arrays are units × genes; a collection of sets is a sparse matrix, sets × genes, of
weights +1 or −1 (a set of negative regulators), so that all sets are tested at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import polygamma, psi, stdtr

Array = NDArray[np.float64]

_TOLERANCE = 1e-7
_ALIASED = "the contrast cannot be told from the other terms of the design"


class ContrastError(ValueError):
    """A contrast cannot be told from the other terms of its design."""


@dataclass(frozen=True)
class Effects:
    """Orthogonal effects of every gene: the contrast's first, then the residual ones.

    Attributes
    ----------
    contrast
        (n_genes,) effect along the contrast, log2, positive where test > reference.
    residual
        (df, n_genes) effects orthogonal to the design; under the null each has the
        variance of ``contrast``.
    per_effect
        Estimate of the contrast for a unit of ``contrast``: log2FC = contrast × per_effect.
    """

    contrast: Array
    residual: Array
    per_effect: float

    @property
    def df(self) -> int:
        """Residual degrees of freedom."""
        return len(self.residual)


class SetTest(NamedTuple):
    """Statistic of each set (n_sets,), positive towards the test group, and two-sided p."""

    t: Array
    p: Array


def log_cpm(counts: NDArray[np.number], size_factors: Array, prior_count: float = 2.0) -> Array:
    """Return log2 counts per million, units × genes.

    Each unit's library is scaled to its size factor (mean library × factor, the factors
    brought to geometric mean 1), and a prior count proportional to that library is added,
    so that a gene without counts gets the same value in every unit (Law et al. 2014,
    Genome Biol 15:R29, with edgeR's default prior of 2 rather than voom's 0.5: the
    variance of small counts is otherwise inflated).

    Parameters
    ----------
    counts
        Units × genes; all genes of the input or the filtered ones.
    size_factors
        (n_units,) positive.
    prior_count
        Counts added in a library of average size.
    """
    factors = np.asarray(size_factors, dtype=float)
    if factors.shape != (len(counts),) or not (np.isfinite(factors) & (factors > 0)).all():
        raise ValueError("size factors must be one positive number a unit")
    scaled = factors / np.exp(np.log(factors).mean())
    library = scaled * np.asarray(counts, dtype=float).sum(axis=1).mean()
    prior = prior_count * library / library.mean()
    shifted = np.asarray(counts, dtype=float) + prior[:, None]
    return np.asarray(np.log2(shifted / (library + 2 * prior)[:, None] * 1e6))


def weight_matrix(
    members: Sequence[NDArray[np.intp]], n_genes: int, signs: Sequence[ArrayLike] | None = None
) -> csr_array:
    """Return sets × genes weights: +1 or −1 for members, 0 for others.

    Parameters
    ----------
    members
        Positions of each set's genes, each gene once.
    n_genes
        Number of tested genes.
    signs
        For each set +1 or −1, or one of them for each of its genes; +1 unless given.

    Raises
    ------
    ValueError
        If a set has no gene or names one twice.
    """
    sizes = np.array([len(set_) for set_ in members], dtype=np.intp)
    if (sizes == 0).any():
        raise ValueError("a set without a tested gene cannot be tested")
    indices = np.concatenate([*members, np.array([], dtype=np.intp)])
    given = signs if signs is not None else [1.0] * len(members)
    parts = [np.broadcast_to(sign, size) for sign, size in zip(given, sizes, strict=True)]
    values = np.concatenate([*parts, np.array([])]).astype(float)
    pointers = np.concatenate([[0], np.cumsum(sizes)])
    matrix = csr_array((values, indices, pointers), shape=(len(members), n_genes))
    matrix.sort_indices()
    same_set = np.diff(np.repeat(np.arange(len(members)), sizes)) == 0
    if (same_set & (np.diff(matrix.indices) == 0)).any():
        raise ValueError("a set names a gene twice")
    return matrix


def set_sizes(weights: csr_array) -> NDArray[np.intp]:
    """Return the number of genes of each set (n_sets,)."""
    return np.diff(weights.indptr).astype(np.intp)


def row_members(weights: csr_array, row: int) -> NDArray[np.intp]:
    """Return the positions of one set's genes, increasing."""
    return np.asarray(weights.indices[weights.indptr[row] : weights.indptr[row + 1]], dtype=np.intp)


def dense_row(weights: csr_array, row: int) -> Array:
    """Return one set's weights for all genes (n_genes,)."""
    out = np.zeros(weights.shape[1])
    part = slice(weights.indptr[row], weights.indptr[row + 1])
    out[weights.indices[part]] = weights.data[part]
    return out


def rotate(values: Array, design: Array, contrast: Array) -> Effects:
    """Rotate the units so that the contrast's effect stands alone, before the residual ones.

    The design is re-expressed with the contrast as its last coefficient and taken apart
    by Householder QR (Wu et al. 2010, Bioinformatics 26:2176). Columns that others make
    redundant are dropped as long as the contrast stays estimable.

    Parameters
    ----------
    values
        Units × genes, log2.
    design
        Units × coefficients.
    contrast
        (n_coefficients,) weights.

    Raises
    ------
    ContrastError
        If the contrast is zero or not estimable.
    """
    design, contrast = np.asarray(design, float), np.asarray(contrast, float)
    nuisance, tested = split_design(design, contrast)
    joined = np.column_stack([nuisance, tested])
    kept, _ = _orthonormal(joined)
    if not kept or kept[-1] != nuisance.shape[1]:
        raise ContrastError(_ALIASED)
    joined = joined[:, kept]
    q, r = np.linalg.qr(joined, mode="complete")
    rank = joined.shape[1]
    effects = q[:, rank - 1 :].T @ np.asarray(values, float)
    pivot = float(r[rank - 1, rank - 1])
    return Effects(effects[0] * np.sign(pivot), effects[1:], 1 / abs(pivot))


def split_design(design: Array, contrast: Array) -> tuple[Array, Array]:
    """Return the columns in which the contrast is zero, and the column whose coefficient it is.

    The second is scaled so that its coefficient is the contrast itself.
    """
    norm = float(np.linalg.norm(contrast))
    if norm == 0:
        raise ContrastError("every weight of the contrast is zero")
    used = np.flatnonzero(contrast)
    if len(used) == 1:
        # Reordering, not rotating: keeps the other columns as they are.
        others = np.delete(design, used[0], axis=1)
        return others, design[:, used[0]] / contrast[used[0]]
    basis = np.linalg.qr(contrast[:, None], mode="complete")[0]
    return design @ basis[:, 1:], design @ contrast / norm**2


def separate_contrast(design: Array, contrast: Array) -> tuple[Array, Array]:
    """Return an orthonormal basis of the design's other terms, and the contrast's part outside.

    The coefficient of that part is the contrast itself.

    Raises
    ------
    ContrastError
        If the contrast is zero or not estimable.
    """
    nuisance, tested = split_design(np.asarray(design, float), np.asarray(contrast, float))
    left, singular, _ = np.linalg.svd(nuisance, full_matrices=False)
    if singular.size:
        left = left[:, singular > singular.max() * max(nuisance.shape) * np.finfo(float).eps]
    rest = tested - left @ (left.T @ tested)
    if np.linalg.norm(rest) <= _TOLERANCE * np.linalg.norm(tested):
        raise ContrastError(_ALIASED)
    return left, rest


def rotate_uncoded(values: Array, design: Array, contrast: Array) -> Effects:
    """Rotate the units as `rotate` does, whatever the coding of the design.

    The residual effects of a QR decomposition depend on how factors are coded, and a
    variance that leaves the largest of them out then does too: swapped reference levels
    would move p in the third digit. Here their basis is made from the projection on the
    residual space, unit by unit, which the model alone determines.
    """
    others, tested = separate_contrast(design, contrast)
    norm = float(np.linalg.norm(tested))
    unit = tested / norm
    projection = np.eye(len(unit)) - others @ others.T - np.outer(unit, unit)
    basis = _orthonormal(projection)[1]
    table = np.asarray(values, float)
    return Effects(unit @ table, basis.T @ table, 1 / norm)


def squeeze_variances(variances: Array, df: float) -> tuple[Array, float, float]:
    """Return posterior variances, prior df (may be infinite) and prior variance.

    Moments of log variances under a scaled F distribution (Smyth 2004, Stat Appl Genet
    Mol Biol 3:3). Where the log variances spread no more than sampling explains, the
    prior df is infinite and the prior variance their mean. Variances below 1e-5 of the
    median are raised to it before the logarithm.

    Raises
    ------
    ValueError
        If more than half of the variances are zero, or fewer than two genes are given.
    """
    variances = np.asarray(variances, float)
    median = float(np.median(variances))
    if len(variances) < 2 or median <= 0:
        raise ValueError("gene variances cannot be moderated: most of them are zero")
    raised = np.maximum(variances, 1e-5 * median)
    logs = np.log(raised) - psi(df / 2) + np.log(df / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, df / 2))
    if excess <= 0:
        # The mean is the maximum-likelihood scale of equal variances.
        prior_df, prior = np.inf, float(raised.mean())
    else:
        prior_df = 2 * inverse_trigamma(excess)
        prior = float(np.exp(logs.mean() + psi(prior_df / 2) - np.log(prior_df / 2)))
    return pool_variances(variances, df, prior_df, prior), prior_df, prior


def pool_variances(variances: Array, df: float, prior_df: float, prior: float) -> Array:
    """Return variances on ``df`` degrees of freedom joined with their prior's."""
    if np.isinf(prior_df):
        return np.full_like(variances, prior)
    return np.asarray((df * variances + prior_df * prior) / (df + prior_df))


def inverse_trigamma(value: float) -> float:
    """Return x with trigamma(x) = value > 0, by Newton's steps on 1/trigamma."""
    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-12 * x:
            break
    return x


def two_sided(t: Array, df: float) -> Array:
    """Return two-sided p of t on ``df`` degrees of freedom, never 0."""
    return np.clip(2 * stdtr(df, -np.abs(t)), np.finfo(float).tiny, 1.0)


def moderated_t(effects: Effects) -> tuple[Array, float]:
    """Return moderated t of the contrast (n_genes,) and its degrees of freedom (Smyth 2004)."""
    variances = (effects.residual**2).mean(axis=0)
    posterior, prior_df, _ = squeeze_variances(variances, effects.df)
    total = min(effects.df + prior_df, float(effects.df * len(variances)))
    return effects.contrast / np.sqrt(posterior), total


def _orthonormal(matrix: Array) -> tuple[list[int], Array]:
    """Return the columns, from left to right, that add to those before, and their basis."""
    kept: list[int] = []
    basis = np.zeros((len(matrix), 0))
    for column in range(matrix.shape[1]):
        vector = matrix[:, column]
        rest = vector - basis @ (basis.T @ vector)
        rest -= basis @ (basis.T @ rest)
        if np.linalg.norm(rest) > _TOLERANCE * max(float(np.linalg.norm(vector)), _TOLERANCE):
            kept.append(column)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return kept, basis
