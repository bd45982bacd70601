"""What every test shares: reproducible hypothesis runs, and PyTorch where it is installed."""

from __future__ import annotations

import gc
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from archspec.examination.explained import Checks

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile(
    "archspec",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # which judges by the clock, and so by what else the machine does
)
settings.load_profile("archspec")

os.environ.pop("GITHUB_ACTIONS", None)  # what `check` prints is the same wherever the tests run

Checks.are_on = True  # whatever the tests examine: what is unknown has a cause that was reported

HAS_TORCH = find_spec("torch") is not None
TORCH_REQUIRED = "ARCHSPEC_REQUIRE_TORCH"


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Take back what the command does to Python's garbage collector, for the process of the tests goes on."""
    yield
    gc.unfreeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the comparisons with PyTorch where it is missing, unless they are required, as in CI."""
    compared = [item for item in items if item.get_closest_marker("torch")]
    if HAS_TORCH or not compared:
        return
    if os.environ.get(TORCH_REQUIRED):
        raise pytest.UsageError(f"{TORCH_REQUIRED} is set, but PyTorch is not installed: pip install torch==2.13.0")
    for item in compared:
        item.add_marker(pytest.mark.skip(reason="PyTorch is not installed (CI installs torch==2.13.0)"))
