# Fits one matrix with one R engine; called by run.py, prints its CPU and wall seconds.
# Usage: Rscript fit.R <DESeq2|edgeR|limma> <folder>; files as in fit.py.
arguments <- commandArgs(trailingOnly = TRUE)
engine <- arguments[1]
folder <- arguments[2]
design <- as.matrix(read.csv(file.path(folder, "design.csv"), header = FALSE))
file <- file.path(folder, "counts.bin")
counts <- matrix(readBin(file, "integer", file.size(file) / 4), ncol = nrow(design))
colnames(design) <- paste0("c", seq_len(ncol(design)))
colnames(counts) <- paste0("s", seq_len(ncol(counts)))
last <- ncol(design)
suppressMessages(library(c(DESeq2 = "DESeq2", edgeR = "edgeR", limma = "edgeR")[[engine]],
                         character.only = TRUE))
started <- proc.time()
if (engine == "DESeq2") {
  data <- DESeqDataSetFromMatrix(counts, data.frame(design), design)
  answer <- results(DESeq(data, quiet = TRUE), contrast = as.numeric(seq_len(last) == last))
  answer <- c(answer$log2FoldChange, answer$pvalue)
} else if (engine == "edgeR") {
  data <- calcNormFactors(DGEList(counts))
  answer <- glmQLFTest(glmQLFit(estimateDisp(data, design), design), coef = last)$table
  answer <- c(answer$logFC, answer$PValue)
} else {
  fitted <- eBayes(lmFit(voom(calcNormFactors(DGEList(counts)), design), design))
  answer <- topTable(fitted, coef = last, number = Inf, sort.by = "none")
  answer <- c(answer$logFC, answer$P.Value)
}
spent <- proc.time() - started
cat(spent[["user.self"]] + spent[["sys.self"]], spent[["elapsed"]], "\n")
writeBin(answer, file.path(folder, paste0(engine, ".bin")))
