"""Volumes as specs write them."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.spec.volumes import LARGEST, parse_volume
from archspec.volume import Volume


@pytest.mark.parametrize(
    ("written", "volume"),
    [
        ("227x227x3", Volume((227, 227), 3)),
        (" 28x28x1 ", Volume((28, 28), 1)),
        ("1x1x1", Volume((1, 1), 1)),
        ("007x8x9", Volume((7, 8), 9)),
        ("16x64x64x1", Volume((16, 64, 64), 1)),
        (f"{LARGEST}x1x1", Volume((LARGEST, 1), 1)),
        ({"channels": 8}, Volume((), 8)),
        ({"length": 197, "channels": 768}, Volume((197,), 768)),
        ({"channels": 768, "length": 197}, Volume((197,), 768)),
        ({"height": 5, "width": 7, "channels": 3}, Volume((5, 7), 3)),
        ({"depth": 2, "height": 5, "width": 7, "channels": 3}, Volume((2, 5, 7), 3)),
        (Volume((5, 7), 3), Volume((5, 7), 3)),
    ],
)
def test_volumes(written: Any, volume: Volume) -> None:
    assert parse_volume(written) == volume


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("28x28", "28x28x1"),
        ("28x28", "{length: 28, channels: 28}"),
        (784, "1x1x784"),
        ("784", "1x1x784"),
        ((28, 28, 1), "28x28x1"),
        ("0x28x3", "at least 1"),
        ({"length": 0, "channels": 3}, "at least 1"),
        (f"{LARGEST + 1}x1x1", f"{LARGEST:,}"),
        ({"length": 10**30, "channels": 3}, f"{LARGEST:,}"),
        ("1x2x3x4x5", "at most 4"),
        ("28x28x1x", "height x width x channels"),
        ("x28x28x1", "height x width x channels"),
        ("-1x28x3", "height x width x channels"),
        ("28.0x28x1", "height x width x channels"),
        ("28x28x１", "height x width x channels"),  # noqa: RUF001 - a digit of full width is none of ours
        ("9" * 21 + "x1x1", "height x width x channels"),
        ("", "height x width x channels"),
        (True, "height x width x channels"),
        (None, "height x width x channels"),
        (2.5, "height x width x channels"),
        ((), "height x width x channels"),
        ((True, True, True), "height x width x channels"),
        ({}, "{height, width, channels}"),
        ({"height": 8, "channels": 3}, "{height, width, channels}"),
        ({"length": 8, "channels": 3, "batch": 1}, "{length, channels}"),
        ({"length": True, "channels": 3}, "whole numbers"),
        ({"length": "8", "channels": 3}, "whole numbers"),
    ],
)
def test_no_volumes(written: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_volume(written)


@pytest.mark.parametrize(
    ("written", "right"),
    [("28 x 28 x 1", "28x28x1"), ("28X28X1", "28x28x1"), ("28×28×1", "28x28x1"), ("28,28,1", "28x28x1")],  # noqa: RUF001 - what a word processor makes of x
)
def test_near_misses_are_told_what_to_write(written: str, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        parse_volume(written)


def test_messages_speak_yaml() -> None:
    """No Python in what a user reads: neither braces with quotes nor None."""
    for written in ({"length": 1.5, "channels": 3}, {"length": None, "channels": 3}, None, True, ""):
        with pytest.raises(ValueError, match=r"axes|height x width") as error:
            parse_volume(written)
        assert "'length'" not in str(error.value)
        assert "None" not in str(error.value)
        assert "True" not in str(error.value)


@given(shape=st.lists(st.integers(1, 10**6), min_size=3, max_size=4))
def test_text_and_back(shape: list[int]) -> None:
    volume = Volume(tuple(shape[:-1]), shape[-1])
    assert parse_volume(str(volume)) == volume
    assert parse_volume(dict(zip((*volume.axes, "channels"), shape, strict=True))) == volume


@given(written=st.one_of(st.text(max_size=12), st.integers(), st.floats(), st.lists(st.integers()).map(tuple)))
def test_anything_else_is_a_value_error(written: Any) -> None:
    with contextlib.suppress(ValueError):
        volume = parse_volume(written)
        assert isinstance(volume, Volume)
        assert all(1 <= size <= LARGEST for size in volume.shape)
