"""How many threads there are by default."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from archspec.engine import thread_pool
from archspec.engine.processors import processors

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def _eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.usefixtures("_eight")
@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "250000 100000\n"}, 3),
        ({"cpu.max": "5000 100000\n"}, 1),
        ({"cpu.max": "6400000 100000\n"}, 8),
        ({"cpu.max": "nonsense\n"}, 8),
        ({"cpu.max": ""}, 8),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),
        ({"cpu/cpu.cfs_quota_us": "150000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "0\n"}, 8),
    ],
)
def test_a_container_may_have_less_than_the_machine(tmp_path: Path, files: dict[str, str], count: int) -> None:
    (tmp_path / "cpu").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert processors(tmp_path) == count


@pytest.mark.parametrize(("size", "spins"), [(4, True), (5, False)])
def test_more_threads_than_processors_do_not_spin(size: int, monkeypatch: pytest.MonkeyPatch, *, spins: bool) -> None:
    monkeypatch.setattr(thread_pool, "processors", lambda: 4)
    pool = thread_pool.thread_pool.__wrapped__(size)
    assert {worker._begins._patience > 0 for worker in pool._workers} == {spins}
