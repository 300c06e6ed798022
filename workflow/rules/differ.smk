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
        differ=CONFIG["differ"],
    script:
        "../scripts/differ_genes.py"
