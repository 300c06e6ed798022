"""The whole fit: size factors, dispersions, coefficients, outliers, in R DESeq2's order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diffpath.deseq import cooks as outliers
from diffpath.deseq import dispersion, prior
from diffpath.deseq.coefficients import fit_coefficients
from diffpath.deseq.counts import Counts
from diffpath.deseq.layout import Layout, lay_out
from diffpath.deseq.size_factors import SizeFactorType
from diffpath.deseq.size_factors import size_factors as estimate_size_factors
from diffpath.deseq.trend import FitType, Trend, fit_trend

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LOG2E = 1 / np.log(2)


@dataclass
class Fit:
    """A fitted negative-binomial model of every gene; see `fit`.

    Arrays a gene hold nan (or False) where the gene has no counts.

    Attributes
    ----------
    counts
        Counts the last fit of each gene used (outliers replaced), genes x samples.
    original
        Counts as given, genes x samples.
    scale
        Size factors, 1 x samples, or genes x samples.
    layout
        Design and its cells.
    base_mean, base_var
        Mean and variance of normalized counts (of those the last fit used).
    disp_gene, disp_trend, disp_map, dispersion
        Gene-wise, trended, posterior-mode and final dispersions.
    disp_outlier
        Genes whose final dispersion is the gene-wise one.
    coef
        Coefficients, log2 scale, genes x coefficients.
    log_likelihood
        Log likelihood of the full model.
    converged
        Whether the coefficients settled.
    cooks
        Cook's distances of the first fit, genes x samples.
    max_cooks
        Each gene's largest one among samples in cells of three or more that were not
        open to replacement (unless nothing was replaced); nan where there is no such sample.
    replaced
        Genes that were fitted anew because an outlier was found.
    trend, fit_type
        The dispersion trend and its kind.
    residual_var, prior_var
        Variance of log dispersions around the trend, and of their prior.
    messages
        A sentence for each choice that was made for the reader.
    """

    counts: Floats
    original: Floats
    scale: Floats
    layout: Layout
    base_mean: Floats
    base_var: Floats
    disp_gene: Floats
    disp_trend: Floats
    disp_map: Floats
    dispersion: Floats
    disp_outlier: Bools
    coef: Floats
    log_likelihood: Floats
    converged: Bools
    cooks: Floats
    max_cooks: Floats
    replaced: Bools
    trend: Trend
    residual_var: float
    prior_var: float
    threads: int
    messages: list[str] = field(default_factory=list)

    @property
    def size_factors(self) -> Floats:
        """Size factors as given or estimated: one a sample, or samples x genes."""
        return self.scale[0] if len(self.scale) == 1 else self.scale.T

    @property
    def fit_type(self) -> FitType:
        """Kind of the dispersion trend used."""
        return self.trend.kind

    @property
    def fitted_genes(self) -> Bools:
        """Genes that have counts and hence a fit."""
        return ~np.isnan(self.dispersion)

    def fitted_counts(self) -> Counts:
        """Return counts of the genes that have a fit, as the last fit used them."""
        return Counts(self.counts, self.scale, self.layout, self.threads).take(self.fitted_genes)

    def fitted_level(self) -> Floats:
        """Give the exponential of the linear predictor of fitted genes, genes x cells."""
        beta = self.coef[self.fitted_genes] / LOG2E
        level: Floats = np.exp(beta @ self.layout.rows.T)
        return level


def check_counts(counts: NDArray[Any]) -> Floats:
    """Return counts as genes x samples floats, or say what is wrong with them.

    Raises
    ------
    ValueError
        If counts are not a samples x genes matrix of non-negative whole numbers, or a
        sample has none.
    """
    values = np.ascontiguousarray(np.asarray(counts).T, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"counts must be a samples x genes matrix, not {values.ndim}-dimensional")
    if not (np.isfinite(values).all() and (values >= 0).all() and (values % 1 == 0).all()):
        raise ValueError("counts must be non-negative whole numbers")
    empty = np.flatnonzero(~values.any(axis=0))
    if empty.size:
        raise ValueError(f"sample {empty[0]} has no counts")
    return values


def scale_of(counts: Floats, given: NDArray[np.float64] | None, kind: SizeFactorType) -> Floats:
    """Return size factors as 1 x samples or genes x samples, estimated if none are given."""
    if given is None:
        return estimate_size_factors(counts.T, kind)[None, :]
    factors = np.asarray(given, dtype=np.float64)
    scale = np.ascontiguousarray(factors[None, :] if factors.ndim == 1 else factors.T)
    if scale.shape not in {(1, counts.shape[1]), counts.shape}:
        raise ValueError(
            f"size factors have shape {factors.shape}; expected {(counts.shape[1],)} or "
            f"{counts.shape[::-1]}"
        )
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        raise ValueError("size factors must be positive")
    return scale


def _settle(
    counts: Counts, gene_wise: Floats, level: Floats, trended: Floats,
    residual: float, width: float,
) -> tuple[Floats, Floats, Bools]:  # fmt: skip
    posterior, _ = dispersion.estimate_map(counts, level, gene_wise, trended, width)
    outlier = dispersion.find_outliers(gene_wise, trended, residual)
    return posterior, np.where(outlier, gene_wise, posterior), outlier


def fit(
    counts: NDArray[Any],
    design: NDArray[np.float64],
    *,
    size_factors: NDArray[np.float64] | None = None,
    size_factor_type: SizeFactorType = "ratio",
    fit_type: FitType = "parametric",
    min_replicates: float = 7,
    threads: int = 1,
) -> Fit:
    """Fit a negative-binomial model to every gene.

    Paper: Love, Huber & Anders 2014, Genome Biology 15:550; the choices the paper
    leaves open follow R DESeq2 1.38.

    Parameters
    ----------
    counts
        Whole, non-negative counts, samples x genes.
    design
        Design matrix of full column rank, samples x coefficients.
    size_factors
        One factor a sample, or samples x genes where gene lengths differ (see
        `length_factors`); estimated if not given.
    size_factor_type
        How to estimate them: ``ratio`` or ``poscounts``.
    fit_type
        Dispersion trend to try first: ``parametric``, ``local`` or ``mean``.
    min_replicates
        Outliers are replaced in cells of at least this many samples; ``inf`` for never.
    threads
        Threads for the sums over samples.

    Returns
    -------
    Fit
        Coefficients on the log2 scale, dispersions and outliers; see there.

    Raises
    ------
    ValueError
        If counts, size factors or design cannot be used; the text says why.
    """
    original = check_counts(counts)
    layout = lay_out(design)
    if layout.samples != original.shape[1]:
        raise ValueError(
            f"the design has {layout.samples} rows and the counts {original.shape[1]} samples"
        )
    scale = scale_of(original, size_factors, size_factor_type)
    present = np.asarray(original.any(axis=1))
    every = Counts(original, scale, layout, threads)
    data = every.take(present)

    gene_wise, level = dispersion.estimate_gene_wise(data)
    means = data.normalized.mean(axis=1)
    curve, messages = fit_trend(means, gene_wise, fit_type)
    trended = curve(means)
    freedom = layout.samples - layout.coefficients
    residual = prior.residual_variance(gene_wise, trended)
    width = prior.prior_variance(gene_wise, trended, freedom)
    posterior, final, outlier = _settle(data, gene_wise, level, trended, residual, width)
    fitted = fit_coefficients(data, final)
    distances = outliers.cooks_distances(data, fitted, final)

    def spread(values: Floats) -> Floats:
        full = np.full((len(present), *values.shape[1:]), np.nan)
        full[present] = values
        return full

    def spread_flags(values: Bools) -> Bools:
        full: Bools = np.zeros(len(present), dtype=np.bool_)
        full[present] = values
        return full

    result = Fit(
        counts=original, original=original, scale=scale, layout=layout,
        base_mean=np.where(present, every.normalized.mean(axis=1), 0.0),
        base_var=np.where(present, every.normalized.var(axis=1, ddof=1), 0.0),
        disp_gene=spread(gene_wise), disp_trend=spread(trended), disp_map=spread(posterior),
        dispersion=spread(final), disp_outlier=spread_flags(outlier),
        coef=spread(fitted.beta * LOG2E), log_likelihood=spread(fitted.log_likelihood),
        converged=spread_flags(fitted.converged), cooks=spread(distances),
        max_cooks=spread(outliers.largest_distance(distances, data)),
        replaced=np.zeros(len(present), dtype=np.bool_), trend=curve, residual_var=residual,
        prior_var=width, threads=threads, messages=messages,
    )  # fmt: skip
    if layout.in_cells_of(max(min_replicates, outliers.LEAST_CELL)).any():
        _refit(result, present, min_replicates)
    unsettled = int((present & ~result.converged).sum())
    if unsettled:
        result.messages.append(
            f"coefficients that did not settle in {unsettled} gene{'' if unsettled == 1 else 's'}"
        )
    return result


def _refit(result: Fit, present: Bools, min_replicates: float) -> None:
    """Replace outliers in well replicated cells and fit those genes anew, in place."""
    layout = result.layout
    data = Counts(result.original, result.scale, layout, result.threads).take(present)
    replaceable = layout.in_cells_of(min_replicates)
    distances = result.cooks[present]
    values, found = outliers.replace_outliers(data, distances, replaceable)
    if not found.any():
        return
    if replaceable.all():
        result.max_cooks[:] = np.nan
    else:
        result.max_cooks[present] = outliers.largest_distance(distances, data, replaceable)
    genes = np.flatnonzero(present)[found]
    result.replaced[genes] = True
    result.counts = result.original.copy()
    result.counts[genes] = values[found]
    every = Counts(result.counts, result.scale, layout, result.threads)
    again = every.take(genes)
    result.base_mean[genes] = again.normalized.mean(axis=1)
    result.base_var[genes] = again.normalized.var(axis=1, ddof=1)
    left = again.values.any(axis=1)
    for name in ("disp_gene", "disp_trend", "disp_map", "dispersion", "coef", "log_likelihood"):
        getattr(result, name)[genes[~left]] = np.nan
    genes = genes[left]
    again = every.take(genes)
    gene_wise, level = dispersion.estimate_gene_wise(again)
    trended = result.trend(result.base_mean[genes])
    posterior, final, outlier = _settle(
        again, gene_wise, level, trended, result.residual_var, result.prior_var
    )
    fitted = fit_coefficients(again, final)
    result.disp_gene[genes] = gene_wise
    result.disp_trend[genes] = trended
    result.disp_map[genes] = posterior
    result.dispersion[genes] = final
    result.disp_outlier[genes] = outlier
    result.coef[genes] = fitted.beta * LOG2E
    result.log_likelihood[genes] = fitted.log_likelihood
    result.converged[genes] = fitted.converged
    result.messages.append(
        f"outlying counts in groups of {min_replicates:g} or more replaced, and the fit made anew, "
        f"in {len(genes)} gene{'' if len(genes) == 1 else 's'}"
    )
