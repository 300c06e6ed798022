"""The negative-binomial fit of RNA-seq counts on plain arrays, as R DESeq2 does it."""

from diffpath.deseq.fit import Fit, fit
from diffpath.deseq.lrt import lrt
from diffpath.deseq.shrinkage import Shrunk, shrink
from diffpath.deseq.size_factors import length_factors, size_factors
from diffpath.deseq.vst import vst
from diffpath.deseq.wald import Test, wald_test

__all__ = [
    "Fit",
    "Shrunk",
    "Test",
    "fit",
    "length_factors",
    "lrt",
    "shrink",
    "size_factors",
    "vst",
    "wald_test",
]
