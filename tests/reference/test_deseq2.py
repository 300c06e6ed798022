"""Our fit against R DESeq2, run live on real and simulated data sets."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from diffpath import deseq

SCRIPT = Path(__file__).with_name("deseq2.R")
Floats = NDArray[np.float64]


@dataclass
class Case:
    """A data set and what R is asked of it."""

    counts: pd.DataFrame
    columns: pd.DataFrame
    formula: str
    results: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    factors: Floats | None = None


def contrast(variable: str, test: str, reference: str) -> str:
    return f'contrast=c("{variable}","{test}","{reference}"), alpha=0.05'


def airway(shared: Path, formula: str) -> Case:
    folder = shared / "data" / "airway"
    counts = pd.read_csv(folder / "airway_rawcounts.csv.gz", index_col=0)
    columns = pd.read_csv(folder / "airway_metadata.csv")[["dex", "celltype"]]
    return Case(counts, columns, formula, [contrast("dex", "treated", "control")])


def macrophage(shared: Path) -> Case:
    folder = shared / "data" / "macrophage"
    counts = pd.read_csv(folder / "gene_counts_summed_rounded.tsv.gz", sep="\t", index_col=0)
    table = pd.read_csv(folder / "coldata.csv").set_index("names").loc[counts.columns]
    columns = table[["line_id", "condition_name"]].set_axis(["donor", "condition"], axis=1)
    # Genes with almost no counts go to R's loosely stopped optimizer (0.05% of all genes differ
    # by over 1e-3 then), and take half of R's time.
    counts = counts[(counts >= 10).sum(axis=1) >= 3]
    asked = [contrast("condition", "IFNg", "naive"), contrast("condition", "IFNg_SL1344", "SL1344")]
    return Case(counts, columns, "~ donor + condition", asked)


def ipsc_msc(shared: Path) -> Case:
    folder = shared / "data" / "ipsc_msc_chondrocyte_strain"
    counts = pd.read_csv(folder / "counts.tsv.gz", sep="\t", index_col=0)
    table = pd.read_csv(folder / "metadata.tsv", sep="\t").set_index("Sample_ID")
    columns = table.loc[counts.columns, ["Individual", "treatment"]]
    asked = [contrast("treatment", "Strain", "Unstrain")]
    return Case(counts, columns, "~ Individual + treatment", asked)


def pasilla(shared: Path) -> Case:
    folder = shared / "data" / "pasilla"
    counts = pd.read_csv(folder / "counts.tsv", sep="\t", index_col=0)
    table = pd.read_csv(folder / "sample_annotation.csv")
    table.index = pd.Index(table["file"].str.removesuffix("fb"))
    columns = table.loc[counts.columns, ["condition", "type"]].replace("-", "_", regex=True)
    asked = [contrast("condition", "treated", "untreated")]
    return Case(counts, columns, "~ type + condition", asked)


def tb(shared: Path) -> Case:
    folder = shared / "data" / "tb_dendritic_cells"
    counts = pd.read_csv(folder / "counts.tsv.gz", sep="\t", index_col=0)
    table = pd.read_csv(folder / "metadata.tsv", sep="\t").set_index("id")
    columns = table.loc[counts.columns, ["status", "treatment"]]
    asked = [contrast("treatment", "infect", "noninf")]
    return Case(counts, columns, "~ status + treatment", asked)


def yeast(shared: Path) -> Case:
    folder = shared / "data" / "yeast_snf2_48rep"
    counts = pd.read_csv(folder / "counts.tsv.gz", sep="\t", index_col=0)
    table = pd.read_csv(folder / "metadata.tsv", sep="\t").set_index("sample")
    clean = table.index[table["clean"] == "yes"]
    columns = table.loc[clean, ["genotype"]]
    return Case(counts[clean], columns, "~ genotype", [contrast("genotype", "Snf2", "WT")])


def simulated(samples: int, genes: int, seed: int) -> Case:
    """Simulate two groups; genes are kept that have 10 counts in half of the samples."""
    random = np.random.default_rng(seed)
    mean = np.exp(random.normal(4.5, 2, genes))[:, None]
    change = np.where(random.random(genes) < 0.1, random.normal(0, 1.2, genes), 0.0)[:, None]
    depth = np.exp(random.normal(0, 0.25, samples))
    group = np.arange(samples) % 2
    dispersion = (0.05 + 2 / mean) * np.exp(random.normal(0, 0.6, genes))[:, None]
    expected = mean * depth * 2 ** (change * group)
    counts = random.negative_binomial(1 / dispersion, 1 / (1 + dispersion * expected))
    counts = counts[(counts >= 10).sum(axis=1) >= samples // 2]
    columns = pd.DataFrame({"group": np.where(group == 1, "case", "control")})
    return Case(pd.DataFrame(counts), columns, "~ group", [contrast("group", "case", "control")])


def small(formula: str, results: list[str], **options: str) -> Case:
    """Simulate 1,500 genes in 12 samples of three groups, two batches and several ages."""
    random = np.random.default_rng(7)
    genes = 1500
    columns = pd.DataFrame(
        {
            "batch": list("xyxyxyxyxyxy"),
            "group": list("aaaabbbbcccc"),
            "age": [31, 45, 52, 28, 60, 33, 47, 55, 39, 42, 58, 36],
            "passage": list("ppqqrrssttuu"),
        }
    )
    mean = np.exp(random.normal(4, 2, genes))[:, None]
    change = np.where(random.random(genes) < 0.3, random.normal(0, 1.5, genes), 0.0)[:, None]
    dispersion = (0.08 + 1.5 / mean) * np.exp(random.normal(0, 0.7, genes))[:, None]
    expected = mean * 2 ** (change * np.repeat([0, 1, -1], 4)) * np.exp(random.normal(0, 0.3, 12))
    counts = random.negative_binomial(1 / dispersion, 1 / (1 + dispersion * expected))
    counts[:8, :8] = 0  # groups a and b without a count
    counts[8, 3], counts[9, 7] = 9_000, 6_000  # outliers
    return Case(pd.DataFrame(counts), columns, formula, results, dict(options))


CB, BA = 'contrast=c("group","c","b")', 'contrast=c("group","b","a")'
WALD = [
    f"{CB}, alpha=0.05",
    f"{BA}, alpha=0.05",
    f"{CB}, alpha=0.05, lfcThreshold=1",
    f'{CB}, alpha=0.05, lfcThreshold=1, altHypothesis="lessAbs"',
    f'{CB}, alpha=0.05, lfcThreshold=1, altHypothesis="greater"',
    f'{CB}, alpha=0.05, lfcThreshold=1, altHypothesis="less"',
    f"{CB}, independentFiltering=FALSE, cooksCutoff=FALSE",
    "contrast=c(0,0,-1,0.5), alpha=0.05",
]


def with_zeros(case: Case) -> Case:
    """Give every gene a zero somewhere."""
    values = case.counts.to_numpy().copy()
    values[np.arange(len(values)), np.arange(len(values)) % values.shape[1]] = 0
    return Case(pd.DataFrame(values), case.columns, case.formula, case.results, case.options)


def with_factors(case: Case) -> Case:
    random = np.random.default_rng(3)
    lengths = np.exp(random.normal(7, 0.2, case.counts.shape)).T
    factors = deseq.length_factors(case.counts.to_numpy().T, lengths)
    return Case(case.counts, case.columns, case.formula, case.results, case.options, factors)


REAL: dict[str, Callable[[Path], Case]] = {
    "airway": lambda shared: airway(shared, "~ celltype + dex"),
    "airway_unpaired": lambda shared: airway(shared, "~ dex"),
    "macrophage": macrophage,
    "ipsc_msc": ipsc_msc,
    "pasilla": pasilla,
    "tb": tb,
    "yeast": yeast,
}
MADE: dict[str, Callable[[], Case]] = {
    "simulated_6": lambda: simulated(6, 12000, 1),
    "simulated_50": lambda: simulated(50, 8000, 2),
    "wald": lambda: small("~ batch + group", WALD, vst="design"),
    "local": lambda: small("~ batch + group", WALD[:1], fit_type="local", vst="design"),
    "mean": lambda: small("~ batch + group", WALD[:1], fit_type="mean", vst="blind"),
    "numeric": lambda: small("~ age + group", WALD[:1], vst="blind"),
    "replaced": lambda: small("~ group", WALD[:1], min_replicates="4"),
    "many_levels": lambda: small("~ passage", ["alpha=0.05"], reduced="~ 1"),
    "nested": lambda: small("~ batch + group", ["alpha=0.05"], reduced="~ batch"),
    "poscounts": lambda: with_zeros(
        small("~ batch + group", WALD[:1], size_factor_type="poscounts")
    ),
    "lengths": lambda: with_factors(small("~ batch + group", WALD[:1])),
    "few_df": lambda: keep_samples(small("~ group", WALD[:1]), [0, 1, 4, 5, 8]),
}


def keep_samples(case: Case, samples: list[int]) -> Case:
    counts = case.counts.iloc[:, samples].set_axis(range(len(samples)), axis=1)
    return Case(counts, case.columns.iloc[samples], case.formula, case.results, case.options)


def write(case: Case, folder: Path) -> None:
    folder.mkdir()
    np.ascontiguousarray(case.counts.to_numpy().T.astype(np.int32)).tofile(folder / "counts.bin")
    case.columns.to_csv(folder / "columns.tsv", sep="\t", index=False)
    if case.factors is not None:
        np.ascontiguousarray(case.factors).tofile(folder / "factors.bin")
    rows = [("formula", case.formula), *case.options.items()]
    rows += [("results", call) for call in case.results]
    (folder / "task.tsv").write_text("".join(f"{key}\t{value}\n" for key, value in rows))


def read(folder: Path) -> dict[str, Floats]:
    values = {}
    for line in (folder / "shapes.tsv").read_text().splitlines():
        name, rows, columns = line.split("\t")
        array = np.fromfile(folder / f"{name}.bin").reshape(int(columns), int(rows)).T
        values[name] = array[:, 0] if name != "reduced" and int(columns) == 1 else array
    return values


class Runs:
    """Data sets, R's answers and our fits, each made once."""

    def __init__(self, cases: dict[str, Case], program: str, folder: Path) -> None:
        self.cases = cases
        for name, case in cases.items():
            write(case, folder / name)
        places = [str(folder / name) for name in cases]
        one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        # Two processes share the work: this is most of the tests' time.
        jobs = [
            subprocess.Popen([program, str(SCRIPT), *part], env=one_thread)
            for part in (places[::2], places[1::2])
        ]
        assert [job.wait() for job in jobs] == [0, 0]
        self.answers = {name: read(folder / name) for name in cases}
        self.fits = {name: self._fit(name) for name in cases}

    def _fit(self, name: str) -> deseq.Fit:
        case, answer = self.cases[name], self.answers[name]
        options = case.options
        return deseq.fit(
            case.counts.to_numpy().T,
            answer["design"],
            size_factors=case.factors,
            size_factor_type=options.get("size_factor_type", "ratio"),
            fit_type=options.get("fit_type", "parametric"),
            min_replicates=float(options.get("min_replicates", 7)),
        )


@pytest.fixture(scope="module")
def real(rscript: str, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    cases = {name: make(shared) for name, make in REAL.items()}
    return Runs(cases, rscript, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def made(rscript: str, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    cases = {name: make() for name, make in MADE.items()}
    return Runs(cases, rscript, tmp_path_factory.mktemp("made"))


def weights(case: Case, call: str, columns: int) -> tuple[Floats, NDArray[np.bool_] | None]:
    """Turn an R contrast of the design's last factor into weights and compared samples."""
    if "contrast=c(0" in call:
        return np.array([float(x) for x in call.split("(")[1].split(")")[0].split(",")]), None
    variable, test, reference = (part.strip('"') for part in call[11 : call.index(")")].split(","))
    levels = list(dict.fromkeys(case.columns[variable]))
    vector = np.zeros(columns)
    for level, sign in ((test, 1.0), (reference, -1.0)):
        if level != levels[0]:
            vector[columns - len(levels) + levels.index(level)] = sign
    return vector, case.columns[variable].isin([test, reference]).to_numpy()


def test_of(runs: Runs, name: str, number: int) -> deseq.Test:
    case, fit = runs.cases[name], runs.fits[name]
    call = case.results[number]
    kinds = {"lessAbs": "less-abs", "greater": "greater", "less": "less"}
    kind = next((ours for theirs, ours in kinds.items() if f'"{theirs}"' in call), "two-sided")
    vector, compared = weights(case, call, fit.layout.coefficients)
    return deseq.wald_test(
        fit,
        vector,
        lfc_threshold=1.0 if "lfcThreshold" in call else 0.0,
        alternative=kind,
        alpha=0.05,
        independent_filtering="independentFiltering" not in call,
        cooks="cooksCutoff" not in call,
        compared=compared,
    )


test_of.__test__ = False  # type: ignore[attr-defined]


def difference(ours: Floats, theirs: Floats) -> Floats:
    """Relative differences; both must be missing in the same genes."""
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    known = ~np.isnan(theirs) & (ours != theirs)
    relative = np.zeros(len(ours))
    relative[known] = np.abs(ours[known] - theirs[known]) / np.maximum(
        np.abs(theirs[known]), 1e-300
    )
    return relative[~np.isnan(theirs)]


def check(ours: deseq.Test, theirs: Floats) -> None:
    """Hold medians under 1e-8, all but a thousandth of genes under 1e-3, and every call.

    A p-value that differs shifts the adjusted ones of its neighbours: of those the median
    and the calls are held.
    """
    fields = (ours.log2_fold_change, ours.standard_error, ours.stat, ours.pvalue)
    for name, mine, column in zip(("lfc", "se", "stat", "p"), fields, theirs.T[:4], strict=True):
        apart = difference(mine, column)
        assert np.median(apart) < 1e-8, name
        assert np.mean(apart > 1e-3) <= 1e-3, name
    assert np.median(difference(ours.padj, theirs[:, 4])) < 1e-7
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(ours.padj < 0.05, theirs[:, 4] < 0.05)


@pytest.mark.parametrize("name", REAL)
def test_real_data_give_the_same_tests(real: Runs, name: str) -> None:
    answer = real.answers[name]
    np.testing.assert_allclose(real.fits[name].size_factors, answer["size_factors"], rtol=1e-9)
    for number in range(len(real.cases[name].results)):
        check(test_of(real, name, number), answer[f"results{number + 1}"])


@pytest.mark.parametrize("name", [name for name in MADE if name not in {"many_levels", "nested"}])
def test_made_data_give_the_same_tests(made: Runs, name: str) -> None:
    answer = made.answers[name]
    for number in range(len(made.cases[name].results)):
        ours = test_of(made, name, number)
        check(ours, answer[f"results{number + 1}"])
        np.testing.assert_allclose(ours.filter_threshold, answer[f"threshold{number + 1}"])


@pytest.mark.parametrize("name", [*REAL, *MADE])
def test_every_stage_is_the_same(request: pytest.FixtureRequest, name: str) -> None:
    runs: Runs = request.getfixturevalue("real" if name in REAL else "made")
    fit, answer = runs.fits[name], runs.answers[name]
    emptied = fit.replaced & (fit.base_mean == 0)
    np.testing.assert_allclose(fit.base_mean, answer["baseMean"], rtol=1e-12)
    for ours, theirs in ((fit.disp_trend, "dispFit"), (fit.dispersion, "dispersion")):
        apart = difference(ours[~emptied], answer[theirs][~emptied])
        assert np.median(apart) < 1e-7, theirs
        assert np.mean(apart > 1e-3) <= 1e-3, theirs
    np.testing.assert_allclose([fit.residual_var, fit.prior_var], answer["prior"], rtol=1e-6)
    np.testing.assert_array_equal(fit.disp_outlier[~emptied], answer["dispOutlier"][~emptied] == 1)
    if "replace" in answer:
        np.testing.assert_array_equal(fit.replaced, answer["replace"] == 1)
    apart = difference(fit.max_cooks, answer["maxCooks"])
    assert not apart.size or np.median(apart) < 1e-7


@pytest.mark.parametrize("name", ["many_levels", "nested"])
def test_likelihood_ratios_are_the_same(made: Runs, name: str) -> None:
    fit, answer = made.fits[name], made.answers[name]
    check(deseq.lrt(fit, answer["reduced"]), answer["results1"])


@pytest.mark.parametrize("name", ["wald", "local", "mean", "numeric"])
def test_transformed_counts_are_the_same(made: Runs, name: str) -> None:
    case, fit = made.cases[name], made.fits[name]
    blind = case.options["vst"] == "blind"
    ours = deseq.vst(
        case.counts.to_numpy().T,
        trend=None if blind else fit.trend,
        fit_type=case.options.get("fit_type", "parametric"),
    )
    np.testing.assert_allclose(ours.T, made.answers[name]["vst"], rtol=1e-6, atol=1e-6)


def test_outliers_are_found_and_replaced(real: Runs, made: Runs) -> None:
    assert real.fits["tb"].replaced.sum() > 10
    assert made.fits["replaced"].replaced[8:10].all()
    assert made.fits["wald"].cooks[8].max() > 1
