"""Measure the first use of the compiled kernels: nothing compiled yet, and nowhere to keep it.

CPU and wall seconds of whole processes.
Run from the repository: ``python -m benchmarks.overhead.cold``.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "workflow" / "src"
FIT = """
import numpy as np
from diffpath import deseq
random = np.random.default_rng(1)
counts = random.negative_binomial(5, 5 / (5 + np.exp(random.normal(4, 1, 200))), (6, 200))
fit = deseq.fit(counts, np.column_stack([np.ones(6), np.repeat([0, 1], 3)]))
"""
GSEA = """
import numpy as np, pandas as pd
from diffpath.enrich.gsea import run_gsea
stat = pd.Series(np.linspace(-3, 3, 500), index=[f"g{i}" for i in range(500)])
run_gsea(stat, {"a": np.arange(12)}, "toy", permutations=1000)
"""


def run(code: str, source: Path, home: Path, temporary: Path, **more: str) -> str:
    """Run code in a process with its own home; return its CPU and wall seconds as cells."""
    environment = {name: value for name, value in os.environ.items() if name[:5] != "NUMBA"}
    environment |= {"PYTHONPATH": str(source), "HOME": str(home), "TMPDIR": str(temporary)}
    environment |= {"XDG_CACHE_HOME": str(home / "cache"), "OPENBLAS_NUM_THREADS": "1", **more}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{cpu:.1f} | {wall:.1f}"


def main() -> None:
    """Print the table."""
    print("| what | CPU s | wall s |\n|---|---|---|")
    for name, code in (("fit of 200 genes", FIT), ("GSEA of one set", GSEA)):
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            shutil.copytree(SOURCE, top / "src", ignore=shutil.ignore_patterns("__pycache__"))
            (top / "home").mkdir()
            for state in ("nothing compiled", "compiled before"):
                print(f"| {name}, {state} | {run(code, top / 'src', top / 'home', top)} |")
            plain = run(code, top / "src", top / "home", top, NUMBA_DISABLE_JIT="1")
            print(f"| {name}, plain NumPy | {plain} |")
            # A file where a folder should be made holds back root too, whom modes do not.
            for part in ("deseq", "enrich"):
                caches = top / "src" / "diffpath" / part / "__pycache__"
                shutil.rmtree(caches, ignore_errors=True)
                caches.touch()
            (top / "file").touch()
            for state in ("first use", "next"):
                told = run(code, top / "src", top / "file", top)
                print(f"| {name}, read-only install and home, {state} | {told} |", flush=True)


if __name__ == "__main__":
    main()
