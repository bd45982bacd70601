"""The tree of a YAML file: scalars, sequences and mappings, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archspec.source import Span


@dataclass(slots=True, eq=False)
class Scalar:
    """One value; ``plain`` when it is without quotes."""

    value: bool | int | float | str | None
    span: Span
    plain: bool = True

    @property
    def text(self) -> str:
        """The value as a name: as YAML writes it, whatever kind it is."""
        return self.value if isinstance(self.value, str) else yaml_word(self.value)


def yaml_word(value: bool | float | str | None) -> str:
    """A value as YAML writes it without quotes."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case float() if value != value or value in (inf, -inf):  # noqa: PLR0124 - the test of NaN
            return {"inf": ".inf", "-inf": "-.inf"}.get(str(value), ".nan")
    return str(value)


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

    @property
    def name(self) -> str:
        """The key as a name."""
        return self.key.text


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values, in the file's order, each key once."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value of a key; None when the key is not there."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def entry(self, key: str) -> Entry | None:
        """The key and its value; None when the key is not there."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


Node = Scalar | Sequence | Mapping


def by_name(node: Node) -> Any:
    """The tree as Python data whose keys are names: ``true`` is the name ``true``, as ``1`` is ``1``."""
    match node:
        case Mapping():
            return {entry.name: by_name(entry.value) for entry in node.entries}
        case Sequence():
            return tuple(by_name(item) for item in node.items)
    return node.value


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
