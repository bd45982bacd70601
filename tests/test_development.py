"""What developing needs: in CI nothing may be missing, for tests skip what they cannot compare with."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINS = [line for line in (ROOT / ".ci/constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
TESTING = [
    *PROJECT["project"]["dependencies"],
    *(each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra),
    *PROJECT["dependency-groups"]["test"],
]
"""What the tests need."""


def name(requirement: str) -> str:
    """The package that a requirement names, as pip compares it."""
    match = re.match(r"[\w-]+", requirement)
    assert match
    return match[0].lower().replace("_", "-")


@pytest.mark.skipif("CI" not in os.environ, reason="elsewhere a test that lacks something is skipped, and says so")
@pytest.mark.parametrize("requirement", TESTING)
def test_ci_has_all_that_testing_needs(requirement: str) -> None:
    assert version(name(requirement))


@pytest.mark.parametrize("requirement", [*TESTING, *PROJECT["dependency-groups"]["lint"]])
def test_each_package_is_pinned(requirement: str) -> None:
    assert name(requirement) in {name(line) for line in PINS}


def test_pins_name_no_registry() -> None:
    assert all(re.fullmatch(r"[\w.-]+==[\w.+]+", line) for line in PINS)


@pytest.mark.parametrize("requirement", TESTING)
def test_each_range_has_the_lower_bound_that_ci_tries(requirement: str) -> None:
    assert re.fullmatch(r"[\w-]+>=[\d.]+", requirement)
