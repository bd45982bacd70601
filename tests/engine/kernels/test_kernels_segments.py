"""Which outputs are computed together, against every output and kernel position on its own."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from archspec.engine.kernels._segments import axis_segments, segments_between
from archspec.ops._window import Window

SMALL = st.integers(0, 9)
WINDOWS = st.builds(
    Window,
    size=st.integers(1, 20),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    near=SMALL,
    far=SMALL,
    fit=st.just("crop"),
)


@given(window=WINDOWS, begin=SMALL, count=SMALL)
def test_every_output_is_in_the_segment_of_its_kernel_positions(window: Window, begin: int, count: int) -> None:
    found = axis_segments(window)
    outputs = [output for each in found for output in range(each.begin, each.end)]
    assert outputs == list(range(window.output or 0))
    assert all((one.first, one.last) != (other.first, other.last) for one, other in pairwise(found))
    part = [
        output
        for each in segments_between(found, window, begin, begin + count)
        for output in range(each.begin, each.end)
    ]
    assert part == outputs[begin : begin + count]
    for each in (*found, *segments_between(found, window, begin, begin + count)):
        for output in range(each.begin, each.end):
            places = [
                output * window.stride - window.near + number * window.dilation for number in range(window.kernel)
            ]
            real = [number for number, place in enumerate(places) if 0 <= place < window.size]
            assert real == list(range(each.first, each.last))
            if real:
                assert places[real[0]] == each.start + (output - each.begin) * window.stride


def test_a_billion_positions_are_three_segments() -> None:
    assert len(axis_segments(Window(10**9, kernel=3, near=1, far=1))) == 3
