"""Threads that work on items of a stage, whether they sleep when they get them or spin."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.engine import thread_pool
from archspec.engine.kernels._work_split import split_evenly
from archspec.engine.thread_pool import ThreadPool

if TYPE_CHECKING:
    from archspec.engine.stages import Stage


@pytest.fixture(params=[0.0, 0.05], ids=["asleep", "spinning"])
def pool(request: pytest.FixtureRequest) -> ThreadPool:
    """Three threads that go to sleep at once, or only long after what a test does."""
    return ThreadPool(3, request.param)


def test_every_call_is_made_once_and_in_order(pool: ThreadPool) -> None:
    for turn in range(200):
        results: list[list[int]] = [[] for _ in range(turn % 3 + 1)]
        pool.run([[partial(result.append, number) for number in range(5)] for result in results])
        assert results == [list(range(5)) for _ in results]


def test_items_run_at_the_same_time(pool: ThreadPool) -> None:
    together = threading.Barrier(3, timeout=10)
    for _ in range(20):
        pool.run([[together.wait]] * 3)


def test_a_stage_is_over_when_its_slowest_item_is(pool: ThreadPool) -> None:
    done: list[str] = []
    for _ in range(3):
        pool.run([[partial(done.append, "quick")], [partial(time.sleep, 0.02), partial(done.append, "slow")]])
    assert done == ["quick", "slow"] * 3


def test_what_an_item_raises_is_raised_and_the_pool_goes_on(pool: ThreadPool) -> None:
    done: list[int] = []
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            pool.run([[partial(done.append, 1)], [partial(divmod, 1, 0)]])
        pool.run([[partial(done.append, 2)], [partial(done.append, 2)]])
    assert sorted(done) == [1] * 3 + [2] * 6


def test_an_idle_thread_keeps_nothing_alive(pool: ThreadPool) -> None:
    for fails in (False, True):
        memory = np.zeros(4)
        reference = weakref.ref(memory)
        stage: Stage = [[int], [partial(memory.fill, 1), *([partial(memory.reshape, 3)] if fails else [])]]
        if fails:
            with pytest.raises(ValueError, match="reshape"):
                pool.run(stage)
        else:
            pool.run(stage)
        del memory, stage
        gc.collect()
        assert reference() is None


def test_without_the_interpreters_lock_a_lost_wake_up_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_pool, "_NAP", 0.001)
    monkeypatch.setattr(thread_pool._Wait, "wake", lambda _: None)
    done: list[int] = []
    pool = ThreadPool(2)
    for _ in range(5):
        pool.run([[int], [partial(done.append, 1)]])
    assert done == [1] * 5


@given(total=st.integers(1, 20_000), most=st.integers(1, 20_000), threads=st.integers(1, 8))
def test_work_is_split_evenly(total: int, most: int, threads: int) -> None:
    runs = split_evenly(total, most, threads)
    sizes = [end - begin for begin, end in runs]
    assert [begin for begin, _ in runs] == [0, *(end for _, end in runs[:-1])]
    assert runs[-1][1] == total
    assert max(sizes) - min(sizes) <= 1
    assert len(runs) == total or len(runs) % threads == 0
    assert max(sizes) <= most


def test_runs_are_equal_where_a_count_nearby_allows_it() -> None:
    assert {end - begin for begin, end in split_evenly(12544, 1365, 2)} == {896}
    assert split_evenly(112, 36, 2) == [(0, 28), (28, 56), (56, 84), (84, 112)]
    assert split_evenly(97, 60, 2) == [(0, 48), (48, 97)]


def test_a_thread_spins_only_while_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(thread_pool, "perf_counter", lambda: now[0])
    wait = thread_pool._Wait(np.zeros(1000), 300e-6)

    def lasts(seconds: float) -> float:
        """A wait of so long; the patience after it."""
        answers = chain([False], repeat(True))

        def happens() -> bool:
            now[0] += seconds / 2
            return next(answers)

        wait.until(happens)
        return wait._patience

    assert lasts(100e-6) == 300e-6
    assert lasts(0.01) == pytest.approx(75e-6)
    assert [lasts(0.01) for _ in range(9)][-1] < 1e-9
    assert [lasts(100e-6) for _ in range(9)][-1] == 300e-6
