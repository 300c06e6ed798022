"""Which genes are tested, and the size factors that make units comparable."""

from __future__ import annotations

import numpy as np
from anndata import AnnData
from numpy.typing import NDArray

from diffpath.findings import Findings


def keep_genes(counts: NDArray[np.integer], min_count: int, min_units: int) -> NDArray[np.bool_]:
    """Return which genes have at least ``min_count`` counts in ``min_units`` units.

    Parameters
    ----------
    counts
        Units × genes.
    """
    return np.asarray((counts >= min_count).sum(axis=0) >= min_units, dtype=bool)


def size_factors(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return median-of-ratios size factors (units,) over genes counted in every unit.

    Anders & Huber 2010, Genome Biology 11:R106.

    Raises
    ------
    ValueError
        If no gene is counted in every unit.
    """
    everywhere = (counts > 0).all(axis=0)
    if not everywhere.any():
        raise ValueError("no gene has counts in every unit; size factors cannot be made")
    logs = np.log(counts[:, everywhere].astype(float))
    return np.asarray(np.exp(np.median(logs - logs.mean(axis=0), axis=1)))


def prepare_units(
    units: AnnData,
    variable: str,
    test: str,
    reference: str,
    *,
    min_count: int = 10,
    min_units: int | None = None,
) -> Findings:
    """Mark the genes to test and give each unit its group and size factor, in place.

    Adds ``var['kept']`` and ``obs['group', 'size_factor']``. Size factors are made
    from the kept genes.

    Parameters
    ----------
    units
        Units × genes.
    min_count, min_units
        Filter; ``min_units`` of None is the size of the smaller group.

    Returns
    -------
    Findings
        A warning where the smaller group holds fewer than three units, and a note
        of how many genes the filter left out.

    Raises
    ------
    InputError
        If no gene passes the filter, or none is counted in every unit.
    """
    findings = Findings()
    sides = {test: "test", reference: "reference"}
    units.obs["group"] = [sides.get(level, "other") for level in units.obs[variable]]
    sizes = {side: int((units.obs["group"] == side).sum()) for side in sides.values()}
    needed = max(min_units or min(sizes.values()), 1)
    counts = np.asarray(units.X)
    kept = keep_genes(counts, min_count, needed)
    units.var["kept"] = kept
    if not (kept.any() and (counts[:, kept] > 0).all(axis=0).any()):
        findings.error(
            "no_gene_left",
            "counts",
            f"{variable} {test} against {reference}",
            found=f"no gene with {min_count} counts in {needed} units and a count in every unit",
            expected="thousands of genes",
            mend="look at the depth of the samples, and at filter.min_count in the config",
        )
        findings.raise_errors()
    units.obs["size_factor"] = size_factors(counts[:, kept])
    findings.note(
        "genes_filtered",
        "counts",
        values={
            "n": int((~kept).sum()),
            "total": len(kept),
            "count": min_count,
            "units": needed,
            "kept": int(kept.sum()),
        },
        found=f"{int((~kept).sum())} of {len(kept)} genes below {min_count} counts in "
        f"{needed} units; {int(kept.sum())} go to the test",
        expected="genes that can be tested",
        mend="nothing; filter in the config sets the rule",
    )
    for side, count in sizes.items():
        if count < 4:
            level = test if side == "test" else reference
            findings.warning(
                "few_units",
                "units",
                f"group '{level}'",
                values={"group": level, "n": count},
                found=f"{count} independent unit{'' if count == 1 else 's'}",
                expected="four or more",
                mend="add donors; further clones of the same donors do not help",
            )
    return findings
