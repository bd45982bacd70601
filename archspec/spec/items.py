"""What is under ``layers``: operators, blocks, groups, loops, branches and jumps, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.source import Span
    from archspec.spec.models import LayerFacts
    from archspec.syntax.nodes import Mapping, Node, Scalar

MODIFIERS = ("name", "from", "when", "repeat", "tie", "expect", "ignore")
"""Keys that any item may have next to the word that says what it is."""


@dataclass(slots=True, eq=False, kw_only=True)
class Item:
    """One list item: what every kind of item may have.

    ``key`` is the word that says what it is. ``source`` (``from``), ``when``, ``repeat``, ``name`` and ``tie`` are as
    they are in the file: they may hold expressions, which have values only where the item is expanded.
    """

    key: Scalar
    node: Node
    name: Scalar | None = None
    source: Scalar | None = None
    when: Scalar | None = None
    repeat: Scalar | None = None
    tie: Scalar | None = None
    expect: LayerFacts | None = None
    ignore: tuple[Scalar, ...] = ()

    @property
    def ignored_rules(self) -> tuple[str, ...]:
        """Names under ``ignore``, whether or not there are such rules."""
        return tuple(str(name.value) for name in self.ignore)

    @property
    def word(self) -> str:
        """The item's word: an operator, a block, ``layers``, ``for`` or ``from``."""
        return self.key.text

    @property
    def place(self) -> Span:
        """Where findings about the item point."""
        return self.key.span


@dataclass(slots=True, eq=False, kw_only=True)
class Call(Item):
    """An operator or a block with its arguments."""

    arguments: Node | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Branch:
    """One branch of a merge: items that go on from the present volume, or the name of a volume."""

    name: str | None = None
    items: tuple[Item, ...] = ()
    source: Scalar | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Merge(Item):
    """``add``, ``concat`` or ``multiply`` of branches."""

    branches: tuple[Branch, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Group(Item):
    """Items in sequence, under a name or repeated."""

    items: tuple[Item, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Loop(Item):
    """Items once for each row of values."""

    rows: Node
    items: tuple[Item, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Jump(Item):
    """``from`` alone: go on from a named volume."""


@dataclass(slots=True, eq=False, kw_only=True)
class Unread(Item):
    """An item that is not one, for the reason that ``finding`` reports: nothing is known after it."""

    finding: Diagnostic


@dataclass(slots=True, eq=False)
class Block:
    """A named piece of network with parameters; a value of None in ``params`` must be given."""

    name: Scalar
    params: tuple[tuple[Scalar, Node], ...]
    items: tuple[Item, ...]
    node: Mapping


def all_items(items: Iterable[Item]) -> Iterator[Item]:
    """Every item of a list, those inside groups, loops and branches included."""
    for item in items:
        yield item
        match item:
            case Group(items=inner) | Loop(items=inner):
                yield from all_items(inner)
            case Merge(branches=branches):
                for branch in branches:
                    yield from all_items(branch.items)
