"""NumPy's own settings while networks run, and its compiled functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archspec.engine import loops
from archspec.engine.kernels._operations import _along
from archspec.engine.runner import exclusive_run

if TYPE_CHECKING:
    from collections.abc import Callable


def test_settings_are_those_of_the_caller_again() -> None:
    with np.errstate(divide="raise"):
        before = np.geterr(), np.getbufsize()
        with exclusive_run():
            assert np.getbufsize() == loops.BUFFER
            assert set(np.geterr().values()) == {"ignore"}
        assert (np.geterr(), np.getbufsize()) == before
        with pytest.raises(KeyError), exclusive_run():
            raise KeyError
        assert (np.geterr(), np.getbufsize()) == before


@pytest.mark.parametrize(("found", "wrapper"), [(loops.clip, np.clip), (loops.einsum, np.einsum)])
def test_compiled_functions_are_found(found: Callable[..., Any], wrapper: Callable[..., Any]) -> None:
    assert found is not wrapper
    assert loops._compiled_function(wrapper, "_core.elsewhere.it") is wrapper
    assert loops._compiled_function(wrapper, "_core.umath.__doc__") is wrapper


def test_compiled_functions_do_as_their_wrappers() -> None:
    x = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    x[0, 0] = np.nan
    low, high = np.float32(0), np.float32(1)
    np.testing.assert_array_equal(loops.clip(x, low, high, np.empty_like(x)), np.clip(x, low, high))
    wanted = np.einsum("yk,k->y", x, x[1])
    np.testing.assert_array_equal(loops.einsum("yk,k->y", x, x[1], out=np.empty(5, np.float32)), wanted)


@pytest.mark.parametrize("channels", [1, 3, 24, 1000, 5000])
@pytest.mark.parametrize("positions", [1, 2, 49, 97, 196, 1009])
def test_a_line_goes_along_all_positions(channels: int, positions: int) -> None:
    line = np.tile(np.arange(channels, dtype=np.float32), (max(1, 4096 // channels), 1))
    x = np.random.default_rng(0).normal(size=(positions, channels)).astype(np.float32)
    y = np.empty_like(x)
    calls = list(_along(np.add, x.reshape(-1), line, y.reshape(-1)))
    for call in calls:
        call()
    np.testing.assert_array_equal(y, x + line[0])
    assert len(calls) <= 2


@pytest.mark.parametrize(("positions", "channels", "calls"), [(196, 24, 1), (49, 1024, 1), (1009, 24, 2), (97, 24, 1)])
def test_a_second_call_is_for_the_remainder(positions: int, channels: int, calls: int) -> None:
    line, x = np.zeros((4096 // channels, channels), np.float32), np.zeros(positions * channels, np.float32)
    assert len(list(_along(np.add, x, line, x))) == calls
