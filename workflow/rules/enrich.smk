# One job a collection: adjusted p-values are over all its sets; the p-values stand alone.
rule enrich_sets:
    input:
        results=f"{RESULTS}/contrasts/{{contrast}}/results.tsv.gz",
        genes=f"{RESULTS}/contrasts/{{contrast}}/genes.tsv.gz",
        collection=lambda wildcards: collection_file(
            COLLECTIONS[wildcards.collection]["file"]
        ),
    output:
        coverage=f"{RESULTS}/contrasts/{{contrast}}/enrichment/{{collection}}.coverage.tsv",
        gsea=f"{RESULTS}/contrasts/{{contrast}}/enrichment/{{collection}}.gsea.tsv",
        ora=f"{RESULTS}/contrasts/{{contrast}}/enrichment/{{collection}}.ora.tsv",
        findings=f"{RESULTS}/contrasts/{{contrast}}/findings/enrich.{{collection}}.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/enrich_sets.{{collection}}.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/enrich_sets.{{collection}}.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    # 7,200 sets took 19.8 s with one thread and 10.1 s with two; 300 sets take 1.4 s with one.
    threads: lambda wildcards: 2 if collection_mb(wildcards) > 0.3 else 1
    resources:
        mem_mb=lambda wildcards, attempt: (
            int(700 + 500 * collection_mb(wildcards)) * 2 ** (attempt - 1)
        ),
        runtime=lambda wildcards, attempt: 30 * 2 ** (attempt - 1),
    params:
        code=code_of("enrich_sets.py"),
        enrichment=CONFIG["enrichment"],
        alpha=CONFIG["differ"]["alpha"],
    script:
        "../scripts/enrich_sets.py"
