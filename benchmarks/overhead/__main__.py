"""Measure start and imports of every script, a dry run of many contrasts, and a run of nothing.

CPU seconds (user and system) of the child processes: they hold on a machine that others use too.
Run from the repository: ``python -m benchmarks.overhead [CONTRASTS]``.
"""

from __future__ import annotations

import ast
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
SCRIPTS = ROOT / "workflow" / "scripts"
EMPTY = "rule all:\n    input:\n        'there.txt',\n    localrule: True\n"


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Return CPU and wall seconds of a command that must succeed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    paths = f"{ROOT / 'workflow' / 'src'}{os.pathsep}{SCRIPTS}"
    environment = {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall


def imports_of(script: Path) -> str:
    """Return what a job runs before its work: Snakemake's preamble and the script's imports."""
    body = ast.parse(script.read_text(encoding="utf-8")).body
    lines = [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(["from snakemake import script", *lines])


def scripts() -> list[Path]:
    """Return the scripts that run as jobs."""
    return [p for p in sorted(SCRIPTS.glob("*.py")) if "snakemake.script" in p.read_text()]


def show(name: str, command: list[str], folder: Path) -> None:
    """Measure a command, once, and print its line."""
    cpu, wall = measure(command, folder)
    print(f"| {name} | {cpu:.1f} | {wall:.1f} |", flush=True)


def main(contrasts: int = 200) -> None:
    """Print the table."""
    from tests.workflow.conftest import write_project

    print("| what | CPU s | wall s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = [sys.executable, "-c"]
        measure([*python, imports_of(SCRIPTS / "differ_genes.py")], folder)  # fills caches
        for script in scripts():
            show(f"start and imports, {script.stem}", [*python, imports_of(script)], folder)
        project = write_project(folder / "many").folder
        table = project / "contrasts.tsv"
        lines = table.read_text().splitlines()
        rows = [f"c{i}\t{lines[1 + i % 2].split(chr(9), 1)[1]}" for i in range(contrasts)]
        table.write_text("\n".join([lines[0], *rows]) + "\n")
        snakemake = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
        ours = [*snakemake, "--snakefile", str(ROOT / "Snakefile"), "--configfile", "config.yaml"]
        show(f"dry run, {contrasts} contrasts", [*ours, "--dry-run"], project)
        # A first run, so that there is nothing left to do in the second.
        small = write_project(folder / "small").folder
        measure(ours, small)
        show("nothing to do, small cohort", ours, small)
        empty = folder / "empty"
        empty.mkdir()
        (empty / "Snakefile").write_text(EMPTY)
        (empty / "there.txt").touch()
        show("nothing to do, empty workflow", snakemake, empty)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
