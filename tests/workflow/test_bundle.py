"""The bundle for a machine without internet: what is in it, and that it runs there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from diffpath.tables import THEME_VERDICTS, read_table
from tests.workflow.conftest import ROOT
from workflow.scripts import make_bundle

PYTHON = f"python{make_bundle.python_version()}"
# Run before the command: no route leads out, and no interface but the loopback one is there.
ALONE = """
import errno, os, socket, sys
lines = open("/proc/net/dev").read().splitlines()[2:]
assert {line.split(":")[0].strip() for line in lines} <= {"lo"}, lines
assert len(open("/proc/net/route").read().splitlines()) <= 1
try:
    socket.create_connection(("192.0.2.1", 443), 5)
except OSError as error:
    assert error.errno == errno.ENETUNREACH, error
else:
    sys.exit("there is a network")
print("no network", flush=True)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def _absent(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} in CI")
    pytest.skip(what)


@pytest.fixture(scope="module")
def without_network() -> list[str]:
    """Start of a command that runs the rest of it in a namespace without network."""
    program = shutil.which("unshare")
    if program is None:
        _absent("unshare is absent")
    command = [str(program), "-n" if os.geteuid() == 0 else "-rn"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        _absent("a network namespace is not permitted")
    return [*command, sys.executable, "-c", ALONE]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, without_network: list[str]) -> Iterator[Path]:
    """Folder a bundle was unpacked in; its wheels come from the index or pip's cache."""
    if not (ROOT / ".git").exists():
        _absent("no git checkout, nothing to bundle")
    folder = tmp_path_factory.mktemp("bundle")
    command = ["make", "--silent", "--old-file", f"{sys.prefix}/ready", f"VENV={sys.prefix}"]
    command += ["bundle", "CONFIG=config/demo/config.yaml", f"BUNDLE={folder / 'bundle.tar'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "make demo" in done.stdout
    with tarfile.open(folder / "bundle.tar") as tar:
        assert {name.split("/")[0] for name in tar.getnames()} == {"diffpath"}
        tar.extractall(folder, filter="data")
    (folder / "bundle.tar").unlink()
    yield folder / "diffpath"
    shutil.rmtree(folder)


def test_bundle_holds_every_pin_and_the_commit(bundle: Path) -> None:
    lock = (ROOT / "requirements.lock").read_text()
    bundled = (bundle / "wheels" / "requirements.lock").read_text()
    # Pins of another platform have a marker behind the version.
    pins = re.findall(r"^([a-z0-9-]+)==([^ ;]+)(?: \\| ; (?!sys_platform).*)$", lock, re.M)
    wheels = {
        (name.replace("_", "-").lower(), version)
        for name, version in (
            path.name.split("-")[:2] for path in (bundle / "wheels").glob("*.whl")
        )
    }
    assert wheels == set(pins)
    # The lock there is this one and the hashes of the wheels that were built here.
    added = set(bundled.splitlines()) - set(lock.splitlines())
    assert set(lock.splitlines()) <= set(bundled.splitlines())
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64} \\", line) for line in added)
    assert len(added) <= 3
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    commit = (bundle / "workflow" / "src" / "diffpath" / "commit.txt").read_text().strip()
    assert commit == head.stdout.strip()


def test_bundle_takes_the_python_of_its_wheels(bundle: Path) -> None:
    """By default the Python it was made with; another is refused before anything is made."""
    command = ["make", "--dry-run", "setup"]
    printed = subprocess.run(command, cwd=bundle, capture_output=True, text=True).stdout
    assert f"{PYTHON} -m venv .venv" in printed
    (bundle / "wheels" / "python").write_text("3.99\n")
    command = ["make", "setup", f"PYTHON={sys._base_executable}"]
    refused = subprocess.run(command, cwd=bundle, capture_output=True, text=True)
    (bundle / "wheels" / "python").write_text(make_bundle.python_version() + "\n")
    assert refused.returncode != 0
    assert "wheels of this bundle are for Python 3.99" in refused.stderr
    assert not (bundle / ".venv").exists()


def test_bundle_installs_runs_the_demo_and_tests_without_network(
    bundle: Path, without_network: list[str], tmp_path: Path
) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "VIRTUAL"))}
    environment |= {"HOME": str(tmp_path), "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
    command = [*without_network, "make", "demo", f"PYTHON={sys._base_executable}"]
    done = subprocess.run(command, cwd=bundle, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert done.stdout.startswith("no network\n")
    folder = bundle / "demo" / "results" / "contrasts" / "WS_vs_control"
    verdicts = read_table(folder / "themes" / "verdicts.tsv", THEME_VERDICTS).set_index("theme")
    assert verdicts.loc["inflammation", "verdict"] == "higher"
    commit = (bundle / "workflow" / "src" / "diffpath" / "commit.txt").read_text()[:12]
    assert commit in (bundle / "demo" / "results" / "index.html").read_text()
    # A minute's worth of the tests: all of them take as long there as everywhere.
    folders = [f"tests/unit/{name}" for name in ("read", "enrich", "themes")]
    command = [*without_network, ".venv/bin/python", "-m", "pytest", "-q", *folders]
    environment.pop("CI", None)  # the real data were not carried
    done = subprocess.run(command, cwd=bundle, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert re.search(r"\d{3} passed", done.stdout)


def test_files_outside_the_tree_are_placed_and_named_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, far = tmp_path / "here", tmp_path / "there", tmp_path / "far"
    for name in ("here/s.tsv", "here/c.tsv", "here/sets/in.gmt", "far/a.gmt", "far/b/a.gmt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    collections = ["sets/in.gmt", "../far/a.gmt", str(far / "b" / "a.gmt"), "builtin:ecm"]
    config = {
        "samples": "s.tsv",
        "contrasts": "./c.tsv",
        "annotation": {"file": "demo/annotation.tsv.gz"},
        "collections": [{"name": f"c{i}", "file": file} for i, file in enumerate(collections)],
    }
    (here / "config.yaml").write_text(yaml.safe_dump(config))
    monkeypatch.chdir(here)
    moved = make_bundle.copy_cohort("config.yaml", there)
    assert moved == {
        "../far/a.gmt": "carried/a.gmt",
        str(far / "b" / "a.gmt"): "carried/2-a.gmt",
    }
    assert (there / "carried" / "2-a.gmt").read_text() == "far/b/a.gmt"
    assert (there / "sets" / "in.gmt").read_text() == "here/sets/in.gmt"
    assert (there / "c.tsv").is_file()
    written = yaml.safe_load((there / "config.yaml").read_text())
    assert [entry["file"] for entry in written["collections"]] == [
        "sets/in.gmt",
        "carried/a.gmt",
        "carried/2-a.gmt",
        "builtin:ecm",
    ]
    assert written["contrasts"] == "./c.tsv"


def test_a_file_that_is_absent_or_cannot_be_renamed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = "samples: s.tsv\ncontrasts: c.tsv\nthemes:\n- {name: t, file: absent.gmt}\n"
    (tmp_path / "config.yaml").write_text(config)
    for name in ("s.tsv", "c.tsv"):
        (tmp_path / name).touch()
    with pytest.raises(SystemExit, match=r"files that do not exist here: absent\.gmt"):
        make_bundle.copy_cohort("config.yaml", tmp_path / "there")
    with pytest.raises(SystemExit, match=r"could not be rewritten: \.\./x\.gmt"):
        make_bundle.rename_in_config(
            "file: ../x.gmt\nnote: taken from ../x.gmt\n", {"../x.gmt": "carried/x.gmt"}
        )


def test_every_cohort_of_a_list_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for name in "ab":
        far = tmp_path / f"far_{name}"
        far.mkdir()
        (far / "s.tsv").write_text(name)
        config = {"samples": str(far / "s.tsv"), "contrasts": str(far / "s.tsv")}
        (far / "config.yaml").write_text(yaml.safe_dump(config))
    here.mkdir()
    monkeypatch.chdir(here)
    listed = {name: f"../far_{name}/config.yaml" for name in "ab"}
    Path("cohorts.yaml").write_text(yaml.safe_dump({"cohorts": listed}))
    make_bundle.copy_cohort("cohorts.yaml", there)
    packed = yaml.safe_load((there / "cohorts.yaml").read_text())["cohorts"]
    assert packed == {"a": "carried/config.yaml", "b": "carried/2-config.yaml"}
    for name, file in packed.items():
        sheet = yaml.safe_load((there / file).read_text())["samples"]
        assert (there / sheet).read_text() == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "found no such file"),
        ("counts: [", "cannot be read as YAML"),
        ("counts: []", "found no contrasts and no samples"),
        ("", "found no contrasts and no samples"),
        ("cohorts: [a.yaml]", "expected names with config files"),
    ],
)
def test_a_config_that_is_none_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "config.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SystemExit, match=message):
        make_bundle.main(str(file), str(tmp_path / "bundle.tar"))


def test_a_tree_outside_git_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SystemExit, match=r"not a git repository.*\n.*in a clone"):
        make_bundle.archive_head(tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="git on the PATH"):
        make_bundle.archive_head(tmp_path)


def test_oldest_glibc_is_what_the_most_demanding_wheel_needs() -> None:
    wheels = ["a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl"]
    assert make_bundle.oldest_glibc([*wheels, "b-1-py3-none-any.whl"]) == 17
    assert make_bundle.oldest_glibc([*wheels, "c-1-cp311-cp311-manylinux_2_24_x86_64.whl"]) == 24
    assert make_bundle.oldest_glibc(["b-1-py3-none-any.whl"]) is None
