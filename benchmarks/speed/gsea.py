"""Time our GSEA beside gseapy's multilevel method on real gene sets.

    python benchmarks/speed/gsea.py <folder with .gmt files> [--sets 50 300 7200] [--engines ...]

The ranking is simulated: 20,000 genes with the sets' own symbols first (Student's t with 4
degrees of freedom, seed 3), a tenth of the sets' genes moved. Every run is a process of its own
on one BLAS thread; peak memory is the whole process's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

SOURCE = Path(__file__).resolve().parents[2] / "workflow" / "src"
ENGINES = ["diffpath", "diffpath x2", "gseapy extension", "gseapy prerank"]
GENES = 20_000


def load(folder: Path, wanted: int) -> tuple[pd.Series, dict[str, np.ndarray]]:
    """Return a ranking and as many sets of 5 to 500 genes, drawn at random, or all there are."""
    listed = {}
    for file in sorted(folder.glob("*.gmt")):
        for line in file.read_text().splitlines():
            name, _, *genes = line.split("\t")
            listed[f"{file.stem}:{name}"] = sorted({gene.strip() for gene in genes} - {""})
    symbols = sorted({gene for genes in listed.values() for gene in genes})[:GENES]
    symbols += [f"other{i}" for i in range(GENES - len(symbols))]
    place = {symbol: i for i, symbol in enumerate(symbols)}
    found = {name: [place[g] for g in genes if g in place] for name, genes in listed.items()}
    found = {name: rows for name, rows in found.items() if 5 <= len(rows) <= 500}
    random = np.random.default_rng(3)
    names = sorted(found)
    chosen = sorted(random.permutation(len(names))[:wanted])
    stat = random.standard_t(4, GENES)
    for i in chosen:
        if random.random() < 0.1:
            stat[found[names[i]]] += random.normal()
    sets = {names[i]: np.array(found[names[i]]) for i in chosen}
    return pd.Series(stat, index=symbols), sets


def run(engine: str, folder: Path, wanted: int) -> None:
    """Run one engine and print sets, CPU and wall seconds, and the smallest p."""
    stat, sets = load(folder, wanted)
    ordered = stat.sort_values(ascending=False)
    named = {name: stat.index[rows].tolist() for name, rows in sets.items()}
    if engine.startswith("diffpath"):
        from diffpath.enrich.gsea import run_gsea

        threads = 2 if engine.endswith("x2") else 1
        # Loading compiled code is paid once a process.
        run_gsea(stat.iloc[:1000], {"a": np.arange(10)}, "warm", permutations=1000)
        cpu, wall = time.process_time(), time.perf_counter()
        smallest = run_gsea(stat, sets, "speed", threads=threads)["pvalue"].min()
    elif engine == "gseapy extension":
        from gseapy.gse import fgsea_rs

        cpu, wall = time.process_time(), time.perf_counter()
        answer = fgsea_rs(
            ordered.index.tolist(), ordered.tolist(), named, 1.0, 1, GENES, 101, 10_000, 1e-50, 1, 1
        )
        smallest = min(summary.pval for summary in answer.summaries)
    else:
        import gseapy

        cpu, wall = time.process_time(), time.perf_counter()
        found = gseapy.prerank(
            ordered, named, method="multilevel", permutation_num=10_000, min_size=1,
            max_size=GENES, seed=1, threads=1, outdir=None, no_plot=True,
        )  # fmt: skip
        smallest = found.res2d["NOM p-val"].astype(float).min()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(len(sets), f"{cpu:.2f}", f"{wall:.2f}", f"{smallest:.1e}")


def main() -> None:
    """Print one row of a Markdown table for every number of sets and engine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="*", type=int, default=[50, 300, 7200])
    parser.add_argument("--engines", nargs="*", default=ENGINES, choices=ENGINES)
    parser.add_argument("--one", action="store_true", help="run in this process")
    given = parser.parse_args()
    if given.one:
        run(given.engines[0], given.folder, given.sets[0])
        return
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    environment = {**os.environ, **single, "PYTHONPATH": str(SOURCE)}
    print("| sets | engine | CPU s | wall s | smallest p | peak MB |\n|---|---|---|---|---|---|")
    for wanted in given.sets:
        for engine in given.engines:
            job = subprocess.Popen(
                [sys.executable, __file__, str(given.folder), "--one",
                 "--sets", str(wanted), "--engines", engine],
                env=environment, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert job.stdout is not None
            told = job.stdout.read().split()
            _, status, usage = os.wait4(job.pid, 0)
            if status:
                raise SystemExit(f"{engine} failed")
            n, cpu, wall, smallest = told[-4:]
            memory = f"{usage.ru_maxrss / 1000:.0f}"
            print(f"| {n} | {engine} | {cpu} | {wall} | {smallest} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
