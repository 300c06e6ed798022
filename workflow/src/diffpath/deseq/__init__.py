"""The negative-binomial fit of RNA-seq counts on plain arrays, as R DESeq2 does it."""

from diffpath.deseq.fit import Fit, fit
from diffpath.deseq.size_factors import length_factors, size_factors
from diffpath.deseq.wald import Test, wald_test

__all__ = ["Fit", "Test", "fit", "length_factors", "size_factors", "wald_test"]
