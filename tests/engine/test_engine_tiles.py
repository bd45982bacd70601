"""The choice between tiles and large products."""

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from archspec.engine import tiles


def blas_threads() -> set[int]:
    return {each["num_threads"] for each in ThreadpoolController().info() if each["user_api"] == "blas"}


def test_they_are_timed_as_networks_run_with_the_library_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[int]] = []

    def look(_: tuple[int, int, int]) -> tuple[float, float]:
        seen.append(blas_threads())
        return 2.0, 1.0

    monkeypatch.setattr(tiles, "_seconds", look)
    with threadpool_limits(2, "blas"):
        assert tiles.tiles_win.__wrapped__()
        assert all(threads <= {1} for threads in seen)
        assert seen
        assert blas_threads() <= {2}


def test_tiles_must_win_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    for plain, wins in ((0.9, False), (1.0, False), (1.05, False), (1.3, True)):
        monkeypatch.setattr(tiles, "_seconds", lambda _, plain=plain: (plain, 1.0))
        assert tiles.tiles_win.__wrapped__() is wins
