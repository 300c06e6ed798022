# Runs R DESeq2 on data sets and writes every stage as plain doubles.
# Usage: Rscript deseq2.R <folder> [<folder> ...]
# Read from each folder:
#   counts.bin   int32, genes x samples, sample after sample (R's own order)
#   factors.bin  doubles of the same order: normalization factors (optional)
#   columns.tsv  sample variables; texts become factors, levels in order of appearance
#   task.tsv     key <tab> value: formula; and where wanted reduced, fit_type, min_replicates,
#                size_factor_type, results (arguments of one call of results()), vst (blind or not)
# Written there: <name>.bin, column after column, and shapes.tsv (name, rows, columns).
suppressMessages(library(DESeq2))
options(warn = -1)

run <- function(folder) {
  task <- read.delim(file.path(folder, "task.tsv"), header = FALSE, quote = "",
                     colClasses = "character")
  given <- function(key, default = NA) {
    found <- task[task[[1]] == key, 2]
    if (length(found)) found else default
  }
  columns <- read.delim(file.path(folder, "columns.tsv"), check.names = FALSE)
  for (name in names(columns)) if (is.character(columns[[name]])) {
    columns[[name]] <- factor(columns[[name]], levels = unique(columns[[name]]))
  }
  file <- file.path(folder, "counts.bin")
  counts <- matrix(readBin(file, "integer", file.size(file) / 4), ncol = nrow(columns))

  shapes <- NULL
  keep <- function(name, value) {
    value <- as.matrix(value)
    mode(value) <- "numeric"
    writeBin(as.vector(value), file.path(folder, paste0(name, ".bin")))
    shapes <<- rbind(shapes, data.frame(name, nrow(value), ncol(value)))
  }

  started <- proc.time()
  dds <- DESeqDataSetFromMatrix(counts, columns, as.formula(given("formula")))
  file <- file.path(folder, "factors.bin")
  if (file.exists(file)) {
    normalizationFactors(dds) <- matrix(readBin(file, "double", length(counts)), nrow(counts))
  } else {
    dds <- estimateSizeFactors(dds, type = given("size_factor_type", "ratio"))
    keep("size_factors", sizeFactors(dds))
  }
  arguments <- list(dds, fitType = given("fit_type", "parametric"), quiet = TRUE,
                    minReplicatesForReplace = as.numeric(given("min_replicates", "7")))
  reduced <- given("reduced")
  if (!is.na(reduced)) {
    arguments <- c(arguments, list(test = "LRT", reduced = as.formula(reduced)))
    keep("reduced", model.matrix(as.formula(reduced), columns))
  }
  dds <- do.call(DESeq, arguments)
  calls <- given("results", NULL)
  answers <- lapply(calls, function(call) eval(parse(text = paste0("results(dds, ", call, ")"))))
  spent <- proc.time() - started

  keep("seconds", c(spent[["user.self"]] + spent[["sys.self"]], spent[["elapsed"]]))
  keep("design", model.matrix(design(dds), colData(dds)))
  trend <- attributes(dispersionFunction(dds))
  keep("prior", c(trend$varLogDispEsts, trend$dispPriorVar))
  rows <- mcols(dds)
  for (name in c("baseMean", "baseVar", "dispGeneEst", "dispFit", "dispMAP", "dispersion",
                 "dispOutlier", "maxCooks", "replace")) {
    if (!is.null(rows[[name]])) keep(name, rows[[name]])
  }
  for (i in seq_along(answers)) {
    answer <- answers[[i]]
    keep(paste0("results", i),
         as.data.frame(answer)[, c("log2FoldChange", "lfcSE", "stat", "pvalue", "padj")])
    threshold <- metadata(answer)$filterThreshold
    keep(paste0("threshold", i), if (is.null(threshold)) NA else threshold)
  }
  if (!is.na(given("vst"))) {
    keep("vst", assay(varianceStabilizingTransformation(
      dds, blind = given("vst") == "blind", fitType = given("fit_type", "parametric"))))
  }
  write.table(shapes, file.path(folder, "shapes.tsv"), sep = "\t", quote = FALSE,
              row.names = FALSE, col.names = FALSE)
}

for (folder in commandArgs(trailingOnly = TRUE)) run(folder)
