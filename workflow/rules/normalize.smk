rule normalize_units:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
    output:
        expression=f"{RESULTS}/contrasts/{{contrast}}/expression.h5ad",
        units=f"{RESULTS}/contrasts/{{contrast}}/units.tsv",
        components=f"{RESULTS}/contrasts/{{contrast}}/components.tsv",
        distances=f"{RESULTS}/contrasts/{{contrast}}/distances.tsv",
        associations=f"{RESULTS}/contrasts/{{contrast}}/associations.tsv",
        findings=f"{RESULTS}/contrasts/{{contrast}}/findings/normalize.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/normalize_units.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/normalize_units.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(900, 4),
        runtime=scaled(15, 0.05),
    params:
        code=code_of("normalize_units.py"),
        contrast=contrast_of,
        numeric=CONFIG["numeric"],
        replicates=CONFIG["replicates"],
        file=CONFIG["samples"],
    script:
        "../scripts/normalize_units.py"
