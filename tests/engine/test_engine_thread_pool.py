"""Threads that share calls, whether they sleep when they get them or are awake."""

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


@pytest.fixture(params=[0.0, 0.05], ids=["asleep", "awake"])
def pool(request: pytest.FixtureRequest) -> ThreadPool:
    """Three threads that go to sleep at once, or only long after what a test does."""
    return ThreadPool(3, request.param)


def test_every_call_is_made_once_and_in_its_share(pool: ThreadPool) -> None:
    for turn in range(200):
        made: list[list[int]] = [[] for _ in range(turn % 3 + 1)]
        pool.run([[partial(share.append, number) for number in range(5)] for share in made])
        assert made == [list(range(5)) for _ in made]


def test_shares_are_done_at_the_same_time(pool: ThreadPool) -> None:
    together = threading.Barrier(3, timeout=10)
    for _ in range(20):
        pool.run([[together.wait]] * 3)


def test_a_phase_is_over_when_the_slowest_share_is(pool: ThreadPool) -> None:
    done: list[str] = []
    for _ in range(3):
        pool.run([[partial(done.append, "quick")], [partial(time.sleep, 0.02), partial(done.append, "slow")]])
    assert done == ["quick", "slow"] * 3


def test_what_a_share_raises_is_raised_and_the_team_goes_on(pool: ThreadPool) -> None:
    done: list[int] = []
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            pool.run([[partial(done.append, 1)], [partial(divmod, 1, 0)]])
        pool.run([[partial(done.append, 2)], [partial(done.append, 2)]])
    assert sorted(done) == [1] * 3 + [2] * 6


def test_an_idle_thread_keeps_nothing_alive(pool: ThreadPool) -> None:
    for fails in (False, True):
        memory = np.zeros(4)
        seen = weakref.ref(memory)
        stage: Stage = [[int], [partial(memory.fill, 1), *([partial(memory.reshape, 3)] if fails else [])]]
        if fails:
            with pytest.raises(ValueError, match="reshape"):
                pool.run(stage)
        else:
            pool.run(stage)
        del memory, stage
        gc.collect()
        assert seen() is None


@given(total=st.integers(1, 20_000), most=st.integers(1, 20_000), threads=st.integers(1, 8))
def test_work_is_cut_evenly(total: int, most: int, threads: int) -> None:
    found = split_evenly(total, most, threads)
    sizes = [end - begin for begin, end in found]
    assert [begin for begin, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == total
    assert max(sizes) - min(sizes) <= 1
    assert len(found) == total or len(found) % threads == 0
    assert max(sizes) <= most


def test_parts_are_equal_where_a_count_near_the_wanted_one_allows_it() -> None:
    assert {end - begin for begin, end in split_evenly(12544, 1365, 2)} == {896}
    assert split_evenly(112, 36, 2) == [(0, 28), (28, 56), (56, 84), (84, 112)]
    assert split_evenly(97, 60, 2) == [(0, 48), (48, 97)]


def test_who_waits_stays_awake_only_while_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
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
