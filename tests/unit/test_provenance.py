import ast
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from diffpath import provenance
from diffpath.provenance import data_files, hash_code, hash_file, imported_modules


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    package = tmp_path / "src" / "lib"
    (package / "sub").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from lib.sub import (\n    two,  # a reason\n)\n")
    (package / "sub" / "__init__.py").write_text("")
    (package / "sub" / "two.py").write_text("def f():\n    import lib.three\n")
    (package / "three.py").write_text("X = 1\n")
    (package / "unused.py").write_text("Y = 1\n")
    (tmp_path / "script.py").write_text("from lib.one import two\nimport json\n")
    return tmp_path


def code(tree: Path) -> str:
    provenance._imports.cache_clear()
    return hash_code(tree / "script.py", tree / "src")


def test_imports_are_followed(tree: Path) -> None:
    found = [p.name for p in imported_modules(tree / "script.py", tree / "src")]
    assert found == ["__init__.py", "one.py", "__init__.py", "two.py", "three.py"]


def test_an_edit_counts_and_a_touch_does_not(tree: Path) -> None:
    before = code(tree)
    os.utime(tree / "src" / "lib" / "three.py", (1, 1))
    (tree / "src" / "lib" / "unused.py").write_text("Y = 2\n")
    assert code(tree) == before
    (tree / "src" / "lib" / "three.py").write_text("X = 2\n")
    assert code(tree) != before


def test_an_edit_of_a_data_file_of_a_followed_package_counts(tree: Path) -> None:
    package = tree / "src" / "lib"
    templates = package / "sub" / "templates"
    templates.mkdir()
    (templates / "page.html.j2").write_text("old")
    before = code(tree)
    (package / "sub" / "__pycache__").mkdir()
    (package / "sub" / "__pycache__" / "two.nbi").write_text("a cache")
    (templates / ".page.html.j2.swp").write_text("an editor's")
    (package / "other").mkdir()
    (package / "other" / "__init__.py").write_text("")
    (package / "other" / "table.csv").write_text("of a package that is not imported")
    assert code(tree) == before
    (templates / "page.html.j2").write_text("new")
    assert code(tree) != before


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            "report_contrast",
            ["report/strings/ja.json", "report/assets/app.js", "report/assets/report.css",
             "report/templates/contrast.html.j2"],
        ),
        ("differ_genes", ["deseq/prior_table.csv.gz"]),
    ],
)  # fmt: skip
def test_the_hash_covers_the_workflows_data_files(
    root: Path, script: str, expected: list[str]
) -> None:
    source = root / "workflow" / "src"
    modules = imported_modules(root / "workflow" / "scripts" / f"{script}.py", source)
    found = [str(path.relative_to(source / "diffpath")) for path in data_files(modules)]
    assert set(expected) - set(found) == set()
    assert "commit.txt" not in found


def test_the_hash_covers_what_the_scripts_really_import(root: Path) -> None:
    """Every module a script loads is followed, by the interpreter's own account."""
    source = root / "workflow" / "src"
    for name in (
        "enrich_sets", "differ_genes", "normalize_units", "read_counts", "judge_themes",
        "cross_check_genes", "cross_check_themes",
    ):  # fmt: skip
        script = root / "workflow" / "scripts" / f"{name}.py"
        heads = [
            ast.unparse(node)
            for node in ast.parse(script.read_text()).body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("diffpath")
        ]
        program = "\n".join(
            [*heads, "import sys", "for m in sys.modules.values():",
             "    f = getattr(m, '__file__', '') or ''",
             f"    if f.startswith({str(source)!r}): print(f)"]
        )  # fmt: skip
        loaded = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(source)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        assert loaded
        assert {Path(p) for p in loaded} <= set(imported_modules(script, source))


def test_no_import_is_missed_that_the_grammar_knows(root: Path) -> None:
    """The quick pattern finds what the parser does, also imports inside functions."""
    source = root / "workflow" / "src"
    checked = 0
    for path in [*source.rglob("*.py"), *(root / "workflow" / "scripts").glob("*.py")]:
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path}: a relative import is not followed"
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        # A name's last part is a module or what is taken from one.
        bases = [source.joinpath(*name.split(".")) for name in names]
        files = {p.with_suffix(".py") for base in bases for p in (base, base.parent)}
        files = {p for p in files if p.is_file()}
        assert files <= set(provenance._imports(path, source)), path
        checked += len(files)
    assert checked > 300


def test_file_hash(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert hash_file(tmp_path / "x").startswith("ba7816bf8f01cfea")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the commit, in a repository of one commit, whoever owns it."""
    file = tmp_path / "commit.txt"
    file.write_text("$Format:%H$\n")
    for command in (
        ["init", "-q"],
        ["add", "commit.txt"],
        ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    monkeypatch.setattr(provenance, "COMMIT_FILE", file)
    return file


def test_a_checkout_names_its_commit_and_edits(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["git", "-C", str(checkout.parent), "rev-parse", "HEAD"]
    head = subprocess.run(command, capture_output=True, text=True, check=True).stdout[:12]
    assert provenance.current_commit() == head
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own switch for its tests
    assert provenance.current_commit() == head
    checkout.write_text("$Format:%H$ edited\n")
    assert provenance.current_commit() == f"{head}-dirty"


def test_an_archive_inside_another_repository_names_its_own_commit(checkout: Path) -> None:
    checkout.write_text("0123456789abcdef\n")
    assert provenance.current_commit() == "0123456789ab"


def test_without_a_commit_the_true_reason_is_said(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy" / "commit.txt"
    copy.parent.mkdir()
    copy.write_text("$Format:%H$\n")
    monkeypatch.setattr(provenance, "COMMIT_FILE", copy)
    assert "does not track" in provenance.current_commit()
    (tmp_path / ".git").rename(tmp_path / "gone")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert provenance.current_commit().startswith("unknown: not a git repository")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.current_commit() == "unknown: git is not on the PATH"


def test_the_command_runs_as_it_is_printed() -> None:
    config: dict[str, dict[str, int]] = {"filter": {}, "differ": {}, "enrichment": {}}
    sources = pd.DataFrame({"file": [], "sha256": []})
    told = provenance.describe_run(config, sources, "a b/config.yaml")
    assert told["command"] == "snakemake --cores 1 --configfile 'a b/config.yaml'"
    assert provenance.describe_run(config, sources, "")["command"] == "snakemake --cores 1"
