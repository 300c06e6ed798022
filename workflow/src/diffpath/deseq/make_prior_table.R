# Makes prior_table.csv.gz: the distribution of log dispersion residuals that `prior.py`
# matches the observed ones to where one to three residual degrees of freedom are left.
# Row: residual df, then counts of 10,000 draws of log(chi-squared / df) + normal(0, variance)
# in 40 bins of width 0.5 over (-10, 10); 200 rows a df, variances equally spaced over [0, 8].
# R DESeq2 draws with the same fixed seed, whatever the data. Made with R 4.2.2.
# Usage: Rscript make_prior_table.R prior_table.csv.gz
target <- gzfile(commandArgs(trailingOnly = TRUE)[1], "w")
breaks <- seq(-10, 10, by = 0.5)
for (df in 1:3) {
  set.seed(2)
  for (variance in seq(0, 8, length.out = 200)) {
    draws <- log(rchisq(1e4, df)) + rnorm(1e4, 0, sqrt(variance)) - log(df)
    draws <- draws[draws > -10 & draws < 10]
    bins <- tabulate(cut(draws, breaks, labels = FALSE, include.lowest = TRUE), 40)
    writeLines(paste(c(df, bins), collapse = ","), target)
  }
}
close(target)
