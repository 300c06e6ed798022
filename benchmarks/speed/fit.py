"""Fit one matrix with one Python engine; called by run.py, prints its seconds.

Usage: fit.py <engine> <folder> <threads>; counts.bin (int32, sample after sample) and
design.csv are read from the folder, <engine>.bin (log2 change, p; doubles) is written.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np

engine, folder, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
design = np.loadtxt(folder / "design.csv", delimiter=",", ndmin=2)
counts = np.fromfile(folder / "counts.bin", dtype=np.int32).reshape(len(design), -1)

if engine == "diffpath":
    from diffpath import deseq

    # Loading compiled code is paid once a process, not once a fit.
    deseq.fit(counts[:, :2000], design)
    cpu, wall = time.process_time(), time.perf_counter()
    fit = deseq.fit(counts, design, threads=threads)
    test = deseq.wald_test(fit, np.eye(design.shape[1])[-1])
    change, pvalue = test.log2_fold_change, test.pvalue
else:
    import pandas as pd
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.default_inference import DefaultInference
    from pydeseq2.ds import DeseqStats

    warnings.simplefilter("ignore")  # single genes' overflows in its line searches
    samples = [f"s{i}" for i in range(len(design))]
    table = pd.DataFrame(counts, index=samples, columns=[f"g{i}" for i in range(counts.shape[1])])
    matrix = pd.DataFrame(design, index=samples)
    matrix.columns = [f"c{i}" for i in range(design.shape[1])]
    cpu, wall = time.process_time(), time.perf_counter()
    inference = DefaultInference(n_cpus=threads)
    data = DeseqDataSet(
        counts=table, metadata=matrix, design=matrix, inference=inference, quiet=True
    )
    data.deseq2()
    stats = DeseqStats(data, contrast=np.eye(design.shape[1])[-1], inference=inference, quiet=True)
    stats.summary()
    change, pvalue = (stats.results_df[name].to_numpy() for name in ("log2FoldChange", "pvalue"))

print(time.process_time() - cpu, time.perf_counter() - wall)
np.concatenate([change, pvalue]).astype(np.float64).tofile(folder / f"{engine}.bin")
