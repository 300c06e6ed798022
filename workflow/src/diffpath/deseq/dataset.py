"""pydeseq2's data set and statistics with our fit inside.

To its users it is pydeseq2: AnnData, formulas and contrasts, attribute names. Only the
numbers are R DESeq2's.
"""

from __future__ import annotations

from typing import Any, cast, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydeseq2.dds import DeseqDataSet
from pydeseq2.ds import DeseqStats

from diffpath.deseq.filtering import filter_independently
from diffpath.deseq.fit import LOG2E, Fit, fit
from diffpath.deseq.shrinkage import shrink
from diffpath.deseq.size_factors import SizeFactorType, size_factors
from diffpath.deseq.trend import FitType
from diffpath.deseq.vst import vst
from diffpath.deseq.wald import Alternative, cooks_outliers, normal_tail, wald_test
from diffpath.multiple import adjust_bh

Floats = NDArray[np.float64]

ALTERNATIVES: dict[str, Alternative] = {
    "greaterAbs": "two-sided",
    "lessAbs": "less-abs",
    "greater": "greater",
    "less": "less",
}


def _known_type(kind: str) -> SizeFactorType:
    if kind not in get_args(SizeFactorType):
        raise ValueError(f"size factors of type {kind} are not known; take ratio or poscounts")
    return cast(SizeFactorType, kind)


class ExactDataSet(DeseqDataSet):  # type: ignore[misc]
    """A `DeseqDataSet` whose model is fitted by `diffpath.deseq.fit`.

    Size factors found in ``obs["size_factors"]`` are kept. ``fit_type`` may also be
    ``local``. Each stage's method after the size factors fits the whole model once, so that
    stages called one by one give the same as `deseq2`.

    Raises
    ------
    ValueError
        For an option of pydeseq2's that the fit does not know: iterative size factors, and
        bounds or tolerances other than DESeq2's.
    """

    exact: Fit | None = None

    def __init__(self, **options: Any) -> None:
        own = sorted({"min_mu", "min_disp", "max_disp", "beta_tol"} & options.keys())
        if own:
            raise ValueError(f"{', '.join(own)}: the fit uses DESeq2's own values; leave out")
        super().__init__(**options)
        _known_type(self.size_factors_fit_type)

    def deseq2(self, fit_type: FitType | None = None) -> None:
        """Fit size factors, dispersions, coefficients and outliers."""
        if fit_type is not None:
            self.fit_type = fit_type
        if "size_factors" not in self.obs:
            self.fit_size_factors()
        self.exact = fit(
            np.asarray(self.X),
            self.obsm["design_matrix"].to_numpy(dtype=np.float64),
            size_factors=self.obs["size_factors"].to_numpy(),
            fit_type=self.fit_type,
            min_replicates=self.min_replicates if self.refit_cooks else np.inf,
            threads=getattr(self.inference, "n_cpus", None) or 1,
        )
        self._fill(self.exact)

    def fit_size_factors(self, fit_type: str | None = None, control_genes: Any = None) -> None:
        """Estimate the size factors, from the control genes alone where there are any."""
        genes = getattr(self, "control_genes", None) if control_genes is None else control_genes
        columns = self._normalize_indices((slice(None), slice(None) if genes is None else genes))[1]
        kind = _known_type(fit_type or self.size_factors_fit_type)
        self.obs["size_factors"] = size_factors(np.asarray(self.X)[:, columns], kind)
        self.exact = None

    def _fit_once(self) -> None:
        fitted = self.exact
        if fitted is None or not np.array_equal(fitted.size_factors, self.obs["size_factors"]):
            self.deseq2()

    fit_genewise_dispersions = _fit_once
    fit_dispersion_trend = _fit_once
    fit_dispersion_prior = _fit_once
    fit_MAP_dispersions = _fit_once
    fit_LFC = _fit_once
    calculate_cooks = _fit_once
    refit = _fit_once

    def cooks_outlier(self) -> pd.Series[bool]:
        """Tell the genes whose p-value an outlying count makes untrustworthy."""
        self._fit_once()
        flagged: pd.Series[bool] = self.var["_pvalue_cooks_outlier"]
        return flagged

    def _fill(self, exact: Fit) -> None:
        layout, coefficients = exact.layout, self.obsm["design_matrix"].columns
        present = np.asarray(exact.original.any(axis=1))
        self.non_zero_idx = np.flatnonzero(present)
        self.non_zero_genes = self.var_names[present]
        self.obs["size_factors"] = exact.size_factors
        self.obs["replaceable"] = layout.in_cells_of(self.min_replicates)
        self.layers["normed_counts"] = (exact.original / exact.scale).T
        self.layers["cooks"] = exact.cooks.T
        self.var["non_zero"] = present
        self.var["_normed_means"] = exact.base_mean
        self.var["genewise_dispersions"] = exact.disp_gene
        self.var["fitted_dispersions"] = exact.disp_trend
        self.var["MAP_dispersions"] = exact.disp_map
        self.var["dispersions"] = exact.dispersion
        self.var["_outlier_genes"] = exact.disp_outlier
        self.var["_LFC_converged"] = exact.converged
        self.var["replaced"] = exact.replaced
        self.var["refitted"] = exact.replaced & exact.fitted_genes
        self.var["_pvalue_cooks_outlier"] = cooks_outliers(exact)
        natural = exact.coef / LOG2E
        self.varm["LFC"] = pd.DataFrame(natural, index=self.var_names, columns=coefficients)
        level = np.exp(natural @ layout.matrix.T)
        self.obsm["_mu_LFC"] = (level * exact.scale)[present].T
        self.uns["disp_function_type"] = exact.fit_type
        self.uns["_squared_logres"] = exact.residual_var
        self.uns["prior_disp_var"] = exact.prior_var
        if exact.fit_type == "parametric":
            names = ["a0", "a1"]
            self.uns["trend_coeffs"] = pd.Series(exact.trend.coefficients, index=names)
        elif exact.fit_type == "mean":
            self.uns["mean_disp"] = exact.trend.coefficients[0]

    def vst(self, use_design: bool = False, fit_type: FitType | None = None) -> None:
        """Transform the counts with the data set's own size factors into a layer.

        Blind unless `use_design`, which takes the fitted trend; ``layers["vst_counts"]``
        holds the result, log2 scale.
        """
        given = self.obs["size_factors"].to_numpy() if "size_factors" in self.obs else None
        trend = None
        if use_design:
            self._fit_once()
            assert self.exact is not None
            trend = self.exact.trend
        self.layers["vst_counts"] = vst(
            np.asarray(self.X),
            size_factors=given,
            trend=trend,
            size_factor_type=self.size_factors_fit_type,
            fit_type=fit_type or self.fit_type,
        )


class ExactStats(DeseqStats):  # type: ignore[misc]
    """`DeseqStats` on an `ExactDataSet`: Wald tests, filters and shrinkage as R has them."""

    def __init__(self, dds: ExactDataSet, contrast: list[str] | Floats, **options: Any) -> None:
        dds._fit_once()
        super().__init__(dds, contrast, **options)

    @property
    def _exact(self) -> Fit:
        exact: Fit = self.dds.exact
        return exact

    def run_wald_test(self) -> None:
        """Test the contrast, against ``lfc_null`` (log2) where one is given."""
        vector = np.asarray(self.contrast_vector, dtype=np.float64)
        compared = None
        if isinstance(self.contrast, list) and len(self.contrast) == 3:
            variable, test, reference = self.contrast
            compared = self.dds.obs[variable].isin([test, reference]).to_numpy()
        shifted = self.alt_hypothesis is None
        answer = wald_test(
            self._exact,
            vector,
            lfc_threshold=0.0 if shifted else self.lfc_null,
            alternative="two-sided" if shifted else ALTERNATIVES[self.alt_hypothesis],
            independent_filtering=False,
            cooks=False,
            compared=compared,
        )
        stat, pvalue = answer.stat, answer.pvalue
        if shifted and self.lfc_null != 0:
            stat = (answer.log2_fold_change - self.lfc_null) / answer.standard_error
            pvalue = 2 * normal_tail(np.abs(stat))
        names = self.dds.var_names
        self._change = answer.log2_fold_change
        self.SE = pd.Series(answer.standard_error / LOG2E, index=names)
        self.statistics = pd.Series(stat, index=names)
        self.p_values = pd.Series(pvalue, index=names)

    def summary(self, **kwargs: Any) -> None:
        """Test, filter and adjust; ``results_df`` holds one row a gene."""
        super().summary(**kwargs)
        self.results_df["log2FoldChange"] = self._change

    def _cooks_filtering(self) -> None:
        self.p_values[self.dds.cooks_outlier().to_numpy()] = np.nan

    def _independent_filtering(self) -> None:
        means, pvalues = self._exact.base_mean, np.asarray(self.p_values, dtype=np.float64)
        adjusted, _ = filter_independently(means, pvalues, self.alpha)
        self.padj = pd.Series(adjusted, index=self.dds.var_names)

    def _p_value_adjustment(self) -> None:
        self.padj = pd.Series(
            adjust_bh(np.asarray(self.p_values, dtype=np.float64)), index=self.dds.var_names
        )

    def lfc_shrink(self, coeff: str | None = None, adapt: bool = True) -> None:
        """Shrink the contrast (apeGLM) and keep the estimates it had in ``*_MLE`` columns.

        Parameters
        ----------
        coeff
            Name of the coefficient, if the contrast is one.
        adapt
            Whether the prior's scale is estimated; else it is 1, natural log scale.

        Raises
        ------
        ValueError
            If `coeff` is not the contrast that was tested.
        """
        vector = np.asarray(self.contrast_vector, dtype=np.float64)
        if coeff is not None:
            if coeff not in self.LFC.columns:
                raise KeyError(f"{coeff} is none of the coefficients {list(self.LFC.columns)}")
            if not np.array_equal(vector, (self.LFC.columns == coeff).astype(float)):
                raise ValueError(
                    f"the contrast tested is not the coefficient {coeff}: its shrunken change "
                    "would stand beside another test's p-values; leave coeff out"
                )
        if not hasattr(self, "results_df"):
            self.summary()
        shrunken = shrink(self._exact, vector, scale=None if adapt else 1.0)
        table = self.results_df
        table["log2FoldChange_MLE"] = table["log2FoldChange"]
        table["lfcSE_MLE"] = table["lfcSE"]
        table["log2FoldChange"] = shrunken.log2_fold_change
        table["lfcSE"] = shrunken.standard_error
        self.shrunk_LFCs = True
