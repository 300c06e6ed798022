include: "workflow/Snakefile"


rule default:
    default_target: True
    localrule: True
    input:
        rules.all.input,
