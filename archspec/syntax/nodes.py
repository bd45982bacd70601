"""The tree of a YAML file: scalars, sequences and mappings, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archspec.source import Span


@dataclass(slots=True, eq=False)
class Scalar:
    """One value; ``plain`` when it is without quotes."""

    value: bool | int | float | str | None
    span: Span
    plain: bool = True


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(slots=True, eq=False)
class Entry:
    """A key and its value in a mapping."""

    key: Scalar
    value: Node


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values, in the file's order, each key once."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value of a key; None when the key is not there."""
        return next((entry.value for entry in self.entries if entry.key.value == key), None)

    def entry(self, key: str) -> Entry | None:
        """The key and its value; None when the key is not there."""
        return next((entry for entry in self.entries if entry.key.value == key), None)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> Any:
    """The tree as Python data: dicts, tuples and values.

    Keys stay what they are; where two are equal in Python (``1`` and ``true``) the first wins.
    """
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return tuple(plain(item) for item in node.items)
    data: dict[Any, Any] = {}
    for entry in node.entries:
        data.setdefault(entry.key.value, plain(entry.value))
    return data
