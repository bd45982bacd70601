"""What developing needs: in CI nothing may be missing, for tests skip what they cannot compare with."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.skipif("CI" not in os.environ, reason="elsewhere a test that lacks something is skipped, and says so")
@pytest.mark.parametrize("requirement", PROJECT["optional-dependencies"]["dev"])
def test_ci_has_all_that_developing_needs(requirement: str) -> None:
    match = re.match(r"[\w-]+", requirement)
    assert match
    assert version(match[0])
