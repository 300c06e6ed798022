# limma's set tests. Without arguments: on formula-made data, kept in limma.csv beside this script.
# With values.tsv (genes x units), design.tsv, sets.gmt, out.csv: on those; the last column of
# the design is tested.
suppressMessages(library(limma))

run <- function(y, design, index) {
  contrast <- ncol(design)
  est <- camera(y, index, design, contrast = contrast, inter.gene.cor = NA, sort = FALSE)
  fix <- camera(y, index, design, contrast = contrast, sort = FALSE)
  rot <- fry(y, index, design, contrast = contrast, sort = "none")
  fit <- eBayes(lmFit(y, design))
  t <- fit$t[, contrast]
  names(t) <- rownames(y)
  pre <- cameraPR(t, index, inter.gene.cor = 0.05, sort = FALSE)
  ulm <- cameraPR(t, index, inter.gene.cor = 0, sort = FALSE)
  data.frame(
    set = names(index), camera = est$PValue, correlation = est$Correlation,
    camera_fixed = fix$PValue, fry = rot$PValue, direction = rot$Direction,
    preranked = pre$PValue, ulm = ulm$PValue,
    prior_df = fit$df.prior, prior_variance = fit$s2.prior, versions = paste(
      R.version$version.string, "limma", packageVersion("limma"), "statmod",
      packageVersion("statmod")
    )
  )
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 0) {
  genes <- 300
  units <- 8
  # Spread differs between genes, so that the prior degrees of freedom are finite.
  y <- outer(1:genes, 1:units, function(i, j) {
    (0.4 + 1.6 * abs(sin(2.1 * i))^3) * sin(5.7 * i + 2.3 * j * j + 0.11 * i * j) +
      0.7 * (i %% 9 == 0) * (j > 4) + 0.4 * cos(0.05 * i) * cos(1.9 * j)
  })
  rownames(y) <- paste0("g", 1:genes)
  index <- list(first = 1:15, ninth = seq(9, 270, 9), middle = 60:160, pair = c(9, 200))
  group <- rep(0:1, each = 4)
  designs <- list(
    two = cbind(1, group),
    batch = cbind(1, rep(0:1, 4), group),
    paired = cbind(1, rep(c(0, 1, 0, 0), 2), rep(c(0, 0, 1, 0), 2), rep(c(0, 0, 0, 1), 2), group)
  )
  found <- do.call(rbind, lapply(names(designs), function(name) {
    cbind(design = name, run(y, designs[[name]], index))
  }))
  file <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
  write.csv(format(found, digits = 16), file.path(dirname(file), "limma.csv"),
            row.names = FALSE, quote = FALSE)
} else {
  y <- as.matrix(read.delim(arguments[1], row.names = 1, check.names = FALSE))
  design <- as.matrix(read.delim(arguments[2]))
  fields <- strsplit(readLines(arguments[3]), "\t")
  index <- lapply(fields, function(f) match(f[-(1:2)], rownames(y)))
  names(index) <- vapply(fields, `[`, "", 1)
  write.csv(run(y, design, index), arguments[4], row.names = FALSE)
}
