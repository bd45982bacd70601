"""kernel-in-padding: where filters are too wide for their map, and where they only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archspec
from archspec.ops._window import Window
from archspec.rules.kernel_in_padding import _less_dilated, _read

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic


def check(layer: str, volume: str = "16x16x8") -> list[Diagnostic]:
    text = f"name: a\ninput: {volume}\nlayers:\n  - {layer}\n  - relu\n  - conv: {{filters: 8, kernel: 1}}\n"
    return [each for each in archspec.check(text) if each.rule == "kernel-in-padding"]


@pytest.mark.parametrize(
    ("layer", "volume", "positions", "dilation"),
    [
        ("conv: {filters: 8, kernel: 3, dilation: 18, padding: 18}", "16x16x8", "8 of 9", 15),
        ("conv: {filters: 8, kernel: 3, dilation: 36, padding: same}", "28x28x8", "8 of 9", 27),  # DeepLab at 224
        ("conv: {filters: 8, kernel: 5, dilation: 8, padding: 16}", "16x16x8", "16 of 25", 7),
        ("depthwise_conv: {kernel: 3, dilation: 18, padding: 18}", "16x16x8", "8 of 9", 15),
        ("conv: {filters: 8, kernel: 3, dilation: 16, padding: 16}", "{length: 10, channels: 4}", "2 of 3", 9),
        ("conv: {filters: 8, kernel: 2, dilation: 32, padding: [[32, 0]]}", "{length: 20, channels: 4}", "1 of 2", 19),
    ],
)
def test_dilation_beyond_the_map(layer: str, volume: str, positions: str, dilation: int) -> None:
    (found,) = check(layer, volume)
    assert found.severity == "warning"
    assert found.message.startswith(f"{positions} positions of the ")
    assert found.notes == (f"a dilation of up to {dilation} leaves none in padding",)
    assert f"`dilation: {dilation}`" in found.help[0]


def test_one_axis_beyond_the_map() -> None:
    (found,) = check("conv: {filters: 8, kernel: 3, dilation: [18, 2], padding: [18, 2]}")
    assert found.message.startswith("6 of 9 positions of the 3x3 window (dilated to 37x5)")
    assert found.notes == ("along its height, a dilation of up to 15 leaves none in padding",)
    assert "`dilation: [15, 2]` with `padding: [[15,15],[2,2]]`" in found.help[0]


def test_undilated_filters_wider_than_twice_the_map() -> None:
    (found,) = check("conv: {filters: 8, kernel: 7, padding: 3}", "3x3x8")
    assert (found.message[:8], found.notes) == ("24 of 49", ())
    assert found.help == ("`kernel: 5` with `padding: 2` leaves none in padding",)
    (found,) = check("conv: {filters: 8, kernel: 3, padding: same}", "1x128x9")
    assert found.help == ("`kernel: [1, 3]` leaves none in padding",)


@pytest.mark.parametrize(
    ("layer", "volume"),
    [
        ("conv: {filters: 8, kernel: 3, dilation: 15, padding: 15}", "16x16x8"),
        ("conv: {filters: 8, kernel: 3, dilation: 18, padding: 18}", "33x33x8"),  # DeepLabV3 at 513
        ("conv: {filters: 8, kernel: 3, dilation: 18, padding: 18, padding_mode: replicate}", "18x18x8"),
        ("conv: {filters: 8, kernel: 7, padding: 3}", "4x4x8"),
        ("conv: {filters: 8, kernel: 27, padding: 13}", "14x14x8"),  # RepLKNet
        ("depthwise_conv: {kernel: 7, padding: 3}", "2x2x8"),  # ConvNeXt on small images
        ("conv: {filters: 8, kernel: 3, padding: 1}", "1x1x8"),  # early-collapse
        ("conv: {filters: 8, kernel: 2, dilation: 512, padding: [[512, 0]]}", "{length: 16000, channels: 8}"),
        ("max_pool: {kernel: 13, stride: 1, padding: 6}", "4x4x8"),  # spatial pyramid
        ("conv: {filters: 8, kernel: 4, stride: 4}", "4x4x8"),
    ],
)
def test_filters_that_see_the_map(layer: str, volume: str) -> None:
    assert check(layer, volume) == []


def test_heads_on_small_maps_are_published() -> None:
    text = "name: a\ninput: 1x3x8\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n"
    assert [each.rule for each in archspec.check(text) if each.severity != "info"] == []


windows = st.builds(
    Window,
    size=st.integers(1, 12),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 9),
    near=st.integers(0, 20),
    far=st.integers(0, 20),
)


def seen(window: Window) -> list[int]:
    """By trying all windows: the positions of the kernel that lie on input in one."""
    begins = [index * window.stride - window.near for index in range(window.output or 0)]
    return [
        place
        for place in range(window.kernel)
        if any(0 <= begin + place * window.dilation < window.size for begin in begins)
    ]


@given(window=windows.filter(lambda window: window.reach >= 0 and window.stride <= window.size))
def test_positions_that_are_read_are_those_of_all_windows(window: Window) -> None:
    assert list(_read(window)) == seen(window)


@given(window=windows.filter(lambda window: window.reach >= 0 and window.stride <= window.size))
def test_less_dilation_keeps_the_outputs(window: Window) -> None:
    less = _less_dilated(window)
    assert (less.output, less.kernel, less.stride) == (window.output, window.kernel, window.stride)
    assert less.dilation <= window.dilation


def test_a_huge_kernel_takes_no_time() -> None:
    (found,) = check(f"conv: {{filters: 8, kernel: {10**9 + 1}, dilation: {10**8}, padding: same}}")
    assert "only ever see padding" in found.message
