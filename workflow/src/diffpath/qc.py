"""What the units look like before any test: components, distances, outliers, confounding."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import fdtrc

from diffpath.findings import Findings
from diffpath.tables import ASSOCIATIONS, COMPONENTS, DISTANCES

TOP_GENES = 500  # most variable genes that enter the components, as is usual for bulk
OUTLIER_RATIO = 1.5


def find_components(values: pd.DataFrame, n_components: int = 10) -> pd.DataFrame:
    """Return the principal components of the units (`COMPONENTS`).

    The components of scanpy's full PCA, without its 1.2 s of imports in every job.

    Parameters
    ----------
    values
        Units × genes, variance-stabilised (log2).
    n_components
        At most this many; fewer where there are fewer units.
    """
    variance = values.var(axis=0)
    top = variance.sort_values(ascending=False, kind="stable").index[:TOP_GENES]
    data = values[sorted(top)].to_numpy(dtype=np.float64)
    count = min(n_components, len(values) - 1, data.shape[1] - 1)
    if count < 1:
        return pd.DataFrame(columns=COMPONENTS.names)
    left, size, right = np.linalg.svd(data - data.mean(axis=0), full_matrices=False)
    # A component's sign is arbitrary: the largest loading is made positive.
    largest = np.abs(right).argmax(axis=1)
    scores = left * size * np.where(right[np.arange(len(size)), largest] < 0, -1.0, 1.0)
    share = size**2 / max((size**2).sum(), np.finfo(float).tiny)
    rows = [
        (unit, f"PC{k + 1}", scores[i, k], share[k])
        for k in range(count)
        for i, unit in enumerate(values.index)
    ]
    return pd.DataFrame(rows, columns=COMPONENTS.names)


def measure_distances(values: pd.DataFrame) -> pd.DataFrame:
    """Return the `DISTANCES` between all pairs of units (units × genes, log2 in)."""
    data = values.to_numpy(dtype=float)
    square = (data**2).sum(axis=1)
    distance = np.sqrt(np.maximum(square[:, None] + square[None, :] - 2 * data @ data.T, 0.0))
    np.fill_diagonal(distance, 0.0)
    correlation = np.clip(np.corrcoef(data), -1.0, 1.0)
    names = list(values.index)
    rows = [
        (a, b, distance[i, j], correlation[i, j])
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=DISTANCES.names)


def flag_outliers(distances: pd.DataFrame, groups: pd.Series) -> tuple[pd.Series, Findings]:
    """Flag units far from their own group.

    A unit is flagged where its median distance to the other units of its group
    is more than 1.5 times the median of that figure over all units. Groups of
    one have nothing to compare.

    Returns
    -------
    tuple
        Unit → flagged, and a warning per flagged unit.
    """
    findings = Findings()
    table = distances.pivot(index="unit_a", columns="unit_b", values="distance")
    own = {}
    for unit in groups.index:
        mates = [u for u in groups.index[groups == groups[unit]] if u != unit]
        own[unit] = float(table.loc[unit, mates].median()) if mates else np.nan
    typical = np.nanmedian(list(own.values())) if any(np.isfinite(list(own.values()))) else np.nan
    flags = pd.Series({unit: value > OUTLIER_RATIO * typical for unit, value in own.items()})
    for unit in flags.index[flags]:
        findings.warning(
            "outlier_unit",
            "units",
            f"unit '{unit}'",
            values={"unit": unit, "own": own[unit], "typical": typical, "ratio": OUTLIER_RATIO},
            found=f"a median distance of {own[unit]:.0f} to its group, the typical unit has "
            f"{typical:.0f}",
            expected=f"at most {OUTLIER_RATIO} times the typical distance",
            mend="look at the unit; exclude it in the sample sheet only for a reason known apart "
            "from its expression",
        )
    return flags.reindex(groups.index), findings


def associate(
    components: pd.DataFrame, covariates: pd.DataFrame, numeric: list[str]
) -> pd.DataFrame:
    """Return the share of each component that each covariate explains (`ASSOCIATIONS`)."""
    rows = []
    for component, part in components.groupby("component", sort=False):
        score = part.set_index("unit")["score"]
        for name in covariates.columns:
            values = covariates.loc[score.index, name]
            if name not in numeric and values.nunique() == len(values):
                continue  # a label of its own for every unit explains everything and says nothing
            known = (values.notna() & (values.astype(str) != "")).to_numpy()
            kind = "numeric" if name in numeric else "categorical"
            r_squared, p = _explain(score.to_numpy()[known], values[known], kind)
            if np.isfinite(r_squared):
                rows.append((component, name, kind, int(known.sum()), r_squared, p))
    return pd.DataFrame(rows, columns=ASSOCIATIONS.names)


def _explain(score: NDArray[np.float64], values: pd.Series, kind: str) -> tuple[float, float]:
    n = len(score)
    total = ((score - score.mean()) ** 2).sum() if n else 0.0
    if n < 3 or total <= 0 or values.nunique() < 2:
        return np.nan, np.nan
    if kind == "numeric":
        fit = np.polyfit(values.to_numpy(dtype=float), score, 1)
        fitted, df = np.polyval(fit, values.to_numpy(dtype=float)), 1
    else:
        fitted = pd.Series(score).groupby(values.to_numpy()).transform("mean").to_numpy()
        df = values.nunique() - 1
    residual = ((score - fitted) ** 2).sum()
    r_squared = float(np.clip(1 - residual / total, 0.0, 1.0))
    left = n - 1 - df
    if left < 1:
        return r_squared, np.nan
    f = (total - residual) / df / max(residual / left, np.finfo(float).tiny)
    return r_squared, float(fdtrc(df, left, f))


def find_confounding(
    covariates: pd.DataFrame, variable: str, numeric: list[str], file: str
) -> Findings:
    """Warn of labels that cannot be told from, or go along with, the compared variable.

    Cramér's V of the variable with each column of labels: 1 means that knowing
    one gives the other; from .7 on, most of it. Columns where every unit has a
    label of its own (donor names) and columns nested in the variable by nature
    are not asked. Empty cells are not a label.
    """
    findings = Findings()
    groups = covariates[variable].astype(str)
    for name in covariates.columns:
        labels = covariates[name].dropna().astype(str)
        labels = labels[labels != ""]
        target = groups[labels.index]
        if name == variable or name in numeric or not 1 < labels.nunique() < len(labels):
            continue
        if target.nunique() < 2:
            continue
        table = pd.crosstab(target, labels)
        seen = table.to_numpy(dtype=float)
        expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / len(labels)
        chi2 = ((seen - expected) ** 2 / expected).sum()
        v = float(np.sqrt(chi2 / (len(labels) * (min(table.shape) - 1))))
        if v >= 0.7:
            exact = v > 1 - 1e-9
            shown = "; ".join(
                f"{level}: {', '.join(sorted(set(labels[target == level])))}"
                for level in sorted(set(target))
            )
            findings.warning(
                "confounded" if exact else "nearly_confounded",
                file,
                f"columns '{variable}' and '{name}'",
                values={
                    "variable": variable,
                    "name": name,
                    "v": v,
                    "levels": [
                        [level, sorted(set(labels[target == level]))]
                        for level in sorted(set(target))
                    ],
                },
                found=f"{'complete' if exact else 'strong'} confounding, Cramér's V {v:.2f} "
                f"({shown})",
                expected=f"every {name} in both groups",
                mend=f"read differences as {variable} or {name}; only samples that cross them "
                "can tell",
            )
    return findings
