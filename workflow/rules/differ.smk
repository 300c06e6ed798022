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
        f"{RESULTS}/logs/contrasts/{{contrast}}/differ_genes.benchmark.tsv",
    conda:
        "../../envs/diffpath.yaml"
    threads: 2
    resources:
        mem_mb=lambda wildcards, attempt: 3000 * attempt,
        runtime=lambda wildcards, attempt: 60 * attempt,
    params:
        code=code_of("differ_genes.py"),
        contrast=contrast_of,
        numeric=CONFIG["numeric"],
        differ=CONFIG["differ"],
    script:
        "../scripts/differ_genes.py"
