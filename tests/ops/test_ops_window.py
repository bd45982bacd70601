from __future__ import annotations

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archspec.ops._window import Window, slide

windows = st.builds(
    Window,
    size=st.integers(1, 30),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 8),
    dilation=st.integers(1, 3),
    near=st.integers(0, 9),
    far=st.integers(0, 9),
    fit=st.sampled_from([None, "exact", "crop", "pad"]),
    same=st.just(value=False),  # its padding follows from the other fields
)


def starts(window: Window) -> list[int]:
    """Where the window stands, tried one position after the other; the padded input begins at 0."""
    total = window.near + window.size + window.far
    last_tap = (window.kernel - 1) * window.dilation
    return [start for start in range(0, total, window.stride) if start + last_tap < total]


@settings(derandomize=True, deadline=None, max_examples=500)
@given(windows)
def test_floor_counts_the_places_where_the_window_stands(window: Window) -> None:
    places = starts(window)
    if not places:
        assert window.output is None
        assert window.reach < 0
        return
    assert window.floor == len(places)
    assert window.quotient - window.floor == Fraction(window.reach % window.stride, window.stride)
    assert window.is_whole == (window.quotient == window.floor)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(windows)
def test_lost_counts_real_positions_after_the_last_window(window: Window) -> None:
    assume(window.reach >= 0)
    places = starts(window)
    behind = places[-1] + (window.kernel - 1) * window.dilation + 1
    following = places[-1] + window.stride
    # What lies behind the last window and before the next one would begin is in a gap that every window leaves.
    unread = [place for place in range(window.size) if window.near + place >= max(behind, following)]
    assert window.lost == (0 if window.is_whole else len(unread))


@settings(derandomize=True, deadline=None, max_examples=500)
@given(windows)
def test_ceil_adds_a_window_that_begins_in_the_input_or_before(window: Window) -> None:
    assume(window.reach >= 0)
    total = window.near + window.size + window.far
    places = starts(window)
    following = places[-1] + window.stride
    is_whole = places[-1] + window.extent == total or (total - places[-1] - window.extent) % window.stride == 0
    if not is_whole and following < window.near + window.size:
        assert window.ceil == len(places) + 1
        overhang = max(0, following + window.extent - total)
    else:
        assert window.ceil == len(places)
        overhang = 0
    assert window.output == (window.ceil if window.fit == "pad" else window.floor)
    assert window.overhang == (overhang if window.fit == "pad" else 0)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 8), st.integers(1, 3))
def test_same_padding_gives_the_size_by_the_stride(size: int, kernel: int, stride: int, dilation: int) -> None:
    window = Window.same_padded(size, kernel, stride, dilation)
    assert window.output == -(-size // stride)
    assert window.far - window.near in (0, 1)
    assert window.is_whole
    assert window.lost == window.overhang == 0


@pytest.mark.parametrize(
    ("arguments", "quotient", "lost"),
    [
        ((10, 3, 2, 0), Fraction(9, 2), 1),  # CS231n, "Constraints on strides"
        ((227, 11, 4, 0), 55, 0),  # CS231n, "Real-world example"
        ((224, 11, 4, 0), Fraction(217, 4), 1),  # as above: the paper's 224 can not be
        ((224, 11, 4, 2), Fraction(221, 4), 0),
        ((224, 7, 2, 3), Fraction(225, 2), 0),  # a ResNet's stem loses padding only
        ((5, 3, 1, 0), 3, 0),  # CS231n, figure of a one-dimensional input
        ((5, 3, 1, 1), 5, 0),
        ((5, 3, 2, 1), 3, 0),
        ((7, 1, 2, 0), 4, 0),
        ((8, 1, 2, 0), Fraction(9, 2), 0),  # the last column lies in a gap
    ],
)
def test_known_sizes(arguments: tuple[int, int, int, int], quotient: Fraction, lost: int) -> None:
    size, kernel, stride, padding = arguments
    window = Window(size, kernel, stride, near=padding, far=padding)
    assert window.quotient == quotient
    assert window.output == int(quotient)
    assert window.lost == lost


@pytest.mark.parametrize(
    ("arguments", "outputs", "overhang"),
    [
        ((10, 3, 2, 0), 5, 1),
        ((112, 3, 2, 0), 56, 1),  # GoogLeNet's pools
        ((3, 2, 2, 1), 2, 0),  # a third window would begin in the far padding
        ((2, 2, 3, 1), 1, 0),
        ((5, 3, 3, 1), 2, 0),
    ],
)
def test_fit_pad_drops_a_window_beyond_the_input(
    arguments: tuple[int, int, int, int], outputs: int, overhang: int
) -> None:
    size, kernel, stride, padding = arguments
    window = Window(size, kernel, stride, near=padding, far=padding, fit="pad")
    assert window.output == outputs
    assert window.overhang == overhang


@pytest.mark.parametrize("fit", [None, "exact", "crop"])
def test_without_pad_the_size_is_floored(fit: Literal["exact", "crop"] | None) -> None:
    assert Window(10, 3, 2, fit=fit).output == 4


def test_no_more_can_be_lost_than_there_is() -> None:
    # The one window sees padding alone; behind it lie three more positions of padding, then the one of the input.
    assert Window(1, 4, 5, near=7).lost == 1


def test_a_window_that_is_too_large_gives_no_output() -> None:
    assert Window(3, 5).output is None
    assert Window(3, 5, fit="pad").output is None
    assert Window(3, 2, dilation=3).output is None
    assert slide((Window(9, 3), Window(3, 5))) is None
    assert slide(None) is None
    assert slide((Window(9, 3), Window(5, 5))) == (7, 1)
