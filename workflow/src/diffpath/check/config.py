"""The config file held against its schema, with the defaults filled in."""

from __future__ import annotations

import copy
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from diffpath.findings import Findings

SCHEMAS = Path(__file__).resolve().parents[3] / "schemas"


def load_schema(name: str) -> dict[str, Any]:
    """Return the schema ``NAME.schema.yaml`` of the workflow."""
    text = (SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8")
    schema: dict[str, Any] = yaml.safe_load(text)
    return schema


def check_config(config: dict[str, Any], file: str) -> tuple[dict[str, Any], Findings]:
    """Return the config with every default filled in, and an error per fault."""
    schema = load_schema("config")
    findings = Findings()
    for error in sorted(Draft202012Validator(schema).iter_errors(config), key=_position):
        _describe(error, file, findings)
    filled = copy.deepcopy(config)
    if not findings.errors:
        _fill(filled, schema, schema)
        _check_names(filled, file, findings)
    return filled, findings


def describe(schema: dict[str, Any]) -> str:
    """Return the description of a key as a phrase inside a sentence."""
    text = str(schema["description"]).rstrip(".")
    return text[0].lower() + text[1:]


def _position(error: ValidationError) -> str:
    return "/".join(f"{part:>06}" if isinstance(part, int) else part for part in error.path)


def _key(path: list[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _describe(error: ValidationError, file: str, findings: Findings) -> None:
    path = list(error.absolute_path)
    schema: dict[str, Any] = cast("dict[str, Any]", error.schema)
    instance: Any = error.instance
    value: Any = error.validator_value
    if error.validator == "additionalProperties":
        known = list(schema["properties"])
        for key in [key for key in instance if key not in known]:
            near = get_close_matches(str(key), known, 1)
            mend = f"write '{near[0]}'" if near else "take the key out"
            findings.error(
                "config_unknown_key",
                file,
                f"key {_key([*path, str(key)])}",
                found="a key that does not exist",
                expected=f"one of {', '.join(known)}",
                mend=mend,
            )
        return
    if error.validator == "required":
        for key in [key for key in value if key not in instance]:
            about = describe(schema["properties"][key])
            findings.error(
                "config_missing_key",
                file,
                f"key {_key([*path, str(key)])}",
                found="nothing",
                expected=about,
                mend="add the key; config/README.md explains it",
            )
        return
    findings.error(
        "config_value",
        file,
        f"key {_key(path)}" if path else "",
        found=repr(instance),
        expected=_expectation(error),
        mend="correct the value; config/README.md explains the key",
    )


def _expectation(error: ValidationError) -> str:
    value: Any = error.validator_value
    if error.validator == "type":
        return " or ".join(value) if isinstance(value, list) else f"a value of type {value}"
    if error.validator == "enum":
        return "one of " + ", ".join(str(item) for item in value)
    phrases = {
        "minimum": "at least {}",
        "exclusiveMinimum": "more than {}",
        "exclusiveMaximum": "less than {}",
        "minLength": "a text that is not empty",
        "minItems": "at least {} entry",
        "uniqueItems": "entries that differ",
        "pattern": "letters, digits and _ . - (it becomes part of file names or formulas)",
    }
    return phrases.get(str(error.validator), f"{error.validator} {{}}").format(value)


def _fill(value: Any, schema: dict[str, Any], top: dict[str, Any]) -> None:
    if "$ref" in schema:
        schema = top["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict):
        for key, part in schema.get("properties", {}).items():
            if key not in value and "default" in part:
                value[key] = copy.deepcopy(part["default"])
            if key in value:
                _fill(value[key], part, top)
    elif isinstance(value, list):
        for item in value:
            _fill(item, schema.get("items", {}), top)


def _check_names(config: dict[str, Any], file: str, findings: Findings) -> None:
    groups = {"counts": ["counts"], "gene sets": ["themes", "panels", "collections"]}
    for what, keys in groups.items():
        seen: dict[str, str] = {}
        for key in keys:
            for number, entry in enumerate(config[key], 1):
                place = f"key {key}[{number}].name"
                if entry["name"] in seen:
                    findings.error(
                        "config_double_name",
                        file,
                        place,
                        found=f"'{entry['name']}', which {seen[entry['name']]} has too",
                        expected=f"a name of its own for each entry of the {what}",
                        mend="rename one of them",
                    )
                seen.setdefault(entry["name"], place)
    if config["enrichment"]["min_size"] > config["enrichment"]["max_size"]:
        findings.error(
            "config_sizes",
            file,
            "key enrichment.min_size",
            found=f"{config['enrichment']['min_size']}, above enrichment.max_size",
            expected=f"at most {config['enrichment']['max_size']}",
            mend="swap the two",
        )
