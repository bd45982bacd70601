"""Volumes as other languages write them: ``(3, 224, 224)``, ``[None, 28, 28, 1]``, ``{h: 32, w: 32, c: 3}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archspec.spec.volumes import other_order
from archspec.syntax.nodes import Mapping, Scalar, Sequence, plain
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.syntax.nodes import Node

_LONGEST = 80
_BATCH = ("none", "null", "~", "-1", "?", "batch", "batch_size", "n", "b")
"""What shapes begin with where the size of a batch is open."""
_SHAPE = re.compile(r"(?:[A-Za-z_.]*\s*[(\[{]{1,2})?\s*([^()\[\]{}]+?)\s*,?\s*[)\]}]{0,2}", re.ASCII)
_SIGN = re.compile(r"\s*[xX\u00d7*,;]\s*|\s+")
_AXES = {
    "height": "h rows", "width": "w columns cols", "channels": "c channel ch depth features filters in_channels",
    "depth": "d", "length": "l steps timesteps time t",
}  # fmt: skip


def volume_spellings(node: Node) -> Iterator[tuple[Any, bool]]:
    """What a value may mean as a volume, and whether that is certain."""
    match node:
        case Mapping(entries=entries) if len(entries) <= len(_AXES):
            yield from _of_axes({entry.name.lower(): plain(entry.value) for entry in entries})
        case Sequence(items=items) if len(items) <= len(_AXES):
            yield from _of_parts([str(item.value) if isinstance(item, Scalar) else "" for item in items])
        case Scalar(value=int(features)) if not isinstance(features, bool):
            yield f"1x1x{features}", False
        case Scalar(value=str(text)) if len(text) <= _LONGEST and (match := _SHAPE.fullmatch(text.strip())):
            yield from _of_parts(_SIGN.split(match[1]))


def _of_parts(parts: list[str]) -> Iterator[tuple[Any, bool]]:
    """Sizes in their order; a batch before them is left out, and channels that seem to be first become the last."""
    if len(parts) > 1 and parts[0].lower() in _BATCH:
        parts = parts[1:]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return
    shape = tuple(map(int, parts))
    if len(shape) == 1:
        yield f"1x1x{shape[0]}", False
    elif len(shape) > 2:
        other = other_order(shape)
        yield sizes(other.shape if other else shape), other is None


def _of_axes(found: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
    """Sizes by the names of their axes, which are abbreviated or another library's."""
    for names in (("height", "width", "channels"), ("length", "channels"), ("depth", "height", "width", "channels")):
        named = {name: _of_axis(name, found) for name in names}
        if len(named) == len(found) and all(type(size) is int for size in named.values()):
            yield (sizes(tuple(named.values())) if len(named) > 2 else named), True


def _of_axis(name: str, found: dict[str, Any]) -> Any:
    return next((found[word] for word in (name, *_AXES[name].split()) if word in found), None)
