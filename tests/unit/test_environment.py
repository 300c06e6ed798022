"""The lock file, the conda environment and the house rules of the tree."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

ORDER = [
    "findings",
    "tables",
    "multiple",
    "compiled",
    "subset",
    "design",
    "read",
    "gene_sets",
    "check",
    "units",
    "normalize",
    "deseq",
    "differ",
    "cross_check",
    "qc",
    "describe",
    "enrich",
    "themes",
    "provenance",
    "runs",
    "plot",
    "report",
]


def test_conda_environment_has_the_pins_of_the_lock(root: Path) -> None:
    script = root / "workflow" / "scripts" / "lock_to_conda.py"
    spec = importlib.util.spec_from_file_location("lock_to_conda", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pins = module.runtime_pins(
        (root / "requirements.in").read_text(), (root / "requirements.lock").read_text()
    )
    assert {"snakemake", "pydeseq2", "pandas", "anndata"} <= set(pins)
    text = (root / "envs" / "diffpath.yaml").read_text()
    assert text == module.conda_environment(pins)
    assert all("=" in entry for entry in yaml.safe_load(text)["dependencies"])


def test_lock_is_hashed_and_names_no_index(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9-]+==", text, re.M)
    assert len(pins) > 50
    assert text.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?:|index-url|find-links|file:", text)


def test_data_flow_from_left_to_right(root: Path) -> None:
    """No module imports one to its right."""
    source = root / "workflow" / "src" / "diffpath"
    checked = 0
    for path in source.rglob("*.py"):
        name = path.relative_to(source).parts[0].removesuffix(".py")
        if name in ("__init__", "simulate", "msc_levels"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("diffpath."):
                assert node.module is not None
                target = node.module.split(".")[1]
                assert ORDER.index(target) <= ORDER.index(name), f"{path.name} imports {target}"
                checked += 1
    assert checked > 50


def test_the_library_knows_no_snakemake(root: Path) -> None:
    for path in (root / "workflow" / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [a.name for a in node.names] + [getattr(node, "module", "") or ""]
                assert not any(n.split(".")[0] == "snakemake" for n in names), path


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [("workflow/**/*.py", 420), ("benchmarks/**/*.py", 420), ("tests/**/*.py", 520)],
)
def test_files_stay_small(root: Path, pattern: str, limit: int) -> None:
    long = {
        str(path.relative_to(root)): lines
        for path in root.glob(pattern)
        if (lines := len(path.read_text().splitlines())) > limit
        and path.name != "test_cohort.py"  # one long table of malformed inputs
    }
    assert long == {}


def test_containers_install_the_lock_on_the_python_of_conda(root: Path) -> None:
    envs = root / "envs"
    conda = yaml.safe_load((envs / "diffpath.yaml").read_text())["dependencies"]
    version = next(entry for entry in conda if entry.startswith("python=")).split("=")[1]
    docker, apptainer = (envs / "Dockerfile").read_text(), (envs / "diffpath.def").read_text()
    assert re.findall(r"^FROM (.+)$", docker, re.M) == [f"python:{version}"]
    assert re.findall(r"^From: (.+)$", apptainer, re.M) == [f"python:{version}"]
    lock = "/opt/diffpath/requirements.lock"
    install = f"python -m pip install --no-cache-dir --require-hashes -r {lock}"
    assert re.findall(r"^RUN (.+)$", docker, re.M) == [install]
    post = re.findall(r"^%post\n((?:    .+\n)+)", apptainer, re.M)
    assert [line.strip() for line in post[0].splitlines()] == [install]
    assert f"COPY requirements.lock {lock}\n" in docker
    assert f"    requirements.lock {lock}\n" in apptainer
    threads = "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1"
    assert threads in docker
    assert threads in apptainer
    environment = apptainer.split("%environment")[1].split("%runscript")[0]
    assert "export PYTHONNOUSERSITE=1\n    unset PYTHONPATH\n" in environment


@pytest.fixture
def nobody() -> list[str]:
    """Start of a command that runs the rest as a user without an entry in /etc/passwd."""
    command = ["unshare", "--user", "--map-user=54321", "--map-group=54321"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"]).returncode:
        if os.environ.get("CI"):
            pytest.fail("a user namespace is not permitted in CI")
        pytest.skip("a user namespace is not permitted")
    return command


def test_the_image_names_a_user_that_docker_does_not_know(root: Path, nobody: list[str]) -> None:
    text = (root / "envs" / "Dockerfile").read_text()
    (line,) = re.findall(r"^ENV (.+)$", text, re.M)
    known = dict(pair.split("=") for pair in line.split())
    bare = {
        k: v for k, v in os.environ.items() if k not in ("USER", "LOGNAME", "LNAME", "USERNAME")
    }
    command = [*nobody, sys.executable, "-c", "import getpass; print(getpass.getuser())"]
    without = subprocess.run(command, env=bare, capture_output=True, text=True)
    assert without.returncode != 0
    done = subprocess.run(command, env={**bare, **known}, capture_output=True, text=True)
    assert done.stdout.strip() == "diffpath"


@pytest.mark.parametrize(
    ("given", "cores", "memory"),
    [
        ({"SLURM_CPUS_PER_TASK": "8", "SLURM_MEM_PER_NODE": "16000"}, "8", "mem_mb=16000"),
        ({"SLURM_CPUS_PER_TASK": "8", "SLURM_MEM_PER_CPU": "2000"}, "8", "mem_mb=16000"),
        ({"SLURM_CPUS_PER_TASK": "4", "SLURM_MEM_PER_NODE": "0"}, "4", None),
        ({"SLURM_MEM_PER_NODE": "0", "MEM_MB": "900"}, "1", "mem_mb=900"),
        ({"NSLOTS": "3"}, "3", None),
    ],
)
def test_one_job_takes_what_the_scheduler_gave(
    root: Path, tmp_path: Path, given: dict[str, str], cores: str, memory: str | None
) -> None:
    fake = tmp_path / "snakemake"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", **given}
    script = root / "profiles" / "generic-cluster" / "submit.sh"
    command = ["/bin/sh", str(script), "a b.yaml", "--dry-run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    asked = done.stdout.splitlines()
    assert asked[asked.index("--cores") + 1] == cores
    assert asked[asked.index("--configfile") + 1] == "a b.yaml"
    assert [word for word in asked if word.startswith("mem_mb")] == ([memory] if memory else [])
    assert asked[-1] == "--dry-run"


def test_one_job_finds_the_snakemake_that_make_installed(root: Path, tmp_path: Path) -> None:
    fake = tmp_path / ".venv" / "bin" / "snakemake"
    fake.parent.mkdir(parents=True)
    fake.write_text("#!/bin/sh\necho found\n")
    fake.chmod(0o755)
    command = ["/bin/sh", str(root / "profiles" / "generic-cluster" / "submit.sh")]
    bare = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True)
    assert done.stdout == "found\n", done.stderr


def last_command(root: Path, *arguments: str, **environment: str) -> list[str]:
    """Return the words of the last command that ``make`` would run."""
    command = ["make", "--dry-run", "--no-print-directory", "--old-file", "v/ready", "VENV=v"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return shlex.split(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("target", ["run", "bundle"])
def test_make_takes_a_config_in_a_folder_with_a_space(root: Path, target: str) -> None:
    assert "a b/config.yaml" in last_command(root, target, "CONFIG=a b/config.yaml")


def test_make_takes_all_cores_whatever_openmp_is_told(root: Path) -> None:
    """Clusters set OMP_NUM_THREADS=1 for everybody; ``nproc`` then counts one core."""
    words = last_command(root, "run", OMP_NUM_THREADS="1")
    assert words[words.index("--cores") + 1] == "all"


def test_every_rule_asks_for_more_at_each_attempt(root: Path) -> None:
    asked = 0
    for path in (root / "workflow" / "rules").glob("*.smk"):
        text = path.read_text()
        for block in re.findall(r"^    resources:\n((?:        .*\n)+)", text, re.M):
            for name in ("mem_mb", "runtime"):
                (value,) = re.findall(
                    rf"^        {name}=((?:.*\n(?!        \w+=))*.*)", block, re.M
                )
                assert re.search(r"\bscaled\(|\battempt\b", value), f"{path.name}: {name}={value}"
                asked += 1
    assert asked >= 2 * 14


def _named(requirements: str) -> set[str]:
    lines = [line for line in requirements.splitlines() if line[:1].isalpha()]
    return {re.split(r"[<>= ]", line)[0] for line in lines}


def _imported(paths: Iterable[Path]) -> set[str]:
    text = "\n".join(path.read_text() for path in paths)
    found = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.M))
    own = {"diffpath", "adapter", "the", "tests", "benchmarks", "workflow"}
    names = found - own - set(sys.stdlib_module_names)
    return {{"yaml": "pyyaml"}.get(name, name).lower() for name in names}


def test_what_is_imported_is_pinned_by_name(root: Path) -> None:
    """Else its version in the conda environment is whatever another package takes."""
    requirements = (root / "requirements.in").read_text()
    named = _named(requirements.split("# What its tests run on.")[0])
    runs = [*(root / "workflow").rglob("*.py")]
    imported = _imported(runs)
    assert imported <= named
    # plotly and itables are opened by name; Slurm's plugin is named in its profile.
    text = "\n".join(path.read_text() for path in runs)
    opened = set(re.findall(r'resources\.files\("(\w+)"\)', text))
    assert named - imported - opened == {"snakemake-executor-plugin-slurm"}
    others = [*(root / "tests").rglob("*.py"), *(root / "benchmarks").rglob("*.py")]
    assert {"rich", "scanpy"} <= _imported(others) <= _named(requirements)


def test_ci_fails_where_it_would_skip(root: Path) -> None:
    lines = (root / ".ci" / "run").read_text().splitlines()
    assert lines.index("export CI=1") < lines.index("make test")
