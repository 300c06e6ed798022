import os
import sys
from functools import cache
from pathlib import Path

HERE = Path(str(workflow.current_basedir))
sys.path.insert(0, str(HERE.parent / "src"))

# Libraries' own threads know nothing of what a job was given: threads come from the rule alone.
# OpenBLAS' cost 1.5 times the CPU on a quiet machine and 6 times under load. Set here, they hold
# in every job too, wherever it runs: each job's Snakemake reads this file.
for _name in (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
):
    os.environ[_name] = "1"

from snakemake.exceptions import WorkflowError
from snakemake.io import strip_wildcard_constraints

from diffpath.check.cohort import check_cohort
from diffpath.design import formula_variables
from diffpath.findings import InputError, findings_files
from diffpath.gene_sets import collection_file
from diffpath.provenance import hash_code

# Snakemake 9.27 starts each script by this path without quotes: every job would fail.
if " " in sys.executable:
    raise WorkflowError(
        f"found Snakemake's Python at '{sys.executable}'; expected a path without a space. "
        "To mend: move the environment, for that of make by VENV=/path/without/space"
    )

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
# Snakemake takes a leading ./ from its files' names.
LOGS = os.path.normpath(f"{RESULTS}/logs")
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
    scope=r"cohort|contrasts/[A-Za-z0-9][A-Za-z0-9_.-]*",


def contrast_of(name):
    """Row of a contrast, given by wildcards or by name, as a dictionary of texts."""
    return ROWS[getattr(name, "contrast", name)]


def scope_of(wildcards):
    """Contrast a job is of; None for the whole cohort."""
    scope = wildcards.get("scope", "cohort")
    part = None if scope == "cohort" else scope.removeprefix("contrasts/")
    return wildcards.get("contrast") or part


@cache
def records_of(contrast):
    """Samples and covariates of a contrast, or of the cohort; every job of it asks."""
    return COHORT.select(contrast).reset_index(names="sample").to_dict("records")


def sheet_of(wildcards):
    """Samples and covariates of a contrast, or of the cohort, as records."""
    return records_of(scope_of(wildcards))


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


def samples_in(contrast):
    """Number of samples of a contrast, or of the cohort."""
    return len(records_of(contrast))


def donors_of(wildcards):
    """Independent donors among a contrast's samples, sorted."""
    return sorted({row[CONFIG["unit"]] for row in records_of(wildcards.contrast)})


@cache
def excluded_from(contrast):
    """Excluded samples that a contrast would have used, with the reasons, as records."""
    return COHORT.left_out(contrast).to_dict("records")


# Memory as measured, MB: the job's own peak at 16 and at 100 samples (60,000 genes, as many as the
# largest annotations have; genes are not counted, which would mean to read data), a third more a
# sample, and 350 for the two Snakemakes that stand around each job on a cluster.
def scaled(base, each):
    """Return a resource that grows with a job's samples and doubles at each new attempt."""

    def amount(wildcards, attempt):
        n = samples_in(scope_of(wildcards))
        return int((base + each * n) * 2 ** (attempt - 1))

    return amount


def code_of(script):
    """Hash of a script and of every library module it imports: an edit reruns, a touch does not."""
    return hash_code(HERE.parent / "scripts" / script, HERE.parent / "src")


def collection_mb(wildcards):
    """Size of a collection's file, MB: it stands for genes × sets, which GSEA's memory follows."""
    path = collection_file(COLLECTIONS[wildcards.collection]["file"])
    return os.path.getsize(path) / 1e6


def benchmark_files():
    """Return the benchmark files of the jobs this config asks for, made or not.

    Not what lies there: files of a contrast or a collection since removed stay in the folder.
    """
    values = {
        "contrast": CONTRASTS,
        "collection": COLLECTIONS,
        "scope": ["cohort", *(f"contrasts/{name}" for name in CONTRASTS)],
    }
    files = []
    for each in workflow.rules:
        # Of several cohorts in one run, each has its own results.
        benchmark = strip_wildcard_constraints(str(each.benchmark or ""))
        pattern = os.path.normpath(benchmark)
        if pattern.startswith(f"{LOGS}/"):
            asked = {k: values[k] for k in values if f"{{{k}}}" in pattern}
            files += expand(pattern, **asked)
    return files


def write_cost():
    """Write what the jobs cost beside their logs; return it as text.

    Where it cannot be written, the text says so: the run's own outcome matters more.
    """
    from diffpath.runs.cost import measure_cost, tell_cost
    from diffpath.tables import RUN_COST, write_table

    file = f"{LOGS}/run_cost.tsv"
    cost = measure_cost(benchmark_files(), LOGS)
    try:
        write_table(cost, RUN_COST, file)
    except OSError as error:
        return f"{tell_cost(cost)}\nThe cost was not written to {file}: {error}"
    return tell_cost(cost)


def named_files():
    """Return the files of the config whose hashes a page tells, apart from the counts."""
    annotation = CONFIG["annotation"]["file"]
    files = [collection_file(entry["file"]) for entry in COLLECTIONS.values()]
    return [*files, annotation] if annotation else files


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
    if CONFIG["differ"]["cross_check"]:
        names += [
            "cross_check.tsv.gz",
            "cross_check_status.tsv",
            "cross_check_themes.tsv",
        ]
    names += [
        f"enrichment/{entry['name']}.exploratory.tsv" for entry in CONFIG["collections"]
    ]
    names += [
        f"enrichment/{collection}.{kind}.tsv"
        for collection in COLLECTIONS
        for kind in ("coverage", "gsea", "ora")
    ]
    names += findings_files(COLLECTIONS)
    return [*(f"{folder}/{name}" for name in names), *named_files()]
