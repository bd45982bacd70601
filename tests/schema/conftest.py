"""Specs as plain data, and the validator of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

import archspec
from archspec.schema import json_schema
from archspec.source import Source
from archspec.syntax import parse, plain

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

ROOT = Path(__file__).parents[2]
Read = Callable[[str], Any]
"""What a YAML reader makes of a text; None when it is no YAML."""
HasErrors = Callable[[str | Path], bool]
"""Whether ``archspec check`` finds errors."""


@pytest.fixture(scope="session")
def read() -> Read:
    return _data


def _data(text: str) -> Any:
    told: list[Diagnostic] = []
    tree = parse(Source("<text>", text), told.append)
    return None if tree is None else _lists(plain(tree))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


@pytest.fixture(scope="session")
def has_errors() -> HasErrors:
    return _has_errors


def _has_errors(spec: str | Path) -> bool:
    return any(found.severity is archspec.Severity.ERROR for found in archspec.check(spec))


@pytest.fixture(scope="session")
def documented_specs() -> list[str]:
    """The specs that the documents show, but for those that use others."""
    pages = (ROOT / "README.md", ROOT / "docs" / "language.md")
    code = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    blocks = [block for page in pages for block in code.findall(page.read_text("utf-8"))]
    return [block for block in blocks if "\nlayers:" in block and "\nuse:" not in block]


@pytest.fixture(scope="session")
def good_specs(documented_specs: list[str]) -> list[Any]:
    """Specs without an error, as data; not the longest ones, which take long to check and hold nothing else."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "specs").glob("*/*.yaml"))]
    return [_data(text) for text in (*texts, *documented_specs) if len(text) < 4000 and not _has_errors(text)]


@pytest.fixture(scope="session")
def validator() -> Draft7Validator:
    """The schema, itself a valid one."""
    schema = json_schema()
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)
