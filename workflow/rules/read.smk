# Count matrices of all labs, merged on gene id and checked; once for the cohort,
# once for the samples of each contrast, so that a contrast depends on its own alone.
rule read_counts:
    input:
        counts=lambda wildcards: [entry["file"] for entry in sources_of(wildcards)],
        annotation=(
            [CONFIG["annotation"]["file"]] if CONFIG["annotation"]["file"] else []
        ),
    output:
        samples=f"{RESULTS}/{{scope}}/samples.h5ad",
        sources=f"{RESULTS}/{{scope}}/sources.tsv",
        genes=f"{RESULTS}/{{scope}}/genes.tsv.gz",
        sample_qc=f"{RESULTS}/{{scope}}/sample_qc.tsv",
        biotypes=f"{RESULTS}/{{scope}}/biotypes.tsv",
        findings=f"{RESULTS}/{{scope}}/findings/read.tsv",
    log:
        f"{RESULTS}/logs/{{scope}}/read_counts.log",
    benchmark:
        f"{RESULTS}/logs/{{scope}}/read_counts.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(700, 4),
        runtime=scaled(15, 0.05),
    params:
        code=code_of("read_counts.py"),
        sources=sources_of,
        columns=columns_of,
        sheet=sheet_of,
        annotation=CONFIG["annotation"]["columns"],
        unit=CONFIG["unit"],
        file=CONFIG["samples"],
    script:
        "../scripts/read_counts.py"


rule sum_units:
    input:
        samples=f"{RESULTS}/contrasts/{{contrast}}/samples.h5ad",
    output:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
        findings=f"{RESULTS}/contrasts/{{contrast}}/findings/units.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/sum_units.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/sum_units.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(600, 3),
        runtime=scaled(10, 0.05),
    params:
        code=code_of("sum_units.py"),
        sheet=sheet_of,
        contrast=contrast_of,
        unit=CONFIG["unit"],
        numeric=CONFIG["numeric"],
        replicates=CONFIG["replicates"],
        filter=CONFIG["filter"],
        file=CONFIG["samples"],
    script:
        "../scripts/sum_units.py"
