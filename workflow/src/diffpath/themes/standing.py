"""Whether a design can carry a verdict: confirmatory, exploratory or refused, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any, Literal

import numpy as np
import pandas as pd

from diffpath.enrich.linear import ContrastError, separate_contrast, split_design
from diffpath.findings import Findings

Status = Literal["confirmatory", "exploratory", "refused"]

FEWEST_DF = 3
FEWEST_RELABELLED = 4  # 3 against 3 gives no p below .10


@dataclass(frozen=True)
class Standing:
    """What a design can carry.

    Attributes
    ----------
    status
        ``confirmatory``; ``exploratory``: numbers without a verdict; ``refused``:
        description without p-values.
    reasons
        Why it is not confirmatory, with columns, donors and units named.
    findings
        The same, and warnings that do not change the status, for the report.
    n_test, n_reference
        Independent donors in each group: the effective n.
    residual_df
        Units less the rank of the design.
    smallest_p
        Smallest two-sided p that relabelling (or, in pairs, swapping within) the donors
        could give; missing where a group is empty.
    relabel
        Whether the exact relabelling test applies: one unit a donor, no other term in the
        design, four or more donors in each group.
    """

    status: Status
    reasons: tuple[str, ...]
    findings: Findings
    n_test: int
    n_reference: int
    residual_df: int
    smallest_p: float
    relabel: bool

    @property
    def reason(self) -> str | None:
        """The reasons in one text."""
        return "; ".join(self.reasons) or None


@dataclass
class _Ledger:
    contrast: str
    refused: list[str] = field(default_factory=list)
    lowered: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def say(self, code: str, found: str, expected: str, mend: str, **values: Any) -> None:
        self.findings.warning(
            code,
            "contrasts",
            f"contrast '{self.contrast}'",
            found=found,
            expected=expected,
            mend=mend,
            values={"contrast": self.contrast, **values},
        )


def assess_design(
    units: pd.DataFrame,
    design: pd.DataFrame,
    contrast: pd.Series,
    *,
    variable: str,
    test: str,
    reference: str,
    donor: str,
    covariates: Sequence[str] = (),
    name: str = "",
) -> Standing:
    """Judge whether a design can carry a verdict on this contrast.

    Refused: fewer than two donors in a group; a contrast the design cannot tell from
    other terms, or a rank-deficient design; donors that repeat within a condition
    without being a term of the design; all donors of a group in one level of a technical
    column that the other group has no part in. Down to exploratory: donors that repeat
    within a condition and are a term of the design, since a term for the donor leaves the
    donor's own response to the condition in each of the repeats; a technical column none
    of whose levels holds both groups; a group of two donors; fewer than three residual
    degrees of freedom.

    Parameters
    ----------
    units
        Units × columns of the sheet.
    design, contrast
        Design matrix (rows as ``units``) and the weights of its columns.
    variable, test, reference
        What is compared.
    donor
        Column that names the independent donor.
    covariates
        Technical columns (batch, passage, run) that are held against the condition,
        whether the design names them or not. Columns that describe the condition itself
        (diagnosis, mutation, severity) do not belong here.
    name
        Name of the contrast, for the findings.
    """
    units = units.loc[design.index]
    labels = units[variable].astype(str)
    compared = units[labels.isin([test, reference])]
    is_test = labels.loc[compared.index] == test
    donors = compared[donor].astype(str)
    counts = [int(donors[side].nunique()) for side in (is_test, ~is_test)]
    matrix, weights = design.to_numpy(float), contrast.to_numpy(float)
    rank = int(np.linalg.matrix_rank(matrix)) if matrix.size else 0
    df = len(matrix) - rank
    ledger = _Ledger(name)

    _check_counts(ledger, variable, test, reference, donor, counts)
    _check_rank(ledger, design, weights, rank)
    _check_repeats(ledger, matrix, units, donors, is_test, variable, donor)
    for column in covariates:
        if column not in (variable, donor) and column in units.columns:
            _check_confounding(ledger, column, compared, is_test, donors, test, reference)
    if min(counts) >= 2 and not ledger.refused:
        _check_size(ledger, counts, df)

    shared = len(set(donors[is_test]) & set(donors[~is_test]))
    smallest = _smallest_p(counts, shared)
    single = len(compared) == len(units) and not donors.duplicated().any()
    relabel = single and min(counts) >= FEWEST_RELABELLED and _is_plain(matrix, weights)
    status: Status = "confirmatory"
    if ledger.refused:
        status = "refused"
    elif ledger.lowered:
        status = "exploratory"
    return Standing(
        status=status,
        reasons=tuple(ledger.refused or ledger.lowered),
        findings=ledger.findings,
        n_test=counts[0],
        n_reference=counts[1],
        residual_df=df,
        smallest_p=smallest,
        relabel=relabel,
    )


def _check_counts(
    ledger: _Ledger, variable: str, test: str, reference: str, donor: str, counts: list[int]
) -> None:
    low = [
        (level, count) for level, count in zip((test, reference), counts, strict=True) if count < 2
    ]
    few = [
        f"{variable} = '{level}' has {count or 'no'} {donor}{'s' * (count == 0)}"
        for level, count in low
    ]
    if few:
        text = " and ".join(few) + ": without a second donor nothing tells the groups' "
        ledger.refused.append(text + "difference from one donor's own")
        ledger.say(
            "one_donor_a_group",
            " and ".join(few),
            "two or more independent donors in each group, better four",
            "add donors; clones, cultures and sequencing runs of a donor do not count",
            variable=variable,
            donor=donor,
            groups=[[level, count or "no"] for level, count in low],
        )


def _check_rank(ledger: _Ledger, design: pd.DataFrame, weights: np.ndarray, rank: int) -> None:
    if rank == design.shape[1]:
        return
    matrix = design.to_numpy(float)
    _, _, right = np.linalg.svd(matrix)
    null = right[rank:]
    involved = [str(c) for c in design.columns[(np.abs(null) > 1e-8).any(axis=0)]]
    try:
        separate_contrast(matrix, weights)
        consequence = "the design is rank deficient"
    except ContrastError:
        consequence = "the contrast cannot be told from other terms"
    text = f"design columns {', '.join(involved)} are combinations of one another"
    ledger.refused.append(f"{text}: {consequence}")
    ledger.say(
        "rank_deficient",
        f"{text} ({', '.join(map(str, design.index))})",
        "columns of which none can be made from the others",
        "take a term out of the design or add units that tell the terms apart",
        columns=involved,
        units=[str(unit) for unit in design.index],
    )


def _check_repeats(
    ledger: _Ledger,
    matrix: np.ndarray,
    units: pd.DataFrame,
    donors: pd.Series,
    is_test: pd.Series,
    variable: str,
    donor: str,
) -> None:
    names = units[donor].astype(str)
    cells = names.str.cat(units[variable].astype(str), sep="\0")
    repeated = sorted(set(names[cells.duplicated()]))
    across = sorted(set(donors[is_test]) & set(donors[~is_test]))
    term = _spans(matrix, names)
    if repeated and not (term and ledger.refused):
        rows = names.index[names.isin(repeated)]
        found = (
            f"{donor} {', '.join(repeated)} stands more than once in the same {variable} "
            f"({', '.join(map(str, rows))})"
        )
        if term:
            # Simulated null sets, 4 donors x 3 passages: the donor key calls 12% where donor x
            # condition holds .3 of the sets' variance, 24% at .8.
            ledger.lowered.append(
                f"{found}: a {donor}'s rows within a {variable} are alike, also with "
                f"'{donor}' in the design"
            )
        else:
            ledger.refused.append(f"{found} and is not a term of the design")
        ledger.say(
            "donor_repeats",
            found,
            f"one unit a {donor} and {variable}",
            f"take the column that tells these units apart out of the design, so that they are "
            f"summed, or choose one of them by 'subset'; '{donor}' in the design gives "
            "numbers without a verdict",
            donor=donor,
            variable=variable,
            donors=repeated,
            units=[str(row) for row in rows],
        )
    elif across and not term and not repeated:
        # Donors shared by the groups make an unpaired test too cautious, not false.
        ledger.say(
            "pairs_not_used",
            f"{donor} {', '.join(across)} in both groups of '{variable}', not in the design",
            f"'{donor}' as a term of the design",
            f"add '{donor}' to the design: changes are then seen within donors",
            donor=donor,
            variable=variable,
            donors=across,
        )


def _check_confounding(
    ledger: _Ledger,
    column: str,
    compared: pd.DataFrame,
    is_test: pd.Series,
    donors: pd.Series,
    test: str,
    reference: str,
) -> None:
    # A unit summed over levels has them joined by a plus sign; an empty cell is not a level.
    known = compared[column].dropna().astype(str)
    levels = known[known != ""].str.split("+").explode()
    of_test = is_test[levels.index].to_numpy()
    sides = {test: levels[of_test], reference: levels[~of_test]}
    if any(side.empty for side in sides.values()) or set(sides[test]) & set(sides[reference]):
        return
    # Levels of one donor each are the donors' own scatter, which the test allows for.
    if not (donors[levels.index].groupby(levels.to_numpy()).nunique() > 1).any():
        return
    listing = "; ".join(
        f"{label}: " + ", ".join(f"{unit} {value}" for unit, value in side.items())
        for label, side in sides.items()
    )
    found = f"no level of '{column}' holds both {test} and {reference} ({listing})"
    if any(
        side.nunique() == 1 and donors[side.index.unique()].nunique() > 1 for side in sides.values()
    ):
        ledger.refused.append(
            f"{found}: the difference of the groups cannot be told from that of '{column}'"
        )
    else:
        # Simulated null sets, 4 against 4 in batches of two: the donor key calls 9% where batches
        # hold .3 of the sets' variance, 19% at .8.
        ledger.lowered.append(
            f"{found}: donors that share a level of '{column}' are alike, and no level tells "
            "that from the difference of the groups"
        )
    ledger.say(
        "confounded",
        found,
        f"each level of '{column}' with units of both groups",
        "process units of both groups together; no analysis can separate the two afterwards",
        variant="levels",
        column=column,
        test=test,
        reference=reference,
        levels=[
            [label, [f"{unit} {value}" for unit, value in side.items()]]
            for label, side in sides.items()
        ],
    )


def _check_size(ledger: _Ledger, counts: list[int], df: int) -> None:
    size = f"{counts[0]} against {counts[1]} donors, {df} residual degrees of freedom"
    # A pooled variance lets one bad sample of a small group pass beside a large one: at 2 against
    # 12, Holm's p called 6 of 10 outliers of `benchmarks/calibration --scenarios outlier`.
    if min(counts) <= 2 or df < FEWEST_DF:
        ledger.lowered.append(f"{size}: too few for a verdict")
        ledger.say(
            "too_few_donors",
            size,
            f"three or more donors in each group, {FEWEST_DF} or more residual degrees of freedom",
            "add donors; numbers are given as exploratory",
            n_test=counts[0],
            n_reference=counts[1],
            df=df,
            limit=FEWEST_DF,
        )
    elif min(counts) <= 3:
        ledger.say(
            "few_donors",
            size,
            "four or more donors in each group",
            "read 'no evidence' with its detectable effect: a change of that size may be missed",
            n_test=counts[0],
            n_reference=counts[1],
            df=df,
        )


def _smallest_p(counts: list[int], shared: int) -> float:
    if min(counts) == 0:
        return float("nan")
    if shared and shared == max(counts):
        return float(2.0 ** (1 - shared))
    return (2 if counts[0] == counts[1] else 1) / comb(sum(counts), counts[0])


def _spans(matrix: np.ndarray, labels: pd.Series) -> bool:
    """Whether every donor's indicator lies in the column space of the design."""
    indicators = pd.get_dummies(labels, dtype=float).to_numpy()
    fitted = matrix @ np.linalg.lstsq(matrix, indicators, rcond=None)[0]
    return bool(np.allclose(fitted, indicators, atol=1e-7))


def _is_plain(matrix: np.ndarray, weights: np.ndarray) -> bool:
    """Whether the design holds nothing but a mean and the contrast."""
    nuisance, _ = split_design(matrix, weights)
    constant = nuisance - nuisance.mean(axis=0)
    return bool(np.linalg.matrix_rank(matrix) == 2 and np.allclose(constant, 0, atol=1e-9))
