"""The simulated demo cohort with its planted truth.

Nothing here is measured: names of samples and gene ids begin with ``SIM``. Real symbols
are used for the genes of the themes and for markers, so that the cohort can be asked the
questions of a real one; the other genes have made-up symbols.

The model of a count, for gene g and clone c of donor d, in natural logs:

    count ~ Poisson(Gamma(shape 1/φ_g, mean μ)),
    log μ = log(depth) + level_g + ln 2 · lfc_g · [d has WS] + batch_g + donor_gd + clone_gc

with φ_g = (0.01 + 3/mean_g) · lognormal scatter. Donors differ more than clones of a donor
do, which is why clones must be summed; genes that share a set share a little of their donor
effect, which is why genes cannot be taken as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from diffpath.gene_sets import GeneSet, collection_file, read_collection
from diffpath.msc_levels import BIOTYPES, CHROMOSOMES, LEVELS, MARKERS, draw_levels
from diffpath.tables import write_table
from diffpath.tables.simulated import (
    SIMULATED_ANNOTATION,
    SIMULATED_COUNTS,
    SIMULATED_SAMPLES,
    TRUTH,
    TRUTH_SETS,
)

Floats = NDArray[np.float64]

THEMES = ("inflammation", "calcium", "ecm", "senescence")
DEPTH = (12e6, 25e6)  # reads a sample, uniform
DONOR_SD = 0.24  # natural log, of a typical gene
CLONE_SD = 0.05
SD_SCATTER = 0.35
DISPERSION_SCATTER = 0.4
SET_SHARE = 0.1  # share of the donor variance that genes of a set have in common
BATCH_SD = 0.15
BATCH_SHARE = 0.4  # share of the genes that differ between batches
BACKGROUND = 300  # changed genes outside all sets

# The planted picture of Werner-syndrome MSC. Genes by name first, then shares of sets.
PLANTED_GENES = {
    "IL1B": np.log2(7),
    "IL1A": 2.0,
    "CDKN2A": 2.0,
    "CDKN1A": 1.3,
    "WRN": -1.0,  # nonsense-mediated decay of the mutant transcripts
    "LMNB1": -1.2,
    "MKI67": -1.3,
    "MMP1": 1.8,
    "MMP3": 1.9,
    "COL1A1": -1.0,
    "COL3A1": -1.1,
}
# Set: share of its expressed genes, least and largest log2 fold change.
PLANTED_SETS = {
    "INFLAMMATION_SASP_CORE": (0.7, 0.7, 1.7),
    "INFLAMMATION_NFKB_TARGETS": (0.6, 0.5, 1.3),
    "CALCIUM_S100_AND_EF_HAND": (0.6, 0.5, 1.1),
    "CALCIUM_MINERALIZATION_INHIBITORS": (0.6, -1.1, -0.5),
    "ECM_FIBRILLAR_COLLAGENS": (0.8, -1.3, -0.6),
    "ECM_METALLOPROTEINASES": (0.6, 0.6, 1.4),
    "SENESCENCE_CORE_MARKERS": (0.5, 0.4, 1.0),
    "SENESCENCE_SASP": (0.5, 0.6, 1.5),
    "SENESCENCE_PROLIFERATION": (0.7, -1.2, -0.5),
}
EXPRESSED = 2.0  # counts per million from which a gene of a set can be planted


@dataclass(frozen=True)
class Cohort:
    """A simulated cohort.

    Attributes
    ----------
    counts
        Genes × samples, whole numbers, index ``gene_id``.
    annotation
        `SIMULATED_ANNOTATION`.
    samples
        `SIMULATED_SAMPLES`.
    truth
        `TRUTH`: a row for each gene of each set, planted or not, and one for each
        planted gene outside all sets.
    truth_sets
        `TRUTH_SETS`. A set with ``changed`` none may share planted genes with another;
        ``n_planted`` counts them.
    """

    counts: pd.DataFrame
    annotation: pd.DataFrame
    samples: pd.DataFrame
    truth: pd.DataFrame
    truth_sets: pd.DataFrame


def simulate_cohort(
    seed: int = 1, *, n_genes: int = 18_000, donors: int = 4, clones: int = 2, batches: int = 2
) -> Cohort:
    """Simulate WS-MSC against control MSC.

    Parameters
    ----------
    seed
        Seed of every draw.
    n_genes
        Genes in all; at least the genes of the themes and the background changes.
    donors
        Donors a group. Batches and sexes are spread over them alike in both groups.
    clones
        Clones a donor, one sample each.
    batches
        Batches; a donor's clones are in one batch.

    Raises
    ------
    ValueError
        Where ``n_genes`` is too small.
    """
    rng = np.random.default_rng(seed)
    themes = _read_themes()
    symbols, named = _name_genes(themes, n_genes)
    annotation = _annotate(rng, symbols, named)
    samples = _make_samples(donors, clones, batches)
    cpm = draw_levels(rng, annotation, named)
    lfc = _plant(rng, symbols, cpm, themes, named)

    depth = rng.uniform(*DEPTH, len(samples))
    effects = _draw_effects(rng, samples, _membership(themes, symbols))
    _show_planted(effects, symbols, samples)
    ill = (samples["condition"] == "WS").to_numpy(dtype=float)
    log_mean = np.log(cpm) + effects + np.log(2) * np.outer(ill, lfc)
    log_mean += _silence_sex_genes(symbols, samples["sex"])
    mean = np.exp(log_mean)
    # Depth is what is sequenced: a change of one gene is paid for by all others.
    mean *= (depth / mean.sum(axis=1))[:, None]
    counts = draw_counts(rng, mean, draw_dispersions(rng, mean.mean(axis=0)))
    truth, truth_sets = _tell_truth(annotation, lfc, themes)
    table = pd.DataFrame(counts.T, index=pd.Index(annotation["gene_id"]), columns=samples["sample"])
    return Cohort(table.rename_axis(columns=None), annotation, samples, truth, truth_sets)


def draw_dispersions(rng: np.random.Generator, mean: Floats) -> Floats:
    """Draw a dispersion for each gene around the trend 0.01 + 3 / mean (mean count a sample)."""
    trend = 0.01 + 3 / np.maximum(mean, 0.03)
    return trend * np.exp(rng.normal(0, DISPERSION_SCATTER, len(mean)))


def draw_counts(rng: np.random.Generator, mean: Floats, dispersion: Floats) -> NDArray[np.int64]:
    """Draw negative-binomial counts (samples × genes) with variance mean + dispersion · mean²."""
    shape = 1 / dispersion
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, mean.shape))


def write_cohort(cohort: Cohort, folder: str | Path) -> None:
    """Write counts, annotation, sample sheet and truth; the bytes depend on the values alone."""
    folder = Path(folder)
    write_table(cohort.counts.reset_index(), SIMULATED_COUNTS, folder / "counts.tsv.gz")
    write_table(cohort.annotation, SIMULATED_ANNOTATION, folder / "annotation.tsv.gz")
    write_table(cohort.samples, SIMULATED_SAMPLES, folder / "samples.tsv")
    write_table(cohort.truth, TRUTH, folder / "truth.tsv")
    write_table(cohort.truth_sets, TRUTH_SETS, folder / "truth_sets.tsv")


def _read_themes() -> dict[str, tuple[GeneSet, ...]]:
    themes = {}
    for name in THEMES:
        collection, findings = read_collection(collection_file(f"builtin:{name}"), name)
        findings.raise_errors()
        themes[name] = collection.sets
    return themes


def _name_genes(
    themes: dict[str, tuple[GeneSet, ...]], n_genes: int
) -> tuple[list[str], NDArray[np.bool_]]:
    real = {gene for sets in themes.values() for gene_set in sets for gene in gene_set.genes}
    real |= {*LEVELS, *CHROMOSOMES, *BIOTYPES, *MARKERS}
    filler = n_genes - len(real)
    if filler < 4 * BACKGROUND:
        least = len(real) + 4 * BACKGROUND
        raise ValueError(f"n_genes is {n_genes}; the themes and the background need {least}")
    symbols = [*sorted(real), *(f"SIMGENE{number:05d}" for number in range(1, filler + 1))]
    return symbols, np.arange(n_genes) < len(real)


def _annotate(
    rng: np.random.Generator, symbols: list[str], named: NDArray[np.bool_]
) -> pd.DataFrame:
    kinds = ["protein_coding", "lncRNA", "processed_pseudogene"]
    drawn = rng.choice(kinds, len(symbols), p=[0.78, 0.17, 0.05])
    biotype = [
        BIOTYPES.get(symbol, "protein_coding") if real else str(kind)
        for symbol, real, kind in zip(symbols, named, drawn, strict=True)
    ]
    place = ["MT" if symbol.startswith("MT-") else CHROMOSOMES.get(symbol) for symbol in symbols]
    ids = [f"SIMG{number:05d}" for number in range(1, len(symbols) + 1)]
    return pd.DataFrame(
        {"gene_id": ids, "symbol": symbols, "biotype": biotype, "chromosome": place}, dtype="object"
    )


def _make_samples(donors: int, clones: int, batches: int) -> pd.DataFrame:
    rows = [
        {
            "sample": f"SIM-{prefix}{donor + 1}-c{clone + 1}",
            "condition": condition,
            "donor": f"SIM-{prefix}{donor + 1}",
            "clone": f"c{clone + 1}",
            "batch": f"b{donor * batches // donors + 1}",
            "sex": "male" if donor % 2 else "female",
            "passage": 6 + (donor + donor // 2) % 2,
        }
        for condition, prefix in (("control", "CTRL"), ("WS", "WS"))
        for donor in range(donors)
        for clone in range(clones)
    ]
    return pd.DataFrame(rows)


def _plant(
    rng: np.random.Generator,
    symbols: list[str],
    cpm: Floats,
    themes: dict[str, tuple[GeneSet, ...]],
    named: NDArray[np.bool_],
) -> Floats:
    """Return the log2 fold change of each gene; the first set that plants a gene keeps it."""
    position = {symbol: index for index, symbol in enumerate(symbols)}
    lfc = np.zeros(len(symbols))
    for symbol, value in PLANTED_GENES.items():
        lfc[position[symbol]] = value
    sets = {gene_set.name: gene_set for group in themes.values() for gene_set in group}
    for name, (share, least, largest) in PLANTED_SETS.items():
        members = np.array([position[gene] for gene in sets[name].genes])
        members = members[cpm[members] >= EXPRESSED]
        free = members[lfc[members] == 0]
        missing = round(share * len(members)) - (len(members) - len(free))
        chosen = rng.choice(free, min(max(missing, 0), len(free)), replace=False)
        lfc[chosen] = rng.uniform(least, largest, len(chosen))
    pool = np.flatnonzero(~named & (cpm >= EXPRESSED))
    chosen = rng.choice(pool, BACKGROUND, replace=False)
    size = 0.5 + rng.gamma(2.0, 0.3, BACKGROUND)
    lfc[chosen] = size * rng.choice([-1.0, 1.0], BACKGROUND)
    return lfc


def _membership(themes: dict[str, tuple[GeneSet, ...]], symbols: Sequence[str]) -> csr_array:
    """Return sets × genes, a gene's entries scaled so that their squares sum to one."""
    position = {symbol: index for index, symbol in enumerate(symbols)}
    sets = [gene_set for group in themes.values() for gene_set in group]
    rows = [row for row, gene_set in enumerate(sets) for _ in gene_set.genes]
    columns = [position[gene] for gene_set in sets for gene in gene_set.genes]
    times = np.bincount(columns, minlength=len(symbols))
    return csr_array(
        (1 / np.sqrt(times[columns]), (rows, columns)), shape=(len(sets), len(symbols))
    )


def _draw_effects(rng: np.random.Generator, samples: pd.DataFrame, membership: csr_array) -> Floats:
    """Return samples × genes, natural log: donor, clone and batch."""
    n_sets, n_genes = membership.shape
    donor, donors = pd.factorize(samples["donor"])
    batch, batches = pd.factorize(samples["batch"])
    own = rng.normal(size=(len(donors), n_genes))
    shared = rng.normal(size=(len(donors), n_sets)) @ membership
    in_set = np.asarray(membership.sum(axis=0)).ravel() > 0
    part = np.where(in_set, SET_SHARE, 0.0)
    sd = DONOR_SD * np.exp(rng.normal(0, SD_SCATTER, n_genes))
    donor_effect = sd * (np.sqrt(part) * shared + np.sqrt(1 - part) * own)
    touched = rng.random(n_genes) < BATCH_SHARE
    batch_effect = rng.normal(0, BATCH_SD, (len(batches), n_genes)) * touched
    clone_effect = rng.normal(0, CLONE_SD, (len(samples), n_genes))
    total: Floats = donor_effect[donor] + batch_effect[batch] + clone_effect
    return total


def _show_planted(effects: Floats, symbols: Sequence[str], samples: pd.DataFrame) -> None:
    """Remove the group means of the genes planted by name, in place.

    With four donors a group chance moves a ratio by a factor of 1.3; the cohort is meant to
    show the published ones. Their spread between donors stays.
    """
    columns = np.array([symbols.index(symbol) for symbol in PLANTED_GENES])
    for condition in samples["condition"].unique():
        rows = np.flatnonzero(samples["condition"] == condition)
        part = np.ix_(rows, columns)
        effects[part] -= effects[part].mean(axis=0)


def _silence_sex_genes(symbols: list[str], sex: pd.Series) -> Floats:
    """Return samples × genes: log 1e-4 for Y genes in females and XIST in males, else 0."""
    male_only = np.array([CHROMOSOMES.get(symbol) == "Y" for symbol in symbols])
    female_only = np.array([symbol == "XIST" for symbol in symbols])
    male = (sex == "male").to_numpy()[:, None]
    return np.where((male & female_only) | (~male & male_only), np.log(1e-4), 0.0)


def _tell_truth(
    annotation: pd.DataFrame, lfc: Floats, themes: dict[str, tuple[GeneSet, ...]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    genes = annotation[["gene_id", "symbol"]].assign(log2_fold_change=lfc)
    pairs = [
        (theme, gene_set.name, gene)
        for theme, sets in themes.items()
        for gene_set in sets
        for gene in gene_set.genes
    ]
    members = pd.DataFrame(pairs, columns=["theme", "gene_set", "symbol"])
    inside = members.merge(genes, on="symbol", validate="many_to_one")
    outside = genes[~genes["symbol"].isin(members["symbol"]) & (lfc != 0)]
    truth = pd.concat([inside, outside], ignore_index=True)
    truth["planted"] = truth["log2_fold_change"] != 0
    truth = truth.sort_values(["gene_id", "gene_set"], ignore_index=True)[TRUTH.names]
    planted = truth[truth["planted"]].groupby("gene_set").size()
    rows = []
    for theme, sets in themes.items():
        for gene_set in sets:
            least = PLANTED_SETS.get(gene_set.name, (0.0, 0.0, 0.0))[1]
            rows.append(
                {
                    "gene_set": gene_set.name,
                    "theme": theme,
                    "sign": gene_set.sign,
                    "changed": "up" if least > 0 else "down" if least < 0 else "none",
                    "n_genes": len(gene_set.genes),
                    "n_planted": int(planted.get(gene_set.name, 0)),
                }
            )
    return truth, pd.DataFrame(rows).sort_values("gene_set", ignore_index=True)
