"""Volumes as specs write them: ``227x227x3``, or a mapping of axis names."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from archspec.spec.wording import yaml_text
from archspec.volume import AXIS_NAMES, Volume, sizes

AXES = frozenset({"channels", *(name for names in AXIS_NAMES.values() for name in names)})
"""Every name an axis can have."""

LARGEST = 2**31 - 1
"""The longest axis that is accepted: array libraries index with 32 bits."""

_FORM = re.compile(r"\d{1,20}(?:x\d{1,20})*", re.ASCII)
_SIGN = re.compile(r"\s*[xX\u00d7*,]\s*")
"""What people write between sizes."""
_CHANNELS = (1, 3, 4)
"""Channels of images: gray, colour, colour with transparency."""


def parse_volume(value: object) -> Volume:
    """A volume from plain YAML data, or from text such as ``227x227x3``; ValueError says what to write."""
    match value:
        case Volume():
            return value
        case str() if value.strip().startswith("{"):
            return parse_volume(_axes_in(value))
        case str():
            return _from_text(value.strip())
        case int() if not isinstance(value, bool):
            return _from_numbers((value,), str(value))
        case tuple() if value and all(type(number) is int and number > 0 for number in value):
            if len(value) < 3:
                _from_numbers(value, sizes(value))
            other = other_order(value)
            right, order = (other.shape, ", channels last") if other else (value, "")
            raise ValueError(f"a volume is written {sizes(right)}{order}, not as the list {yaml_text(value)}")
        case dict():
            return _from_axes(value)
    raise _no_volume(value)


class AxisOrder(NamedTuple):
    """What a shape looks like, in words, which of its axes are the channels, and the shape with its channels last."""

    words: str
    axis: int
    shape: tuple[int, ...]


def other_order(shape: tuple[int, ...]) -> AxisOrder | None:
    """The order that the axes of a shape seem to have, if its channels seem not to be last, as in PyTorch.

    They are first, or between the other axes, of which the last two are alike then. The first of four axes may also be
    a batch of one image.
    """
    match shape:
        case (1, channels, height, width) if channels in _CHANNELS and height == width > channels:
            return AxisOrder("batch x channels x height x width", 1, (height, width, channels))
        case (channels, height, width) if channels in _CHANNELS and width not in _CHANNELS and height > 1:
            return AxisOrder("channels x height x width", 0, (height, width, channels))
        case (channels, depth, height, width) if channels in _CHANNELS and height == width > channels < depth:
            return AxisOrder("channels x depth x height x width", 0, (depth, height, width, channels))
        case (height, channels, width) if channels in _CHANNELS and height == width > channels:
            return AxisOrder("height x channels x width", 1, (height, width, channels))
        case (depth, channels, height, width) if channels in _CHANNELS and height == width > channels < depth:
            return AxisOrder("depth x channels x height x width", 1, (depth, height, width, channels))
    return None


def _no_volume(value: object) -> ValueError:
    return ValueError(f"a volume is written height x width x channels, such as 227x227x3; got {yaml_text(value)}")


def _from_text(text: str) -> Volume:
    right = _SIGN.sub("x", text)
    if not _FORM.fullmatch(right):
        raise _no_volume(text)
    volume = _from_numbers(tuple(int(number) for number in right.split("x")), right)
    if right != text:
        raise ValueError(f"a volume is written {right}, not {yaml_text(text)}")
    return volume


def _from_numbers(numbers: tuple[int, ...], text: str) -> Volume:
    if len(numbers) == 1:
        raise ValueError(f"{text} is one number; a vector of {text} features is the volume 1x1x{text}")
    if len(numbers) == 2:
        length, channels = numbers
        raise ValueError(
            f"{text} has no channels: write {text}x1 for an image of one channel, "
            f"or {{length: {length}, channels: {channels}}} for a sequence"
        )
    if len(numbers) > 4:
        raise ValueError(f"{text} has {len(numbers)} axes; at most 4 are supported: depth x height x width x channels")
    return _check(numbers)


def _axes_in(text: str) -> dict[str, int]:
    """``{length: 100, channels: 4}`` as a command line gives it; ValueError for anything else."""
    pairs = dict(pair.partition(":")[::2] for pair in text.strip().strip("{}").split(","))
    if not all(size.strip().isascii() and size.strip().isdigit() for size in pairs.values()):
        raise ValueError(f"write an axis as `length: 100`; got {text:.60}")
    return {name.strip(): int(size) for name, size in pairs.items()}


def _from_axes(axes: dict[Any, Any]) -> Volume:
    for names in AXIS_NAMES.values():
        if set(axes) == {*names, "channels"}:
            numbers = tuple(axes[name] for name in (*names, "channels"))
            if any(type(number) is not int for number in numbers):
                raise ValueError(f"the axes of a volume are whole numbers; got {yaml_text(axes)}")
            return _check(numbers)
    raise ValueError(
        "a volume has the axes {length, channels}, {height, width, channels} or {depth, height, width, channels}; "
        f"got {{{', '.join(map(yaml_text, axes))}}}"
    )


def _check(numbers: tuple[int, ...]) -> Volume:
    if min(numbers) < 1:
        raise ValueError(f"{sizes(numbers)} has an axis of {min(numbers)}; every axis is at least 1")
    if max(numbers) > LARGEST:
        raise ValueError(f"an axis of {max(numbers):,} is longer than the {LARGEST:,} that arrays can index")
    return Volume(numbers[:-1], numbers[-1])
