"""What a page is made of: the written tables of one contrast, or of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from diffpath.tables import UNITS

Language = Literal["en", "ja"]


@dataclass(frozen=True)
class GeneSet:
    """A gene set as it was asked: its symbols, how it reads and where it is from.

    ``sign`` is -1 for a set of negative regulators of its theme, else 1.
    """

    genes: Sequence[str]
    title: str = ""
    sign: int = 1
    source: str = ""


@dataclass(frozen=True)
class Collection:
    """A theme, a panel or a broad collection: short name and title for readers."""

    name: str
    title: str


@dataclass(frozen=True)
class ContrastReport:
    """Everything the page of one contrast shows; every frame is a declared table.

    A frame that is None was not made; its part of the page then says so.

    Attributes
    ----------
    title, question
        Title of the report and the question in one sentence, as configured.
    contrast
        ``contrast``, ``design``, ``variable``, ``test``, ``reference``, ``subset``, ``note``.
    cohort
        ``name``, ``organism``, ``simulated`` (bool), ``unit`` (the column of the units table
        that names the independent unit, normally ``donor``).
    status
        ``status`` (confirmatory, exploratory, refused or failed) and ``reasons`` (texts).
    findings
        `FINDINGS` of every stage.
    units
        `UNITS`, with the covariates as further columns.
    components, associations, distances, sample_qc, biotypes
        The tables of those names. The scree comes from ``components``.
    results
        `RESULTS`, every gene of the input.
    expression
        Units × gene ids, variance-stabilised values (log2).
    design_matrix, contrast_vector
        Units × coefficients, and the weight of each coefficient.
    coverage, gsea, ora, exploratory
        `COVERAGE`, `GSEA`, `ORA` and `EXPLORATORY`, all collections together.
    gene_sets
        Collection → set → `GeneSet`, themes, panels and broad collections.
    themes, panels, collections
        What the names in the tables stand for, in the order of the config.
    theme_verdicts, theme_sets, theme_genes, theme_scores, theme_overlap, leave_one_out, claims
        Tables of the themes stage; without ``theme_verdicts`` the first screen answers from
        gene counts and GSEA, with the caveat that goes with them.
    cross_check, cross_check_themes
        `CROSS_CHECK` and `CROSS_CHECK_THEMES`, where the other engine was asked too.
    cross_check_status
        Row of its `STATUS`.
    provenance
        ``versions`` (name → version), ``parameters`` (key → value), ``inputs`` (rows with
        ``file`` and ``sha256``), ``commit``, ``command``, ``environment``.
    excluded
        Rows ``sample``, ``reason`` of the samples left out by the sheet.
    changes
        What differs from the run before: rows ``what``, ``before``, ``after``.
    markers
        Symbols of the identity checks.
    alpha
        Level that counts as significant.
    language
        Language the page opens in.
    numeric
        Covariates of ``units`` that are measurements; the others are labels.
    """

    title: str
    question: str
    contrast: Mapping[str, str]
    cohort: Mapping[str, Any]
    status: Mapping[str, Any]
    findings: pd.DataFrame
    units: pd.DataFrame
    components: pd.DataFrame | None = None
    associations: pd.DataFrame | None = None
    distances: pd.DataFrame | None = None
    sample_qc: pd.DataFrame | None = None
    biotypes: pd.DataFrame | None = None
    results: pd.DataFrame | None = None
    expression: pd.DataFrame | None = None
    design_matrix: pd.DataFrame | None = None
    contrast_vector: pd.Series | None = None
    coverage: pd.DataFrame | None = None
    gsea: pd.DataFrame | None = None
    ora: pd.DataFrame | None = None
    exploratory: pd.DataFrame | None = None
    gene_sets: Mapping[str, Mapping[str, GeneSet]] = field(default_factory=dict)
    themes: Sequence[Collection] = ()
    panels: Sequence[Collection] = ()
    collections: Sequence[Collection] = ()
    theme_verdicts: pd.DataFrame | None = None
    theme_sets: pd.DataFrame | None = None
    theme_genes: pd.DataFrame | None = None
    theme_scores: pd.DataFrame | None = None
    theme_overlap: pd.DataFrame | None = None
    leave_one_out: pd.DataFrame | None = None
    claims: pd.DataFrame | None = None
    cross_check: pd.DataFrame | None = None
    cross_check_themes: pd.DataFrame | None = None
    cross_check_status: Mapping[str, Any] | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    excluded: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    markers: Sequence[str] = ()
    alpha: float = 0.05
    language: Language = "en"
    numeric: Sequence[str] = ()

    @property
    def simulated(self) -> bool:
        """Whether the counts are simulated, which every page and figure then says."""
        return bool(self.cohort.get("simulated", False))

    @property
    def donor_column(self) -> str:
        """Column of ``units`` that names the donor; the unit itself where it has none."""
        name = str(self.cohort.get("unit", "donor"))
        return name if name in self.units.columns else "unit"

    @property
    def covariates(self) -> list[str]:
        """Columns of ``units`` beyond the declared ones."""
        return [c for c in self.units.columns if c not in UNITS.names]


@dataclass(frozen=True)
class IndexEntry:
    """One contrast in the index: its page, its tables and what it asks.

    ``results`` may hold no more than the columns of `RESULTS` that the index shows.
    """

    page: str
    contrast: Mapping[str, str]
    status: Mapping[str, Any]
    units: pd.DataFrame
    results: pd.DataFrame | None = None
    theme_verdicts: pd.DataFrame | None = None


@dataclass(frozen=True)
class IndexReport:
    """Everything the index over the contrasts shows.

    Attributes
    ----------
    contrasts
        One entry a contrast, in the order of contrasts.tsv; ``page`` is relative.
    sources, sample_qc, biotypes, findings
        Tables of the cohort.
    """

    title: str
    question: str
    cohort: Mapping[str, Any]
    contrasts: Sequence[IndexEntry]
    findings: pd.DataFrame
    themes: Sequence[Collection] = ()
    sources: pd.DataFrame | None = None
    sample_qc: pd.DataFrame | None = None
    biotypes: pd.DataFrame | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    alpha: float = 0.05
    language: Language = "en"

    @property
    def simulated(self) -> bool:
        """Whether the counts are simulated."""
        return bool(self.cohort.get("simulated", False))
