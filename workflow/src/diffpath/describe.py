"""A contrast's units as a reader sees them before any test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anndata import AnnData

from diffpath.deseq.vst import vst
from diffpath.findings import Findings
from diffpath.qc import (
    associate,
    find_components,
    find_confounding,
    flag_outliers,
    measure_distances,
)
from diffpath.tables import UNITS

HIDDEN = ("group", "samples", "size_factor")


@dataclass(frozen=True)
class Picture:
    """Expression of the units, log2 and variance-stabilised, and what is seen in it."""

    expression: AnnData
    units: pd.DataFrame
    components: pd.DataFrame
    distances: pd.DataFrame
    associations: pd.DataFrame
    findings: Findings


def describe_units(
    units: AnnData,
    variable: str,
    *,
    numeric: Sequence[str] = (),
    replicates: Sequence[str] = (),
    file: str = "samples",
) -> Picture:
    """Return expression, components, distances, outliers and confounding of a contrast's units.

    Parameters
    ----------
    units
        Units × genes, prepared by `diffpath.normalize.prepare_units`.
    variable
        The compared column.
    numeric, replicates
        Columns that hold numbers, and columns that only number replicates (any case of letters).
    file
        Path of the sample sheet, for the messages.
    """
    findings = Findings()
    kept = units.var["kept"].to_numpy(dtype=bool)
    values = vst(np.asarray(units.X), size_factors=units.obs["size_factor"].to_numpy())
    expression = AnnData(values.astype(np.float32), obs=units.obs.copy(), var=units.var.copy())
    tested = pd.DataFrame(values[:, kept], units.obs_names, units.var_names[kept])
    distances = measure_distances(tested)
    outliers, found = flag_outliers(distances, units.obs["group"].astype(str))
    findings.extend(found)
    numbering = {name.casefold() for name in replicates}
    covariates = units.obs[
        [name for name in units.obs if name not in HIDDEN and name.casefold() not in numbering]
    ]
    components = find_components(tested)
    associations = associate(components, covariates, [*numeric, "library_size", "n_samples"])
    findings.extend(
        find_confounding(
            covariates.drop(columns=["library_size", "n_samples"]), variable, list(numeric), file
        )
    )
    table = units.obs.rename_axis("unit").reset_index().assign(outlier=outliers.to_numpy())
    table = table[[*UNITS.names, *(name for name in table if name not in UNITS.names)]]
    return Picture(expression, table, components, distances, associations, findings)
