"""The choice between tiles and large products."""

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from archspec.engine import tiles


def blas_threads() -> set[int]:
    return {each["num_threads"] for each in ThreadpoolController().info() if each["user_api"] == "blas"}


def test_they_are_timed_as_networks_run_with_the_library_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[int]] = []

    def look(_: tuple[int, int, int]) -> float:
        seen.append(blas_threads())
        return 1.0

    monkeypatch.setattr(tiles, "_seconds_saved", look)
    with threadpool_limits(2, "blas"):
        assert tiles.tiles_win.__wrapped__()
        assert all(threads <= {1} for threads in seen)
        assert seen
        assert blas_threads() <= {2}
