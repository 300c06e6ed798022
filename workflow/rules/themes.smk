# The themes' verdicts.
THEMES = [entry["name"] for entry in CONFIG["themes"]]
THEME_FILES = [collection_file(entry["file"]) for entry in CONFIG["themes"]]
THEME_TABLES = (
    "verdicts",
    "sets",
    "genes",
    "scores",
    "overlap",
    "leave_one_out",
    "claims",
)
LIMITS = {key: CONFIG["enrichment"][key] for key in ("min_size", "max_size")}


# All donors of a contrast in one job: starting a job costs more than fitting without a donor.
rule leave_out_donors:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
        genes=f"{RESULTS}/contrasts/{{contrast}}/genes.tsv.gz",
        themes=THEME_FILES,
    output:
        f"{RESULTS}/contrasts/{{contrast}}/leave_one_out.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/leave_out_donors.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/leave_out_donors.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    threads: lambda wildcards: 2 if samples_in(wildcards.contrast) >= 50 else 1
    resources:
        mem_mb=scaled(1000, 6),
        runtime=scaled(20, 0.3),
    params:
        code=code_of("leave_out_donors.py"),
        contrast=contrast_of,
        donors=donors_of,
        themes=CONFIG["themes"],
        unit=CONFIG["unit"],
        numeric=CONFIG["numeric"],
        technical=CONFIG["technical"],
        engine=CONFIG["differ"]["engine"],
        alpha=CONFIG["differ"]["alpha"],
        limits=LIMITS,
    script:
        "../scripts/leave_out_donors.py"


rule judge_themes:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
        genes=f"{RESULTS}/contrasts/{{contrast}}/genes.tsv.gz",
        results=f"{RESULTS}/contrasts/{{contrast}}/results.tsv.gz",
        themes=THEME_FILES,
        gsea=[
            f"{RESULTS}/contrasts/{{contrast}}/enrichment/{name}.gsea.tsv"
            for name in THEMES
        ],
        left_out=f"{RESULTS}/contrasts/{{contrast}}/leave_one_out.tsv",
    output:
        **{
            name: f"{RESULTS}/contrasts/{{contrast}}/themes/{name}.tsv"
            for name in THEME_TABLES
        },
        findings=f"{RESULTS}/contrasts/{{contrast}}/findings/themes.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/judge_themes.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/judge_themes.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(800, 6),
        runtime=scaled(15, 0.05),
    params:
        code=code_of("judge_themes.py"),
        contrast=contrast_of,
        themes=CONFIG["themes"],
        unit=CONFIG["unit"],
        numeric=CONFIG["numeric"],
        technical=CONFIG["technical"],
        expectations=CONFIG["expectations"],
        alpha=CONFIG["differ"]["alpha"],
        limits=LIMITS,
    script:
        "../scripts/judge_themes.py"


# Only where differ.cross_check asks for it.
rule cross_check_themes:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
        genes=f"{RESULTS}/contrasts/{{contrast}}/genes.tsv.gz",
        results=f"{RESULTS}/contrasts/{{contrast}}/results.tsv.gz",
        check=f"{RESULTS}/contrasts/{{contrast}}/cross_check.tsv.gz",
        themes=THEME_FILES,
        gsea=[
            f"{RESULTS}/contrasts/{{contrast}}/enrichment/{name}.gsea.tsv"
            for name in THEMES
        ],
        left_out=f"{RESULTS}/contrasts/{{contrast}}/leave_one_out.tsv",
        verdicts=f"{RESULTS}/contrasts/{{contrast}}/themes/verdicts.tsv",
    output:
        f"{RESULTS}/contrasts/{{contrast}}/cross_check_themes.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/cross_check_themes.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/cross_check_themes.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(800, 6),
        runtime=scaled(15, 0.05),
    params:
        code=code_of("cross_check_themes.py"),
        contrast=contrast_of,
        themes=CONFIG["themes"],
        unit=CONFIG["unit"],
        numeric=CONFIG["numeric"],
        technical=CONFIG["technical"],
        alpha=CONFIG["differ"]["alpha"],
        limits=LIMITS,
    script:
        "../scripts/cross_check_themes.py"


rule explore_sets:
    input:
        units=f"{RESULTS}/contrasts/{{contrast}}/units.h5ad",
        genes=f"{RESULTS}/contrasts/{{contrast}}/genes.tsv.gz",
        results=f"{RESULTS}/contrasts/{{contrast}}/results.tsv.gz",
        collection=lambda wildcards: collection_file(
            COLLECTIONS[wildcards.collection]["file"]
        ),
    output:
        f"{RESULTS}/contrasts/{{contrast}}/enrichment/{{collection}}.exploratory.tsv",
    log:
        f"{RESULTS}/logs/contrasts/{{contrast}}/explore_sets.{{collection}}.log",
    benchmark:
        f"{RESULTS}/logs/contrasts/{{contrast}}/explore_sets.{{collection}}.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=scaled(900, 6),
        runtime=scaled(15, 0.05),
    params:
        code=code_of("explore_sets.py"),
        contrast=contrast_of,
        unit=CONFIG["unit"],
        numeric=CONFIG["numeric"],
        technical=CONFIG["technical"],
        alpha=CONFIG["differ"]["alpha"],
        limits=LIMITS,
    script:
        "../scripts/explore_sets.py"
