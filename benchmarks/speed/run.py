"""Time our fit beside stock pydeseq2, R DESeq2, edgeR QL and limma-voom on the same matrices.

    python benchmarks/speed/run.py [--airway <folder>] [--sizes 20000x6 ...] [--engines ...]

Every fit is a process of its own with one BLAS thread; its CPU and wall seconds are those of
the fit from counts to p-values, without start-up and imports; peak memory is the whole
process's. Figures are kept in measured.json, so that a later call adds to them; the table of
README.md is made from that file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "workflow" / "src"
ENGINES = ["diffpath", "diffpath x2", "pydeseq2", "DESeq2", "edgeR", "limma"]
SIZES = ["20000x6", "20000x12", "20000x50", "20000x200", "20000x500", "20000x1000", "60000x24"]
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def simulate(genes: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw negative-binomial counts of two groups, samples x genes, and their design."""
    random = np.random.default_rng(3)
    mean = np.exp(random.normal(4.5, 2, genes))
    change = np.where(random.random(genes) < 0.1, random.normal(0, 1.2, genes), 0.0)
    group = np.arange(samples) % 2
    depth = np.exp(random.normal(0, 0.25, samples))
    dispersion = (0.05 + 2 / mean) * np.exp(random.normal(0, 0.6, genes))
    expected = mean * depth[:, None] * 2.0 ** (change * group[:, None])
    counts = random.negative_binomial(1 / dispersion, 1 / (1 + dispersion * expected))
    return counts, np.column_stack([np.ones(samples), group])


def airway(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read the airway counts, genes with a count, and the design ~ cell + dex."""
    counts = pd.read_csv(folder / "airway_rawcounts.csv.gz", index_col=0).to_numpy()
    table = pd.read_csv(folder / "airway_metadata.csv")
    cells = pd.get_dummies(table["celltype"], drop_first=True, dtype=float)
    treated = table["dex"].eq("treated").to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(table)), cells.to_numpy(), treated])
    return counts[counts.any(axis=1)].T, design


def measure(engine: str, folder: Path) -> dict[str, float]:
    """Run one engine in a process of its own."""
    if engine in {"diffpath", "diffpath x2", "pydeseq2"}:
        name, _, threads = engine.partition(" x")
        command = [sys.executable, str(HERE / "fit.py"), name, str(folder), threads or "1"]
    else:
        command = ["Rscript", str(HERE / "fit.R"), engine, str(folder)]
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    environment = {**os.environ, **single, "PYTHONPATH": str(SOURCE)}
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as problem:
        job = subprocess.Popen(command, stdout=told, stderr=problem, env=environment)
        _, status, usage = os.wait4(job.pid, 0)
        if status:
            problem.seek(0)
            raise SystemExit(f"{engine} failed: {problem.read().decode()}")
        told.seek(0)
        cpu, wall = (float(value) for value in told.read().split()[-2:])
    whole = usage.ru_utime + usage.ru_stime
    return {"cpu": cpu, "wall": wall, "process_cpu": whole, "memory_mb": usage.ru_maxrss / 1000}


def compare(folder: Path, engine: str) -> dict[str, float]:
    """Hold an engine's p-values against R DESeq2's."""
    name = engine.partition(" x")[0]
    ours, theirs = (np.fromfile(folder / f"{each}.bin").reshape(2, -1) for each in (name, "DESeq2"))
    known = ~np.isnan(ours[1]) & ~np.isnan(theirs[1]) & (theirs[1] > 0)
    apart = np.abs(ours[1][known] / theirs[1][known] - 1)
    return {"p_median": float(np.median(apart))}


def tell(measured: dict[str, dict[str, dict[str, float]]]) -> str:
    """Write the table of README.md."""
    lines = []
    for heading, key, unit in (
        ("CPU seconds of the fit (in brackets, times ours)", "cpu", 1),
        ("Wall seconds of the fit (in brackets, times ours)", "wall", 1),
        ("Peak memory, MB (in brackets, times ours)", "memory_mb", 0),
    ):
        lines += [f"**{heading}**", "", "| matrix | " + " | ".join(ENGINES) + " |"]
        lines.append("|---" * (len(ENGINES) + 1) + "|")
        for size, engines in measured.items():
            ours = engines["diffpath"][key]
            cells = []
            for engine in ENGINES:
                value = engines.get(engine, {}).get(key)
                ratio = "" if engine == "diffpath" or value is None else f" ({value / ours:.1f})"
                cells.append("–" if value is None else f"{value:.{2 if unit else 0}f}{ratio}")
            lines.append(f"| {size} | " + " | ".join(cells) + " |")
        lines.append("")
    lines += ["**Median relative difference of p-values from R DESeq2**", ""]
    lines += ["| matrix | diffpath | pydeseq2 |", "|---|---|---|"]
    for size, engines in measured.items():
        values = [engines.get(engine, {}).get("p_median") for engine in ("diffpath", "pydeseq2")]
        told = ["–" if value is None else f"{value:.1e}" for value in values]
        lines.append(f"| {size} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure what is asked for and renew README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--airway", type=Path, help="folder with the airway counts")
    parser.add_argument("--sizes", nargs="*", default=SIZES, help="genes x samples")
    parser.add_argument("--engines", nargs="*", default=ENGINES, choices=ENGINES)
    given = parser.parse_args()
    store = HERE / "measured.json"
    measured = json.loads(store.read_text()) if store.exists() else {}
    for size in [*(["airway"] if given.airway else []), *given.sizes]:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            if size == "airway":
                counts, design = airway(given.airway)
            else:
                counts, design = simulate(*map(int, size.split("x")))
            np.ascontiguousarray(counts, dtype=np.int32).tofile(folder / "counts.bin")
            np.savetxt(folder / "design.csv", design, delimiter=",", fmt="%g")
            entry = measured.setdefault(size, {})
            for engine in given.engines:
                entry[engine] = measure(engine, folder)
                print(size, engine, entry[engine], flush=True)
                store.write_text(json.dumps(measured, indent=1) + "\n")
            for engine in given.engines:
                if engine in {"diffpath", "diffpath x2", "pydeseq2"} and "DESeq2" in given.engines:
                    entry[engine] |= compare(folder, engine)
            store.write_text(json.dumps(measured, indent=1) + "\n")
    readme = HERE / "README.md"
    text = readme.read_text()
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    readme.write_text(f"{head}{BEGIN}\n{tell(measured)}\n{END}{tail}")


if __name__ == "__main__":
    main()
