"""A small cohort and a way to run the workflow on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[2]
N_GENES = 500
CONDITIONS = {"WS": 4, "control": 4, "SVF_WS": 3, "SVF_control": 3}


def run_snakemake(*arguments: str, cores: int = 2, ok: bool = True) -> str:
    """Run snakemake; return what it printed."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
    folder = arguments[arguments.index("--directory") + 1]
    environment = {**os.environ, "XDG_CACHE_HOME": str(Path(folder) / ".cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    printed = done.stdout + done.stderr
    assert (done.returncode == 0) is ok, printed[-6000:]
    return printed


@dataclass(frozen=True)
class Project:
    """A working directory with a cohort in it."""

    folder: Path
    config: Path | None = None
    results_name: str = "results"

    @property
    def results(self) -> Path:
        return self.folder / self.results_name

    def run(self, *arguments: str, cores: int = 2, ok: bool = True) -> str:
        """Run snakemake here; return what it printed."""
        return run_snakemake(
            "--snakefile",
            str(ROOT / "Snakefile"),
            "--directory",
            str(self.folder),
            "--configfile",
            str(self.config or self.folder / "config.yaml"),
            *arguments,
            cores=cores,
            ok=ok,
        )

    def planned(self) -> set[str]:
        """Return ``rule`` or ``rule contrast`` of every job a run would make now."""
        jobs = []
        for line in self.run("--dry-run").splitlines():
            rule = re.match(r"(?:local)?rule (\w+):", line)
            scope = re.search(r"wildcards: .*?(?:contrast|scope)=(?:contrasts/)?([\w-]+)", line)
            if rule:
                jobs.append(rule[1])
            elif scope:
                jobs[-1] += f" {scope[1]}"
        return set(jobs) - {"default", "all"}

    def copy(self, target: Path) -> Project:
        """Return a copy with dates and Snakemake's records kept."""
        shutil.copytree(self.folder, target, copy_function=shutil.copy2)
        return Project(target)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in a file; the text must be there."""
        text = (self.folder / name).read_text()
        assert old in text
        (self.folder / name).write_text(text.replace(old, new))

    def ask_for_cross_check(self) -> None:
        """Switch the other engine's check on."""
        config = self.folder / "config.yaml"
        config.write_text(config.read_text() + "differ:\n  cross_check: true\n")

    def tables(self) -> dict[str, bytes]:
        """Return the bytes of every table among the results."""
        return {
            str(path.relative_to(self.results)): path.read_bytes()
            for path in sorted(self.results.rglob("*.tsv*"))
            if "logs" not in path.parts
        }


def write_project(folder: Path, *, shuffle: bool = False, seed: int = 4) -> Project:
    """Write a cohort of 14 donors in two tissues; ``shuffle`` mixes samples and genes."""
    rng = np.random.default_rng(seed)
    rows = []
    for condition, count in CONDITIONS.items():
        for i in range(count):
            tissue = "SVF" if condition.startswith("SVF") else "MSC"
            rows.append(
                (
                    f"{condition}_{i + 1}",
                    condition.removeprefix("SVF_"),
                    tissue,
                    f"{condition}-d{i + 1}",
                    str(i % 2 + 1),
                )
            )
    sheet = pd.DataFrame(rows, columns=["sample", "condition", "tissue", "donor", "batch"])
    mean = np.exp(rng.normal(5, 1.2, N_GENES))
    effect = np.zeros(N_GENES)
    effect[:40] = 1.5
    changed = (sheet["condition"] == "WS").to_numpy()[:, None] * effect
    mu = mean * np.exp(changed) * rng.lognormal(0, 0.15, len(sheet))[:, None]
    counts = pd.DataFrame(
        rng.negative_binomial(5, 5 / (5 + mu)).T,
        index=pd.Index([f"ENSG{i:011d}" for i in range(1, N_GENES + 1)], name="gene_id"),
        columns=sheet["sample"],
    )
    genes = pd.DataFrame(
        {
            "gene_id": counts.index,
            "symbol": [f"GENE{i}" for i in range(1, N_GENES + 1)],
            "biotype": "protein_coding",
            "chromosome": "1",
        }
    )
    if shuffle:
        counts = counts.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
        sheet = sheet.sample(frac=1, random_state=3)
        genes = genes.sample(frac=1, random_state=5)
    folder.mkdir(parents=True, exist_ok=True)
    counts.to_csv(folder / "counts.tsv", sep="\t")
    genes.to_csv(folder / "genes.tsv", sep="\t", index=False)
    sheet.to_csv(folder / "samples.tsv", sep="\t", index=False)
    sets = {"CHANGED": range(1, 31), "HALF": range(30, 60), "STILL": range(100, 140)}
    (folder / "theme.gmt").write_text(
        "".join(f"{n}\ttoy\t" + "\t".join(f"GENE{i}" for i in r) + "\n" for n, r in sets.items())
    )
    (folder / "contrasts.tsv").write_text(
        "contrast\tdesign\tvariable\ttest\treference\tsubset\tnote\n"
        "MSC\t~ batch + condition\tcondition\tWS\tcontrol\ttissue == 'MSC'\t\n"
        "SVF\t~ condition\tcondition\tWS\tcontrol\ttissue == 'SVF'\t\n"
    )
    config = {
        "cohort": {"name": "Toy", "question": "Is it changed?", "simulated": True},
        "samples": "samples.tsv",
        "contrasts": "contrasts.tsv",
        "counts": [{"name": "lab", "file": "counts.tsv"}],
        "annotation": {"file": "genes.tsv"},
        "enrichment": {"permutations": 1000},
        "themes": [{"name": "toy", "title": "Toy theme", "file": "theme.gmt"}],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    return Project(folder)
