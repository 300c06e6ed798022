"""Checks of the merged counts, each set off by the fault it is for."""

from __future__ import annotations

import anndata
import numpy as np
import pandas as pd
import pytest

from diffpath.check.counts import check_counts
from diffpath.check.similarity import NOISE_RATIO, noise_ratio
from diffpath.tables import BIOTYPES, SAMPLE_QC, conform

Y_GENES = ["RPS4Y1", "DDX3Y", "UTY", "KDM5D", "EIF1AY", "USP9Y", "ZFY"]
PAIRS = 30
N_GENES = 12_000


def make_genes() -> pd.DataFrame:
    symbols = [f"GENE{i}" for i in range(N_GENES)]
    biotypes = ["protein_coding"] * N_GENES
    chromosomes = ["1"] * N_GENES
    for i, name in enumerate([*Y_GENES, "XIST", "WRN"]):
        symbols[i] = name
        chromosomes[i] = "Y" if name in Y_GENES else "8"
    biotypes[7] = "lncRNA"
    for i in range(PAIRS):
        symbols[20 + i], symbols[60 + i] = f"SENSE{i}", f"SENSE{i}-AS1"
        biotypes[60 + i] = "lncRNA"
    biotypes[100] = "rRNA"
    chromosomes[101] = "MT"
    biotypes[102:105] = ["processed_pseudogene", "IG_C_gene", "TEC"]
    biotypes[105], symbols[105] = None, None
    return pd.DataFrame(
        {
            "gene_id": [f"g{i:05d}" for i in range(N_GENES)],
            "symbol": symbols,
            "biotype": biotypes,
            "chromosome": chromosomes,
            "symbol_status": ["unmapped" if s is None else "unique" for s in symbols],
        }
    )


GENES = make_genes()


def cohort(n: int = 6, seed: int = 1) -> tuple[np.ndarray, pd.DataFrame]:
    """Return counts (samples × genes) of two conditions with n/2 donors each, and a sheet."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(4.8, 1.2, N_GENES)
    level[20 : 20 + PAIRS] = 500
    level[60:106] = 5
    mean = np.stack([level * rng.lognormal(0, 0.2, N_GENES) for _ in range(n)])
    mean[:, :7] = 300
    mean[:, 7] = 0
    counts = rng.poisson(mean).astype(np.int64)
    names = [f"s{i}" for i in range(n)]
    sheet = pd.DataFrame(
        {
            "condition": ["WS"] * (n // 2) + ["control"] * (n - n // 2),
            "donor": [f"d{i}" for i in range(n)],
            "sex": ["male"] * n,
        },
        index=names,
    )
    return counts, sheet


def check(counts, sheet, genes=GENES):
    data = anndata.AnnData(
        X=counts,
        obs=pd.DataFrame(index=sheet.index),
        var=pd.DataFrame(index=genes["gene_id"].to_numpy()),
    )
    return check_counts(data, genes, sheet, "samples.tsv")


def warnings(findings) -> dict[str, str]:
    return {item.code: str(item) for item in findings.items if item.severity != "note"}


def test_sound_cohort_is_quiet_and_measured():
    counts, sheet = cohort()
    qc, biotypes, findings = check(counts, sheet)
    assert warnings(findings) == {}
    conform(qc, SAMPLE_QC)
    conform(biotypes, BIOTYPES)
    assert qc["sample"].tolist() == list(sheet.index)
    assert qc["library_size"].tolist() == counts.sum(axis=1).tolist()
    assert qc["detected_genes"].tolist() == (counts >= 10).sum(axis=1).tolist()
    assert qc["wrn_cpm"][0] == pytest.approx(counts[0, 8] / counts[0].sum() * 1e6)
    assert set(qc["sex_observed"]) == {"male"}
    assert biotypes.groupby("sample")["counts"].sum().tolist() == counts.sum(axis=1).tolist()
    assert biotypes.groupby("sample")["fraction"].sum().to_numpy() == pytest.approx(1)
    assert biotypes["biotype"][:8].tolist() == [
        *["immune_receptor", "lncRNA", "mitochondrial", "other", "protein_coding", "pseudogene"],
        *["rRNA", "unannotated"],
    ]


def test_order_of_samples_and_genes_does_not_matter():
    counts, sheet = cohort()
    rng = np.random.default_rng(2)
    rows, columns = rng.permutation(len(counts)), rng.permutation(N_GENES)
    forth = check(counts, sheet)
    back = check(counts[rows][:, columns], sheet.iloc[rows], GENES.iloc[columns])
    for i, key in enumerate((["sample"], ["sample", "biotype"])):
        first, second = (t[i].sort_values(key).reset_index(drop=True) for t in (forth, back))
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert forth[2] == back[2]


def test_low_depth_is_named():
    counts, sheet = cohort()
    counts[2] = counts[2] // 6
    qc, _, findings = check(counts, sheet)
    median = np.median(qc["library_size"])
    assert warnings(findings)["low_depth"] == (
        f"samples.tsv, sample s2: found few counts: {qc['library_size'][2]:,}; expected at least "
        f"a fifth of the cohort's median ({median:,.0f}). "
        "To mend: sequence these samples deeper, or exclude them with a reason."
    )


def test_shallow_cohort_and_few_genes_are_named():
    counts, sheet = cohort()
    shallow = counts // 4
    shallow[4, 5000:] = 0
    found = warnings(check(shallow, sheet)[2])
    assert found["shallow"].startswith("samples.tsv, samples s0, s1, s2, s3, s4, s5: found few")
    assert found["few_genes"].startswith("samples.tsv, sample s4: found few genes with 10 counts")
    excerpt = warnings(check(shallow[:, :9000], sheet, GENES[:9000])[2])
    assert "shallow" not in excerpt


def test_dominating_genes_are_named():
    counts, sheet = cohort()
    counts[1, 200:230] += counts[1].sum() // 10
    assert warnings(check(counts, sheet)[2])["few_genes_dominate"].startswith(
        "samples.tsv, sample s1: found most counts in 100 genes: 7"
    )


@pytest.mark.parametrize(
    ("gene", "factor", "code", "text"),
    [
        (
            100,
            0.1,
            "rrna_heavy",
            "a large share of counts in ribosomal RNA: 9%; expected at most 5%",
        ),
        (
            101,
            0.5,
            "mitochondrial_heavy",
            "a large share of counts in mitochondrial genes: 33%; expected at most 25%",
        ),
    ],
)
def test_heavy_libraries_are_named(gene, factor, code, text):
    counts, sheet = cohort()
    counts[3, gene] = int(counts[3].sum() * factor)
    found = warnings(check(counts, sheet)[2])
    assert list(found) == [code]
    assert f"samples.tsv, sample s3: found {text}" in found[code]


def test_wrong_strand_is_named():
    counts, sheet = cohort()
    sense, antisense = slice(20, 20 + PAIRS), slice(60, 60 + PAIRS)
    swapped = counts[:2, sense].copy()
    counts[:2, sense] = counts[:2, antisense]
    counts[:2, antisense] = swapped
    qc, _, findings = check(counts, sheet)
    shares = ", ".join(f"{value:.1%}" for value in qc["antisense_fraction"][:2])
    assert warnings(findings)["wrong_strand"] == (
        "samples.tsv, samples s0, s1: found antisense genes where their sense partners should be "
        f"(such as VIM-AS1 for VIM); share of counts in antisense genes: {shares}; expected at "
        "most 3% of counts, and fewer counts in SYMBOL-AS1 than in SYMBOL for at least 70% of "
        "pairs. To mend: count again with the other strandedness (featureCounts -s 1 or 2, "
        "HTSeq --stranded yes or reverse)."
    )


def test_sex_is_held_against_the_sheet():
    counts, sheet = cohort()
    counts[:3, :7] = 0
    counts[0, 7] = 5000
    sheet["sex"] = ["F", "m", "F", "M", "female", "unknown"]
    qc, _, findings = check(counts, sheet)
    assert qc["sex_observed"].tolist() == ["female"] * 3 + ["male"] * 3
    found = [str(item) for item in findings.items if item.code == "sex_mismatch"]
    assert found == [
        "samples.tsv, column 'sex': found 1 sample stated as female in which genes of the Y "
        f"chromosome are expressed: s4 (XIST 0.0, Y genes {qc['y_cpm'][4]:.1f} CPM); expected "
        "female samples. To mend: look for swapped samples or correct the sheet.",
        "samples.tsv, column 'sex': found 1 sample stated as male in which genes of the Y "
        "chromosome are silent: s1 (XIST 0.0, Y genes 0.0 CPM); expected male samples (unless "
        "they lost the Y chromosome). To mend: look for swapped samples or correct the sheet.",
    ]


def test_clones_of_one_donor_must_agree_in_sex():
    counts, sheet = cohort()
    counts[1, :7] = 0
    sheet["donor"] = ["d0", "d0", "d1", "d2", "d2", "d3"]
    assert warnings(check(counts, sheet.drop(columns="sex"))[2]) == {
        "donor_of_two_sexes": "samples.tsv, donor d0: found samples of both sexes by their Y "
        "genes: s0 male, s1 female; expected one sex per donor. "
        "To mend: look for swapped samples or correct the sheet."
    }


def test_wrn_is_noted_per_condition():
    counts, sheet = cohort()
    counts[:3, 8] = 0
    qc, _, findings = check(counts, sheet)
    (note,) = (item for item in findings.items if item.code == "wrn_expression")
    median = qc["wrn_cpm"][3:].median()
    assert note.found == f"median counts per million: WS 0.0 (n = 3), control {median:.1f} (n = 3)"


def test_unmeasured_wrn_is_warned_of():
    counts, sheet = cohort()
    genes = GENES.assign(symbol=GENES["symbol"].replace("WRN", "NOTWRN"))
    assert list(warnings(check(counts, sheet, genes)[2])) == ["wrn_not_measured"]


def test_matrix_without_symbols_is_not_asked_for_them():
    counts, sheet = cohort()
    genes = GENES.assign(symbol=None, biotype=None, chromosome=None, symbol_status="unmapped")
    qc, biotypes, findings = check(counts, sheet, genes)
    conform(qc, SAMPLE_QC)
    assert findings.items == []
    assert qc[["rrna_fraction", "y_cpm", "sex_observed", "wrn_cpm"]].isna().all().all()
    assert set(biotypes["biotype"]) == {"unannotated"}


def test_identical_samples_are_an_error():
    counts, sheet = cohort()
    counts[4] = counts[1]
    qc, _, findings = check(counts, sheet)
    assert [str(error) for error in findings.errors] == [
        "samples.tsv, samples s1, s4: found the same count in every gene; expected one column per "
        "library. To mend: keep one of them and exclude the others in the sheet, or correct their "
        "files."
    ]
    assert qc["nearest_sample"][4] == "s1"
    assert qc["nearest_correlation"][4] == pytest.approx(1)


@pytest.mark.parametrize("fraction", [0.5, 0.8, 0.99])
def test_subsample_of_the_same_reads_is_found(fraction):
    counts, sheet = cohort()
    counts[4] = np.random.default_rng(3).binomial(counts[1], fraction)
    found = warnings(check(counts, sheet)[2])
    assert list(found) == ["duplicate_samples"]
    assert found["duplicate_samples"].startswith(
        "samples.tsv, samples s1, s4: found counts that differ by less than counting noise"
    )


def test_two_lanes_of_one_library_are_no_duplicates():
    counts, sheet = cohort()
    rng = np.random.default_rng(4)
    level = counts[1] / 2
    counts[1], counts[4] = rng.poisson(level), rng.poisson(level)
    ratio = noise_ratio(counts[1].astype(float), counts[4].astype(float))
    assert ratio == pytest.approx(0.455, abs=0.03)
    assert ratio > NOISE_RATIO
    assert warnings(check(counts, sheet)[2]) == {}


def test_swapped_clones_are_found():
    rng = np.random.default_rng(5)
    counts, _ = cohort(4)
    clones = [rng.poisson(row * rng.lognormal(0, 0.1, (3, N_GENES))) for row in counts]
    counts = np.concatenate(clones)
    sheet = pd.DataFrame(
        {
            "condition": ["WS"] * 6 + ["control"] * 6,
            "donor": [f"d{i // 3}" for i in range(12)],
        },
        index=[f"s{i:02d}" for i in range(12)],
    )
    assert warnings(check(counts, sheet)[2]) == {}
    counts[[1, 4]] = counts[[4, 1]]
    assert warnings(check(counts, sheet)[2]) == {
        "possible_swap": "samples.tsv, column 'donor': found s01 (donor d0) is nearer to donor d1, "
        "s04 (donor d1) is nearer to donor d0; expected samples nearest to their own donor's "
        "within a condition. "
        "To mend: look for swapped samples, or a batch that outweighs the donors."
    }
    unrelated = sheet.assign(donor=[f"d{i % 3}" for i in range(12)])
    assert "possible_swap" not in warnings(check(cohort(12)[0], unrelated)[2])


def test_excerpt_of_few_genes_is_not_judged_by_what_it_lacks():
    counts, sheet = cohort()
    counts[4, 200:600] = np.random.default_rng(3).binomial(counts[1, 200:600], 0.9)
    qc, _, findings = check(counts[:, 200:600], sheet, GENES[200:600])
    assert findings.items == []
    assert qc[["sex_observed", "y_cpm", "xist_cpm", "wrn_cpm"]].isna().all().all()


@pytest.mark.parametrize(
    ("xist", "y", "sex"),
    [
        (0, 3000, "male"),
        (400, 0, "female"),
        (0, 0, "female"),  # iPSC-derived lines lose XIST
        (400, 90, "female"),  # short reads of X copies that fall on Y
        (90, 400, "unclear"),  # both: a mixture, or XXY
        (0, 10, "unclear"),
    ],
)
def test_rule_for_sex(xist, y, sex):
    counts, sheet = cohort()
    cpm = counts[0].sum() / 1e6
    counts[0, :7] = round(y * cpm / 7)
    counts[0, 7] = round(xist * cpm)
    assert check(counts, sheet)[0]["sex_observed"][0] == sex


def test_a_row_of_totals_is_an_error():
    counts, sheet = cohort()
    counts[:, 500] = counts.sum(axis=1) - counts[:, 500]
    _, _, findings = check(counts, sheet)
    assert str(findings.errors[0]) == (
        "samples.tsv, gene 'g00500': found in every sample the sum of all other rows of the "
        "matrix; expected rows of genes. To mend: delete the row of totals."
    )
