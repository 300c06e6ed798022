SLICE = {
    key: CONFIG[key]
    for key in (
        "cohort",
        "annotation",
        "unit",
        "numeric",
        "filter",
        "differ",
        "enrichment",
        "themes",
        "panels",
        "collections",
        "report",
    )
}
CONFIG_FINDINGS = COHORT.findings.to_frame("config").to_dict("records")
CONFIG_FILE = os.path.relpath(workflow.configfiles[-1]) if workflow.configfiles else ""


rule report_contrast:
    input:
        page_inputs,
    output:
        report(
            f"{RESULTS}/contrasts/{{contrast}}/report.html",
            caption="../report/contrast.rst",
            category="Contrasts",
            labels={"contrast": "{contrast}", "page": "report"},
        ),
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/report_contrast.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/report_contrast.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(600, 3),
        runtime=scaled(15, 0.05),
    params:
        code=code_of("report_contrast.py"),
        folder=lambda wildcards, output: os.path.dirname(output[0]),
        contrast=contrast_of,
        config=SLICE,
        excluded=lambda wildcards: excluded_from(wildcards.contrast),
        findings=[
            row for row in CONFIG_FINDINGS if row["code"] != "columns_without_sample"
        ],
        config_file=CONFIG_FILE,
    script:
        "../scripts/report_contrast.py"


rule publish_contrast:
    input:
        page_inputs,
    output:
        methods=report(
            f"{RESULTS}/contrasts/{{contrast}}/methods.md",
            caption="../report/methods.rst",
            category="Publication",
            labels={"contrast": "{contrast}", "page": "methods"},
        ),
        workbook=report(
            f"{RESULTS}/contrasts/{{contrast}}/supplement.xlsx",
            caption="../report/supplement.rst",
            category="Publication",
            labels={"contrast": "{contrast}", "page": "supplement"},
        ),
        figures=directory(f"{RESULTS}/contrasts/{{contrast}}/figures"),
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/publish_contrast.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/publish_contrast.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(700, 3),
        runtime=scaled(20, 0.05),
    params:
        code=code_of("publish_contrast.py"),
        folder=lambda wildcards, output: os.path.dirname(output[0]),
        contrast=contrast_of,
        config=SLICE,
        excluded=lambda wildcards: excluded_from(wildcards.contrast),
        findings=[
            row for row in CONFIG_FINDINGS if row["code"] != "columns_without_sample"
        ],
        config_file=CONFIG_FILE,
    script:
        "../scripts/publish_contrast.py"


rule report_index:
    input:
        expand(
            f"{RESULTS}/contrasts/{{contrast}}/{{name}}",
            contrast=CONTRASTS,
            name=[
                "status.tsv",
                "units.tsv",
                "results.tsv.gz",
                "themes/verdicts.tsv",
                "report.html",
            ],
        ),
        expand(
            f"{RESULTS}/cohort/{{name}}",
            name=[
                "samples.h5ad",
                "sources.tsv",
                "sample_qc.tsv",
                "biotypes.tsv",
                "findings/read.tsv",
            ],
        ),
        named_files(),
    output:
        report(
            f"{RESULTS}/index.html",
            caption="../report/index.rst",
            category="Index",
            labels={"contrast": "all", "page": "index"},
        ),
    log:
        f"{RESULTS}/logs/report_index.log",
    benchmark:
        f"{RESULTS}/logs/report_index.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        # At 60,000 genes a contrast took 7.6 MB and 1 s, and each pair of contrasts 10 ms.
        mem_mb=scaled(600 + 8 * len(CONTRASTS), 1),
        runtime=scaled(15 + 0.2 * len(CONTRASTS), 0.05),
    params:
        code=code_of("report_index.py"),
        folder=lambda wildcards, output: os.path.dirname(output[0]),
        contrasts=[contrast_of(name) for name in CONTRASTS],
        config=SLICE,
        findings=CONFIG_FINDINGS,
        config_file=CONFIG_FILE,
    script:
        "../scripts/report_index.py"
