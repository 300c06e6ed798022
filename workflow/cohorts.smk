# Several cohorts in one run: each is the whole workflow as a module, with a config of its own.
import sys
from pathlib import Path

sys.path.insert(0, str(Path(str(workflow.current_basedir)) / "src"))

from snakemake.exceptions import WorkflowError

from diffpath.check.cohorts import check_cohorts
from diffpath.findings import InputError

try:
    COHORTS = check_cohorts(
        config, workflow.configfiles[-1] if workflow.configfiles else "config"
    )
except InputError as error:
    raise WorkflowError(str(error))

for cohort, settings in COHORTS.items():
    # The module becomes a global of this file: with this start, no name of a cohort hides another.
    name, prefix = f"cohort_{cohort}", f"{cohort}_"

    module:
        name: name
        snakefile:
            "Snakefile"
        config:
            settings

    use rule * from name as prefix*


rule all:
    input:
        [getattr(rules, f"{cohort}_all").input for cohort in COHORTS],
    localrule: True


onsuccess:
    for cohort in COHORTS:
        globals()[f"cohort_{cohort}"].onsuccess()


onerror:
    if workflow.is_main_process:
        from diffpath.runs.failure import tell_failures

        print("", tell_failures(log), sep="\n", file=sys.stderr)
