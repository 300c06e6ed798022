"""The theme files: form, symbols against the annotation, overlap with public sets as a check."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from diffpath.gene_sets import Collection, read_collection

NAMES = ("calcium", "ecm", "inflammation", "senescence")
CHROMOSOMES = {*map(str, range(1, 23)), "X", "Y", "MT"}


@pytest.fixture(scope="module")
def themes(root: Path) -> dict[str, Collection]:
    """Every theme file, read without a finding."""
    read = {name: read_collection(root / f"resources/themes/{name}.tsv", name) for name in NAMES}
    assert not [str(item) for _, findings in read.values() for item in findings.items]
    return {name: collection for name, (collection, _) in read.items()}


@pytest.fixture(scope="module")
def public(shared: Path) -> dict[str, set[str]]:
    """Public sets, name to symbols."""
    files = [
        "h.all.v7.0.symbols.gmt",
        "naba_matrisome_human.gmt",
        "enrichr.GO_Biological_Process_2021.gmt",
    ]
    files += ["reactome_2021.gmt"]
    sets = {}
    for file in files:
        for gene_set in read_collection(shared / "genesets" / file, file)[0].sets:
            sets[gene_set.name] = set(gene_set.genes)
    # Three of its symbols are dates, a fault that read_collection names; the rest is of use here.
    for line in (shared / "genesets/senescence_sets.gmt").read_text().splitlines():
        name, _, *genes = line.split("\t")
        sets[name] = set(genes)
    return sets


def test_themes_have_enough_sets(themes: dict[str, Collection]) -> None:
    sizes = {name: len(collection.sets) for name, collection in themes.items()}
    assert all(6 <= sizes[name] <= 20 for name in NAMES), sizes


def test_sets_are_well_formed(themes: dict[str, Collection]) -> None:
    for name, collection in themes.items():
        for gene_set in collection.sets:
            assert re.fullmatch(rf"{name.upper()}_[A-Z0-9_]+", gene_set.name)
            assert 10 <= len(gene_set.genes) <= 200, gene_set.name
            assert len(gene_set.title) > 10
            assert re.search(r"GO:\d{7}|[A-Z].* (19|20)\d\d [A-Z]", gene_set.source), gene_set.name


def test_set_names_are_unique_over_all_files(themes: dict[str, Collection]) -> None:
    names = [gene_set.name for collection in themes.values() for gene_set in collection.sets]
    assert len(names) == len(set(names))


def test_files_are_sorted_and_without_doubles(root: Path) -> None:
    for name in NAMES:
        frame = pd.read_csv(root / f"resources/themes/{name}.tsv", sep="\t")
        assert frame["gene_set"].is_monotonic_increasing
        for genes in frame["genes"].str.split(" "):
            assert genes == sorted(set(genes))


@pytest.mark.parametrize("name", NAMES)
def test_no_gene_pulls_both_ways(themes: dict[str, Collection], name: str) -> None:
    for sign in (1, -1):
        assert any(gene_set.sign == sign for gene_set in themes[name].sets)
    up, down = (
        set(chain.from_iterable(s.genes for s in themes[name].sets if s.sign == sign))
        for sign in (1, -1)
    )
    assert not up & down


def test_every_symbol_is_in_the_annotation(themes: dict[str, Collection], shared: Path) -> None:
    genes = pd.read_csv(
        shared / "annotation/grch38_genes.tsv.gz", sep="\t", usecols=["symbol", "chr"], dtype=str
    )
    known = set(genes.loc[genes["chr"].isin(CHROMOSOMES), "symbol"].dropna())
    unknown = {
        gene_set.name: sorted(set(gene_set.genes) - known)
        for collection in themes.values()
        for gene_set in collection.sets
    }
    assert not {name: symbols for name, symbols in unknown.items() if symbols}


# Least share of our set in the public one(s); measured shares are printed by pytest -rP.
@pytest.mark.parametrize(
    ("ours", "theirs", "share"),
    [
        ("INFLAMMATION_NFKB_TARGETS", ["HALLMARK_TNFA_SIGNALING_VIA_NFKB"], 0.7),
        (
            "INFLAMMATION_INTERFERON_TYPE1",
            ["HALLMARK_INTERFERON_ALPHA_RESPONSE", "HALLMARK_INTERFERON_GAMMA_RESPONSE"],
            0.6,
        ),
        ("INFLAMMATION_INTERFERON_GAMMA", ["HALLMARK_INTERFERON_GAMMA_RESPONSE"], 0.5),
        ("INFLAMMATION_CHEMOKINES", ["Chemokine-receptors-bind-chemokines"], 0.6),
        ("INFLAMMATION_SASP_CORE", ["SENMAYO"], 0.6),
        ("INFLAMMATION_COMPLEMENT", ["Complement-cascade"], 0.6),
        (
            "CALCIUM_CATION_CHANNELS",
            ["calcium ion transmembrane transport (GO:0070588)", "TRP-channels", "Ion-homeostasis"],
            0.5,
        ),
        ("CALCIUM_RECEPTOR_PLC_SIGNALLING", ["G-alpha-(q)-signalling-events"], 0.5),
        ("ECM_FIBRILLAR_COLLAGENS", ["NABA_COLLAGENS"], 0.5),
        ("ECM_FACIT_AND_TRANSMEMBRANE_COLLAGENS", ["NABA_COLLAGENS"], 0.5),
        ("ECM_NETWORK_COLLAGENS", ["NABA_COLLAGENS"], 0.9),
        ("ECM_BASEMENT_MEMBRANE", ["NABA_CORE_MATRISOME"], 0.7),
        ("ECM_PROTEOGLYCANS", ["NABA_PROTEOGLYCANS"], 0.5),
        ("ECM_ADHESIVE_GLYCOPROTEINS", ["NABA_ECM_GLYCOPROTEINS"], 0.8),
        ("ECM_METALLOPROTEINASES", ["NABA_ECM_REGULATORS"], 0.9),
        ("ECM_PROTEASE_INHIBITORS", ["NABA_ECM_REGULATORS"], 0.7),
        ("ECM_COLLAGEN_PROCESSING_AND_CROSSLINKING", ["Collagen-formation"], 0.4),
        ("SENESCENCE_P53_TARGETS", ["HALLMARK_P53_PATHWAY"], 0.35),
        ("SENESCENCE_PROLIFERATION", ["Cell-Cycle"], 0.6),
        ("SENESCENCE_SASP", ["SENMAYO"], 0.6),
    ],
)
def test_sets_agree_with_public_ones(
    themes: dict[str, Collection],
    public: dict[str, set[str]],
    ours: str,
    theirs: list[str],
    share: float,
) -> None:
    collection = themes[ours.split("_")[0].lower()]
    genes = next(set(gene_set.genes) for gene_set in collection.sets if gene_set.name == ours)
    union = set().union(*(public[name] for name in theirs))
    found = len(genes & union) / len(genes)
    print(f"{ours}: {len(genes & union)} of {len(genes)} in {', '.join(theirs)} ({found:.2f})")
    assert found >= share


def test_no_set_is_a_copy_of_a_public_one(
    themes: dict[str, Collection], public: dict[str, set[str]]
) -> None:
    for collection in themes.values():
        for gene_set in collection.sets:
            genes = set(gene_set.genes)
            for name, other in public.items():
                assert len(genes & other) / len(genes | other) < 0.9, (gene_set.name, name)


def _genes(collection: Collection, name: str) -> set[str]:
    return set(next(gene_set.genes for gene_set in collection.sets if gene_set.name == name))


def test_core_markers_hold_no_gene_that_the_cited_signature_lowers(
    themes: dict[str, Collection], public: dict[str, set[str]]
) -> None:
    core = _genes(themes["senescence"], "SENESCENCE_CORE_MARKERS")
    assert len(core & public["HERNANDEZSEGURA_UP"]) >= 10
    assert not core & (public["HERNANDEZSEGURA_DOWN"] | public["CELLAGE_SIGNATURE_DOWN"])


def test_sets_that_fall_in_senescence_hold_no_gene_that_rises(
    themes: dict[str, Collection], public: dict[str, set[str]]
) -> None:
    falling = [s for s in themes["senescence"].sets if s.sign == -1]
    assert len(falling) == 4
    rising = public["HERNANDEZSEGURA_UP"] | public["CELLAGE_SIGNATURE_UP"]
    assert not [(s.name, gene) for s in falling for gene in s.genes if gene in rising]


def test_brakes_on_inflammation_are_not_what_it_induces(
    themes: dict[str, Collection], public: dict[str, set[str]]
) -> None:
    brakes = _genes(themes["inflammation"], "INFLAMMATION_NEGATIVE_REGULATORS")
    response = public["HALLMARK_TNFA_SIGNALING_VIA_NFKB"] | public["HALLMARK_INFLAMMATORY_RESPONSE"]
    assert brakes & response == {"KLF2"}  # lowered by cytokines in monocytes, Das 2006


def test_papers_that_were_not_found_are_still_cited(root: Path) -> None:
    text = (root / "resources/themes/README.md").read_text()
    section = text.split("## What was looked up of the sources")[1].split("\n## ")[0]
    named = re.findall(r"([A-Z][\w-]+(?: [A-Z][a-z]\w+)?) ((?:19|20)\d\d)[,:. ]", section)
    named = [" ".join(item) for item in named if item[0] != "In November"]
    assert len(set(named)) == 34, sorted(named)
    sources = " ".join(
        source
        for name in NAMES
        for source in pd.read_csv(root / f"resources/themes/{name}.tsv", sep="\t")["source"]
    )
    assert not [paper for paper in named if paper not in sources]
