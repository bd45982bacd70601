"""The schema takes every spec that is right in form, and refuses what is wrong in form; nothing that `check` takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jsonschema import Draft7Validator

    from tests.schema.conftest import HasErrors, Read

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*/*.yaml"))
CASES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
ABOUT_FORM = (
    "argument", "choices", "header", "ignore-form", "input", "item", "layers", "operator", "scalar", "weights-form",
)  # fmt: skip
"""How the names of cases begin that have a fault of form."""
BEYOND = (
    "input-channels-first",  # it is the layers that don't fit
    "input-huge",  # the size of an axis within a text
    "input-zero",
    "item-only-modifiers",  # needs a word, whichever
    "item-two-operators",
)
"""Those of which a schema can't see the fault, or not so that an editor could say what is wrong."""


@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_spec_is_valid(path: Path, read: Read, validator: Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(read(path.read_text("utf-8")))] == []


def test_every_documented_spec_is_valid_or_has_errors(
    documented_specs: list[str], read: Read, has_errors: HasErrors, validator: Draft7Validator
) -> None:
    assert len(documented_specs) > 10
    for text in documented_specs:
        assert validator.is_valid(read(text)) or has_errors(text), text


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_refused_has_errors(path: Path, read: Read, has_errors: HasErrors, validator: Draft7Validator) -> None:
    spec = read(path.read_text("utf-8", errors="replace"))
    valid = spec is None or validator.is_valid(spec)
    assert valid or has_errors(path)
    if path.stem.startswith(ABOUT_FORM):
        assert valid == path.stem.startswith(BEYOND)


def test_check_jsonschema_agrees(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema")
    schema = tmp_path / "schema.json"
    printed = subprocess.run([sys.executable, "-m", "archspec", "schema"], capture_output=True, check=True)
    schema.write_bytes(printed.stdout)
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: a\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernal: 3}\n")
    run = [sys.executable, "-m", "check_jsonschema"]
    assert subprocess.run([*run, "--check-metaschema", schema], capture_output=True, check=False).returncode == 0
    ran = subprocess.run([*run, "--schemafile", schema, *SPECS], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "ok -- validation done\n")
    ran = subprocess.run([*run, "--schemafile", schema, bad], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "kernal" in ran.stdout
