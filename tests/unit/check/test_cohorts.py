"""The list of several cohorts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diffpath.check.cohorts import check_cohorts
from diffpath.findings import InputError


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    texts = {
        "a": "results: one",
        "b": "results: two",
        "c": "x: 1",
        "d": "y: 1",
        "bad": "a: [",
        "no": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return {name: str(tmp_path / name) for name in texts}


def test_configs_are_read_in_order(files: dict[str, str]) -> None:
    read = check_cohorts({"cohorts": {"b": files["b"], "a": files["a"]}}, "list.yaml")
    assert list(read.items()) == [("b", {"results": "two"}), ("a", {"results": "one"})]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"a": "a", "z": "a"}, "results 'one', the folder of 'a' too"),
        ({"c": "c", "d": "d"}, "results 'results', the folder of 'c' too"),
        ({"1a": "a"}, "rename the cohort"),
        ({"a": "absent"}, "which is not there"),
        ({"a": "bad"}, "which is not YAML"),
        ({"a": "no"}, "which holds no keys"),
        ({}, "write one line a cohort"),
    ],
)
def test_faults(files: dict[str, str], names: dict[str, str], message: str) -> None:
    listed = {name: files.get(file, file) for name, file in names.items()}
    with pytest.raises(InputError, match=message):
        check_cohorts({"cohorts": listed}, "list.yaml")


def test_keys_beside_the_list(files: dict[str, str]) -> None:
    config: dict[str, Any] = {"cohorts": {"a": files["a"]}, "results": "elsewhere"}
    with pytest.raises(InputError, match="move the key to the config files of the cohorts"):
        check_cohorts(config, "list.yaml")
