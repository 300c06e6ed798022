"""Pack what a machine without internet needs into one file: CONFIG.yaml BUNDLE.tar.

The bundle holds the tree at HEAD, the wheels of requirements.lock for this machine's platform
and Python, and CONFIG with the sheets, the annotation and the gene sets it names; where CONFIG
lists several cohorts, those of each.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

TOP = "diffpath"
OUTSIDE = "carried"
SHEETS = {"samples", "contrasts"}
ENTRIES = ("themes", "panels", "collections")


def read_configs(config_file: str) -> dict[str, dict[str, Any]]:
    """Return a config, and those of the cohorts where it lists some: file → what is in it."""
    top = _read(config_file)
    cohorts = named_files(top) if "cohorts" in top else []
    return {config_file: top, **{file: _read(file) for file in cohorts}}


def _read(file: str) -> dict[str, Any]:
    """Return what is in a config file; end with one message where it is none."""
    try:
        config = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.exit(f"{file}: found no such file; expected a config. To mend: make bundle CONFIG=FILE")
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        sys.exit(f"{file}: cannot be read as YAML: {' '.join(str(error).split())}")
    wanted = {"cohorts"} if isinstance(config, dict) and "cohorts" in config else SHEETS
    absent = [key for key in sorted(wanted) if not isinstance(config, dict) or not config.get(key)]
    if absent:
        sys.exit(f"{file}: found no {' and no '.join(absent)}; expected the config of a cohort")
    if "cohorts" in wanted and not isinstance(config["cohorts"], dict):
        sys.exit(f"{file}, key cohorts: expected names with config files")
    found: dict[str, Any] = config
    return found


def named_files(config: dict[str, Any]) -> list[str]:
    """Return the sheets, the annotation and the gene-set files a config names, in its order.

    Of a list of cohorts, their configs. Those of the demo, which the workflow makes, and its
    own gene sets are left out.
    """
    if "cohorts" in config:
        return list(dict.fromkeys(config["cohorts"].values()))
    files = [config["samples"], config["contrasts"]]
    files += [(config.get("annotation") or {}).get("file")]
    files += [entry["file"] for key in ENTRIES for entry in config.get(key) or []]
    kept = [f for f in files if f and not f.startswith(("builtin:", "demo/"))]
    return list(dict.fromkeys(kept))


def place_files(files: list[str]) -> dict[str, str]:
    """Return file → its place in the bundle: its own inside the tree, else in ``carried/``."""
    places: dict[str, str] = {}
    for file in files:
        place = os.path.normpath(file)
        if Path(file).is_absolute() or place.startswith(".."):
            name, number = Path(file).name, 1
            while (place := f"{OUTSIDE}/{name}") in places.values():
                number += 1
                name = f"{number}-{Path(file).name}"
        places[file] = place
    return places


def rename_in_config(text: str, moved: dict[str, str]) -> str:
    """Return a config's text with moved files named at their new places."""
    expected = _replaced(yaml.safe_load(text), moved)
    for file in sorted(moved, key=len, reverse=True):
        text = text.replace(file, moved[file])
    if yaml.safe_load(text) != expected:
        sys.exit(
            f"The paths of files outside the tree could not be rewritten: {', '.join(moved)}.\n"
            "Expected each to stand on one line of the config and nowhere but as a file; "
            "put the files inside the tree and name them there."
        )
    return text


def _replaced(value: Any, moved: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, moved) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, moved) for item in value]
    return moved.get(value, value) if isinstance(value, str) else value


def copy_cohort(config_file: str, tree: Path) -> dict[str, str]:
    """Copy a config and the files it names into the tree; return what moved, old → new place."""
    configs = read_configs(config_file)
    named = {file: named_files(config) for file, config in configs.items()}
    for config, files in named.items():
        absent = [file for file in files if not Path(file).is_file()]
        if absent:
            sys.exit(f"{config} names files that do not exist here: {', '.join(absent)}")
    places = place_files(list(dict.fromkeys([*configs, *chain(*named.values())])))
    moved = {file: place for file, place in places.items() if os.path.normpath(file) != place}
    for file, place in places.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, tree / place)
    for config, files in named.items():
        text = Path(config).read_text(encoding="utf-8")
        inside = {file: moved[file] for file in files if file in moved}
        (tree / places[config]).write_text(rename_in_config(text, inside), encoding="utf-8")
    return moved


def archive_head(tree: Path) -> None:
    """Unpack the tree at HEAD into a folder; end with one message where there is none."""
    archive = tree.with_name("head.tar")
    try:
        command = ["git", "archive", "--output", str(archive), "HEAD"]
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        sys.exit(
            f"The tree could not be packed: {said}\n"
            "Expected a git checkout and git on the PATH; make the bundle in a clone."
        )
    with tarfile.open(archive) as head:
        head.extractall(tree, filter="data")


def collect_wheels(lock: Path, folder: Path) -> None:
    """Fill a folder with the wheels of a lock, and a lock that also has what was built here.

    pip holds every download against the lock's hashes. Of a package without a wheel the source
    is built, and the hash of the built wheel is written beside that of its source.
    """
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*command, "-r", str(lock), "-w", str(folder)], check=True)
    text = lock.read_text(encoding="utf-8")
    for wheel in sorted(folder.glob("*.whl")):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest not in text:
            name = wheel.name.split("-")[0].replace("_", "-").lower()
            text = re.sub(
                rf"^({re.escape(name)}==.*\\\n)",
                rf"\1    --hash=sha256:{digest} \\\n",
                text,
                flags=re.MULTILINE,
            )
    (folder / "requirements.lock").write_text(text, encoding="utf-8")
    (folder / "python").write_text(python_version() + "\n", encoding="utf-8")


def python_version() -> str:
    """Return the Python the wheels are for, such as 3.11."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def oldest_glibc(wheels: list[str]) -> int | None:
    """Return N where all wheels run on glibc 2.N or later; None where none asks for one."""
    needed = [re.findall(r"manylinux_2_(\d+)", name) for name in wheels]
    return max((min(map(int, found)) for found in needed if found), default=None)


def main(config_file: str, bundle: str) -> None:
    """Write the bundle and say what is in it, what moved and what is still to be carried."""
    configs = read_configs(config_file)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, TOP)
        tree.mkdir()
        archive_head(tree)
        moved = copy_cohort(config_file, tree)
        collect_wheels(Path("requirements.lock"), tree / "wheels")
        wheels = [path.name for path in (tree / "wheels").glob("*.whl")]
        with tarfile.open(bundle, "w") as out:
            out.add(tree, TOP)
    edited = subprocess.run(["git", "diff", "--quiet", "HEAD"]).returncode != 0
    glibc = oldest_glibc(wheels)
    config = moved.get(config_file, config_file)
    counts = [entry["file"] for each in configs.values() for entry in each.get("counts") or []]
    print(
        f"{bundle}: {Path(bundle).stat().st_size / 1e6:.0f} MB, {len(wheels)} wheels for Python"
        f" {python_version()} on {os.uname().machine}" + (f", glibc 2.{glibc}+" if glibc else "")
    )
    if edited:
        print("Edits of the code that are not committed are not in it.")
    for old, new in moved.items():
        print(f"Outside the tree: {old} is {new} in the bundle, and its config says so.")
    for file in dict.fromkeys(counts):
        if not file.startswith("demo/"):
            print(f"Not in the bundle, carry it yourself: {file}")
    run = f"make run CONFIG={shlex.quote(config)}"
    print(f"There: tar xf {Path(bundle).name} && cd {TOP} && make demo; {run}")


if __name__ == "__main__":
    main(*sys.argv[1:])
