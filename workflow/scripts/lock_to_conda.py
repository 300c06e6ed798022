"""Write the conda environment with the pins of the lock file: IN.in IN.lock OUT.yaml."""

import re
import sys
from pathlib import Path

# conda-forge and bioconda names where they differ from PyPI's; matplotlib there brings Qt along.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "snakemake": "snakemake-minimal"}
NOT_FOR_RUNS = "# What its tests run on."


def runtime_pins(requirements: str, lock: str) -> dict[str, str]:
    """Return package → version for what the workflow itself runs on."""
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock, re.MULTILINE))
    wanted = requirements.split(NOT_FOR_RUNS)[0]
    names = [re.split(r"[<>=# ]", line, maxsplit=1)[0] for line in wanted.splitlines()]
    return {name: pins[name] for name in names if name}


def conda_environment(pins: dict[str, str]) -> str:
    """Return the text of the environment file."""
    lines = [f"  - {CONDA_NAMES.get(name, name)}={version}" for name, version in pins.items()]
    return "\n".join(
        [
            "# Same pins as requirements.lock; written by `make lock`.",
            "channels:",
            "  - conda-forge",
            "  - bioconda",
            "  - nodefaults",
            "dependencies:",
            "  - python=3.11",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    source, lock, target = map(Path, sys.argv[1:])
    target.write_text(conda_environment(runtime_pins(source.read_text(), lock.read_text())))
