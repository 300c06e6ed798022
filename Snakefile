if "cohorts" in config:

    include: "workflow/cohorts.smk"

else:

    include: "workflow/Snakefile"


rule default:
    default_target: True
    input:
        rules.all.input,
    localrule: True
