rule differ_genes:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
    output:
        results=f"{RESULTS}/contrasts/{{contrast}}/results.tsv.gz",
        design=f"{RESULTS}/contrasts/{{contrast}}/design.tsv",
        status=f"{RESULTS}/contrasts/{{contrast}}/status.tsv",
        findings=f"{RESULTS}/contrasts/{{contrast}}/findings/differ.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/differ_genes.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/differ_genes.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    # Two threads take .6 of one's time at 500 samples, and all of it at 16.
    threads: lambda wildcards: 2 if samples_in(wildcards.contrast) >= 50 else 1
    resources:
        mem_mb=scaled(800, 7),
        runtime=scaled(20, 0.1),
    params:
        code=code_of("differ_genes.py"),
        contrast=contrast_of,
        numeric=CONFIG["numeric"],
        differ={key: CONFIG["differ"][key] for key in ("engine", "alpha", "shrink")},
    script:
        "../scripts/differ_genes.py"


# Only where differ.cross_check asks for it.
rule cross_check_genes:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
        results=f"{RESULTS}/contrasts/{{contrast}}/results.tsv.gz",
    output:
        genes=f"{RESULTS}/contrasts/{{contrast}}/cross_check.tsv.gz",
        status=f"{RESULTS}/contrasts/{{contrast}}/cross_check_status.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/cross_check_genes.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/cross_check_genes.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    threads: lambda wildcards: 2 if samples_in(wildcards.contrast) >= 50 else 1
    # Stock pydeseq2's threads are processes of 190 MB each. 48,000 tested genes of 16 samples took
    # 462 MB and 126 CPU seconds, 477 of wall time on a crowded machine.
    resources:
        mem_mb=scaled(1300, 8),
        runtime=scaled(60, 0.5),
    params:
        code=code_of("cross_check_genes.py"),
        contrast=contrast_of,
        numeric=CONFIG["numeric"],
        engine=CONFIG["differ"]["engine"],
        alpha=CONFIG["differ"]["alpha"],
    script:
        "../scripts/cross_check_genes.py"
