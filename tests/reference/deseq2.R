# Runs R DESeq2 on one data set and writes every stage as plain doubles.
# Usage: Rscript deseq2.R <folder>
# <folder>/counts.bin   int32, genes x samples, sample after sample (R's own order)
# <folder>/columns.tsv  sample variables, strings become factors with levels in order of appearance
# <folder>/task.tsv     key <tab> value: formula, and where wanted: reduced, fit_type,
#                       min_replicates, size_factor_type, results (one R call's arguments a row), vst
# Written: <folder>/<name>.bin and <folder>/shapes.tsv (name, rows, columns; column after column).
suppressMessages(library(DESeq2))
options(warn = -1)
folder <- commandArgs(trailingOnly = TRUE)[1]
task <- read.delim(file.path(folder, "task.tsv"), header = FALSE, quote = "", colClasses = "character")
given <- function(key, default = NA) {
  found <- task[task[[1]] == key, 2]
  if (length(found)) found else default
}
columns <- read.delim(file.path(folder, "columns.tsv"), check.names = FALSE)
for (name in names(columns)) if (is.character(columns[[name]])) {
  columns[[name]] <- factor(columns[[name]], levels = unique(columns[[name]]))
}
n <- nrow(columns)
size <- file.size(file.path(folder, "counts.bin")) / 4
counts <- matrix(readBin(file.path(folder, "counts.bin"), "integer", size), ncol = n)

shapes <- NULL
keep <- function(name, value) {
  value <- as.matrix(value)
  mode(value) <- "numeric"
  writeBin(as.vector(value), file.path(folder, paste0(name, ".bin")))
  shapes <<- rbind(shapes, data.frame(name, nrow(value), ncol(value)))
}

started <- proc.time()
dds <- DESeqDataSetFromMatrix(counts, columns, as.formula(given("formula")))
dds <- estimateSizeFactors(dds, type = given("size_factor_type", "ratio"))
arguments <- list(dds, fitType = given("fit_type", "parametric"), quiet = TRUE,
                  minReplicatesForReplace = as.numeric(given("min_replicates", "7")))
reduced <- given("reduced")
if (!is.na(reduced)) arguments <- c(arguments, list(test = "LRT", reduced = as.formula(reduced)))
dds <- do.call(DESeq, arguments)
spent <- proc.time() - started

keep("seconds", c(spent[["user.self"]] + spent[["sys.self"]], spent[["elapsed"]]))
keep("design", model.matrix(design(dds), colData(dds)))
keep("size_factors", sizeFactors(dds))
trend <- attributes(dispersionFunction(dds))
keep("prior", c(trend$varLogDispEsts, trend$dispPriorVar))
if (!is.null(trend$coefficients)) keep("trend", trend$coefficients)
rows <- mcols(dds)
for (name in c("baseMean", "baseVar", "dispGeneEst", "dispFit", "dispMAP", "dispersion",
               "dispOutlier", "maxCooks", "betaConv", "betaIter", "dispGeneIter", "dispIter")) {
  if (!is.null(rows[[name]])) keep(name, rows[[name]])
}
if (!is.null(rows$replace)) keep("replaced", rows$replace)
keep("coef", coef(dds))
keep("coef_se", coef(dds, SE = TRUE))
calls <- given("results", NULL)
for (i in seq_along(calls)) {
  answer <- eval(parse(text = paste0("results(dds, ", calls[i], ")")))
  fields <- c("log2FoldChange", "lfcSE", "stat", "pvalue", "padj")
  keep(paste0("results", i), as.data.frame(answer)[, fields])
  threshold <- metadata(answer)$filterThreshold
  keep(paste0("threshold", i), if (is.null(threshold)) NA else threshold)
}
if (!is.na(given("vst"))) {
  blind <- given("vst") == "blind"
  keep("vst", assay(varianceStabilizingTransformation(dds, blind = blind,
                                                      fitType = given("fit_type", "parametric"))))
}
write.table(shapes, file.path(folder, "shapes.tsv"), sep = "\t", quote = FALSE,
            row.names = FALSE, col.names = FALSE)
