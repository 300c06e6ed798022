import os
import re
import sys
from functools import cache
from pathlib import Path

HERE = Path(str(workflow.current_basedir))
sys.path.insert(0, str(HERE.parent / "src"))

# OpenBLAS' own threads cost 1.5 times the CPU on a quiet machine and 6 times under load.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

from snakemake.exceptions import WorkflowError

from diffpath.check.cohort import check_cohort
from diffpath.check.config import collection_file
from diffpath.design import formula_variables
from diffpath.findings import InputError
from diffpath.provenance import hash_code

DEMO = ("demo/counts.tsv.gz", "demo/annotation.tsv.gz")

# The config of a module comes from the workflow that imports it, not from a file known here.
if not workflow.modifier.is_main_snakefile():
    CONFIG_PLACE = f"config of module {__name__}"
else:
    CONFIG_PLACE = workflow.configfiles[-1] if workflow.configfiles else "config"

try:
    COHORT = check_cohort(config, CONFIG_PLACE, DEMO)
except InputError as error:
    raise WorkflowError(str(error))

CONFIG = COHORT.config
MADE = {entry["file"] for entry in (*CONFIG["counts"], CONFIG["annotation"])} & set(
    DEMO
)
RESULTS = CONFIG["results"]
CONTRASTS = list(COHORT.contrasts.index)
ROWS = {
    row["contrast"]: {key: row[key] for key in row if not key.startswith("_")}
    for row in COHORT.contrasts.to_dict("records")
}
COLLECTIONS = {
    entry["name"]: entry
    for key in ("themes", "panels", "collections")
    for entry in CONFIG[key]
}


wildcard_constraints:
    contrast=r"[A-Za-z0-9][A-Za-z0-9_.-]*",
    collection=r"[A-Za-z0-9][A-Za-z0-9_.-]*",
    donor=r"[A-Za-z0-9_.-]+",
    scope=r"cohort|contrasts/[A-Za-z0-9][A-Za-z0-9_.-]*",


def contrast_of(name):
    """Row of a contrast, given by wildcards or by name, as a dictionary of texts."""
    return ROWS[getattr(name, "contrast", name)]


@cache
def records_of(scope):
    """Samples and covariates of a contrast, or of the cohort; every job of it asks."""
    sheet = COHORT.select(None if scope == "cohort" else scope)
    return sheet.reset_index(names="sample").to_dict("records")


def sheet_of(wildcards):
    """Samples and covariates of a contrast, or of the cohort, as records."""
    scope = wildcards.get("contrast") or wildcards.get("scope", "cohort")
    return records_of(scope.removeprefix("contrasts/"))


def columns_of(wildcards):
    """Sample to source and column, for the samples of a contrast or of the cohort."""
    return {
        row["sample"]: list(COHORT.columns[row["sample"]])
        for row in sheet_of(wildcards)
    }


def sources_of(wildcards):
    """Count inputs that hold samples of a contrast, or of the cohort."""
    used = {source for source, _ in columns_of(wildcards).values()}
    return [entry for entry in CONFIG["counts"] if entry["name"] in used]


def donors_of(contrast):
    """File name to name of each independent donor among a contrast's samples."""
    names = sorted(set(COHORT.select(contrast)[CONFIG["unit"]]))
    slugs = {}
    for name in names:
        slug = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
        slugs[slug if slug not in slugs else f"{slug}.{len(slugs)}"] = name
    return slugs


def code_of(script):
    """Hash of a script and of every library module it imports: an edit reruns, a touch does not."""
    return hash_code(HERE.parent / "scripts" / script, HERE.parent / "src")


def page_inputs(wildcards):
    """Return everything a contrast's page is made of."""
    folder = f"{RESULTS}/contrasts/{wildcards.contrast}"
    names = [
        "samples.h5ad",
        "sources.tsv",
        "sample_qc.tsv",
        "biotypes.tsv",
        "units.tsv",
        "expression.h5ad",
        "components.tsv",
        "distances.tsv",
        "associations.tsv",
        "results.tsv.gz",
        "design.tsv",
        "status.tsv",
    ]
    names += [f"themes/{name}.tsv" for name in THEME_TABLES]
    names += [
        f"enrichment/{entry['name']}.exploratory.tsv" for entry in CONFIG["collections"]
    ]
    names += [
        f"enrichment/{collection}.{kind}.tsv"
        for collection in COLLECTIONS
        for kind in ("coverage", "gsea", "ora")
    ]
    files = [collection_file(entry["file"]) for entry in COLLECTIONS.values()]
    return [*(f"{folder}/{name}" for name in names), *files]
