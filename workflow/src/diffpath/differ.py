"""Differential expression of every gene, with a reason wherever a value is missing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import pandas as pd
from anndata import AnnData

from diffpath import __version__
from diffpath.deseq.fit import Fit, fit
from diffpath.deseq.shrinkage import shrink as shrink_contrast
from diffpath.deseq.wald import wald_test
from diffpath.design import Design, DesignError, build_design
from diffpath.findings import Findings
from diffpath.tables import DESIGN, RESULTS, STATUS

VALUES = [
    "log2FoldChange",
    "lfcSE",
    "stat",
    "pvalue",
    "padj",
    "log2FoldChange_shrunken",
    "lfcSE_shrunken",
    "dispersion_gene",
    "dispersion_trend",
    "dispersion",
    "max_cooks",
]


class FitError(RuntimeError):
    """The model of a contrast could not be fitted; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """The tables of one contrast; a contrast that cannot be fitted has them too."""

    results: pd.DataFrame
    design: pd.DataFrame
    status: pd.DataFrame
    findings: Findings


def differ_contrast(
    units: AnnData,
    contrast: Mapping[str, str],
    *,
    numeric: Sequence[str] = (),
    engine: str = "diffpath",
    alpha: float = 0.05,
    shrink: bool = True,
    threads: int = 1,
) -> Outcome:
    """Test every gene of a contrast; what cannot be fitted is said in the status, not raised.

    Parameters
    ----------
    units
        Units × genes, prepared by `diffpath.normalize.prepare_units`.
    contrast
        A row of the contrasts: design, variable, test, reference.
    numeric
        Columns that enter the design as numbers.
    """
    findings = Findings()
    reason = None
    design = None
    try:
        design = build_design(
            units.obs,
            contrast["design"],
            contrast["variable"],
            contrast["test"],
            contrast["reference"],
            list(numeric),
        )
        results = differ_genes(
            units,
            design,
            engine=engine,
            alpha=alpha,
            shrink=shrink,
            threads=threads,
            findings=findings,
        )
    except (FitError, DesignError) as error:
        reason = str(error)
        results = missing_results(units)
        findings.warning(
            "not_fitted",
            "contrasts",
            f"contrast '{contrast['contrast']}'",
            values={"contrast": contrast["contrast"], "reason": reason},
            found=reason,
            expected="a design whose coefficients the units can tell apart",
            mend="change the design or add units; descriptive figures are given all the same",
        )
    significant = results["padj"] < alpha
    rising = results["log2FoldChange"] > 0
    group = units.obs["group"]
    status = pd.DataFrame(
        {
            "contrast": [contrast["contrast"]],
            "fitted": [reason is None],
            "reason": [reason],
            "engine": [engine_version(engine)],
            "n_test": [int((group == "test").sum())],
            "n_reference": [int((group == "reference").sum())],
            "n_units": [units.n_obs],
            "residual_df": [design.residual_df if design else 0],
            "n_genes": [len(results)],
            "n_tested": [int(results["pvalue"].notna().sum())],
            "n_up": [int((significant & rising).sum())],
            "n_down": [int((significant & ~rising).sum())],
        }
    )
    return Outcome(results, _tell_design(design), status[STATUS.names], findings)


def engine_version(engine: str) -> str:
    """Return an engine's name with its version."""
    return f"{engine} {__version__ if engine == 'diffpath' else version(engine)}"


def _tell_design(design: Design | None) -> pd.DataFrame:
    if design is None:
        return pd.DataFrame(columns=DESIGN.names)
    table = design.matrix.rename_axis("unit").reset_index()
    table = table.melt("unit", var_name="coefficient", value_name="value")
    table["weight"] = table["coefficient"].map(design.contrast)
    return table[DESIGN.names]


def differ_genes(
    units: AnnData,
    design: Design,
    *,
    engine: str = "diffpath",
    alpha: float = 0.05,
    shrink: bool = True,
    threads: int = 1,
    findings: Findings | None = None,
) -> pd.DataFrame:
    """Return the `RESULTS` of one contrast, all genes of the input, sorted by gene id.

    DESeq2's method (Love, Huber & Anders 2014, Genome Biology 15:550): negative-binomial
    GLM, Wald test, Cook's distances, independent filtering; shrinkage is apeGLM's (Zhu,
    Ibrahim & Love 2018, Bioinformatics 35:2084).

    Parameters
    ----------
    units
        Units × genes; ``var`` has symbol, biotype and ``kept`` (passed the
        filter), ``obs`` has ``group`` and ``size_factor``.
    design
        Its rows are the units.
    engine
        ``diffpath`` makes R DESeq2's choices and shrinks any contrast; ``pydeseq2`` is
        the stock package, which shrinks single coefficients only.
    findings
        Receives what our fit had to choose: another trend, outlying counts replaced, genes
        that did not settle.

    Raises
    ------
    FitError
        If the design cannot be estimated or the fit breaks down.
    """
    if not design.full_rank:
        groups = "; ".join(" = ".join(group) for group in design.aliased())
        raise FitError(f"the design matrix is rank deficient: {groups} cannot be told apart")
    if design.residual_df < 1:
        raise FitError("the design leaves no residual degree of freedom")
    kept = units.var["kept"].to_numpy(dtype=bool)
    counts = np.asarray(units.X)
    normalized = counts / units.obs["size_factor"].to_numpy()[:, None]
    results: pd.DataFrame = units.var[["symbol", "biotype"]].rename_axis(None)
    results.insert(0, "gene_id", results.index)
    results["baseMean"] = normalized.mean(axis=0)
    fitted, made = ENGINES[engine](units[:, kept], design, alpha, shrink, threads)
    if findings is not None:
        findings.extend(made)
    for name in VALUES:
        results[name] = fitted[name].reindex(results.index)
    results["reason"] = _reasons(results, kept, counts.sum(axis=0) == 0)
    return results[RESULTS.names].sort_values("gene_id", ignore_index=True)


def missing_results(units: AnnData) -> pd.DataFrame:
    """Return `RESULTS` without a test, for a contrast that could not be fitted."""
    normalized = np.asarray(units.X) / units.obs["size_factor"].to_numpy()[:, None]
    results: pd.DataFrame = units.var[["symbol", "biotype"]].rename_axis(None)
    results.insert(0, "gene_id", results.index)
    results["baseMean"] = normalized.mean(axis=0)
    results[VALUES] = np.nan
    results["reason"] = "not_fitted"
    return results[RESULTS.names].sort_values("gene_id", ignore_index=True)


def _fit_diffpath(
    units: AnnData, design: Design, alpha: float, shrink: bool, threads: int
) -> tuple[pd.DataFrame, Findings]:
    try:
        model = fit(
            np.asarray(units.X),
            design.matrix.to_numpy(),
            size_factors=units.obs["size_factor"].to_numpy(),
            threads=threads,
        )
        vector = design.contrast.to_numpy()
        # R's contrast of two levels: a gene without a count in both has no change and p 1.
        compared = units.obs["group"].isin(["test", "reference"]).to_numpy()
        test = wald_test(model, vector, alpha=alpha, compared=compared)
        out = test.to_frame().set_index(units.var_names)
        out["log2FoldChange_shrunken"] = np.nan
        out["lfcSE_shrunken"] = np.nan
        if shrink:
            shrunken = shrink_contrast(model, vector)
            out["log2FoldChange_shrunken"] = shrunken.log2_fold_change
            out["lfcSE_shrunken"] = shrunken.standard_error
    except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
        raise FitError(f"the fit broke down: {error}") from error
    out["dispersion_gene"] = model.disp_gene
    out["dispersion_trend"] = model.disp_trend
    out["dispersion"] = model.dispersion
    out["max_cooks"] = model.max_cooks
    return out, _tell_choices(model)


def _tell_choices(model: Fit) -> Findings:
    findings = Findings()
    if model.fit_type != "parametric":
        findings.warning(
            "trend_fell_back",
            "fit",
            found=f"a dispersion trend of kind '{model.fit_type}'; the parametric one did not fit",
            expected="dispersions that fall with the mean towards a constant",
            mend="look at the dispersion plot; R DESeq2 chooses the same",
            values={"kind": model.fit_type},
        )
    replaced, unsettled = (
        int(model.replaced.sum()),
        int((model.fitted_genes & ~model.converged).sum()),
    )
    if replaced:
        findings.note(
            "counts_replaced",
            "fit",
            found=f"outlying counts replaced and the fit made anew in {replaced} of "
            f"{len(model.replaced)} genes",
            expected="no count far from the others of its group",
            mend="nothing; R DESeq2 replaces the same counts",
            values={"n": replaced, "total": len(model.replaced)},
        )
    if unsettled:
        findings.note(
            "not_settled",
            "fit",
            found=f"coefficients that did not settle in {unsettled} of {len(model.replaced)} genes",
            expected="coefficients that settle",
            mend="do not rest a conclusion on these genes",
            values={"n": unsettled, "total": len(model.replaced)},
        )
    return findings


def _fit_pydeseq2(
    units: AnnData, design: Design, alpha: float, shrink: bool, threads: int
) -> tuple[pd.DataFrame, Findings]:
    # 1.7 CPU s of import that no job of the other engine pays for.
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.default_inference import DefaultInference
    from pydeseq2.ds import DeseqStats

    inference = DefaultInference(n_cpus=threads)
    with warnings.catch_warnings():
        # pydeseq2 0.5.4 and its numerics warn of single genes (overflow in a line
        # search, a trend that falls back); what matters of it is in the result.
        warnings.simplefilter("ignore")
        try:
            dds = DeseqDataSet(
                adata=AnnData(units.X.copy(), obs=units.obs[[]].copy(), var=units.var[[]].copy()),
                design=design.matrix,
                inference=inference,
                quiet=True,
            )
            dds.deseq2()
            ds = DeseqStats(
                dds,
                contrast=design.contrast.to_numpy(),
                alpha=alpha,
                inference=inference,
                quiet=True,
            )
            ds.summary()
            out: pd.DataFrame = ds.results_df.copy()
            out["log2FoldChange_shrunken"] = np.nan
            out["lfcSE_shrunken"] = np.nan
            # lfc_shrink takes a coefficient, not a contrast, and its SE is off by some 6%.
            if shrink and design.coefficient is not None:
                ds.lfc_shrink(coeff=design.coefficient)
                sign = design.contrast[design.coefficient]
                out["log2FoldChange_shrunken"] = sign * ds.results_df["log2FoldChange"]
                out["lfcSE_shrunken"] = ds.results_df["lfcSE"]
        except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
            raise FitError(f"the fit broke down: {error}") from error
    out["dispersion_gene"] = dds.var["genewise_dispersions"]
    out["dispersion_trend"] = dds.var["fitted_dispersions"]
    out["dispersion"] = dds.var["dispersions"]
    out["max_cooks"] = np.nanmax(dds.layers["cooks"], axis=0)
    return out, Findings()


ENGINES = {"diffpath": _fit_diffpath, "pydeseq2": _fit_pydeseq2}


def _reasons(results: pd.DataFrame, kept: np.ndarray, empty: np.ndarray) -> list[str | None]:
    no_p = results["pvalue"].isna().to_numpy()
    no_fit = results["log2FoldChange"].isna().to_numpy()
    no_padj = results["padj"].isna().to_numpy()
    return [
        str(reason) if reason else None
        for reason in np.select(
            [empty, ~kept, no_fit, no_p, no_padj],
            ["all_zero", "low_count", "not_converged", "cooks_outlier", "independent_filtering"],
            default="",
        )
    ]
