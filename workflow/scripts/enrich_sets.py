"""Coverage, preranked GSEA and over-representation of one collection in one contrast."""

from typing import TYPE_CHECKING

from adapter import logged
from diffpath.enrich.collection import enrich_collection
from diffpath.gene_sets import read_collection
from diffpath.tables import COVERAGE, FINDINGS, GENES, GSEA, ORA, RESULTS, read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    collection, _ = read_collection(snakemake.input.collection, snakemake.wildcards.collection)
    found = enrich_collection(
        collection,
        read_table(snakemake.input.results, RESULTS),
        read_table(snakemake.input.genes, GENES),
        alpha=snakemake.params.alpha,
        threads=snakemake.threads,
        **snakemake.params.enrichment,
    )
    write_table(found.coverage, COVERAGE, snakemake.output.coverage)
    write_table(found.gsea, GSEA, snakemake.output.gsea)
    write_table(found.ora, ORA, snakemake.output.ora)
    write_table(found.findings.to_frame("enrich"), FINDINGS, snakemake.output.findings)
