"""The directives that are about a place, found without asking each of them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.source import Span
    from archspec.suppression.directives import Directive


class _Names(NamedTuple):
    """The names of one rule in directives about one part of a file, and the next larger part that has any."""

    end: int
    names: set[Span]
    outer: _Names | None


class Extents:
    """The names of one rule in the directives of one file.

    Parts of a file lie within each other or apart, as items and keys do, and so do lines: a place is looked up in the
    innermost part that begins before it, and in those around that.
    """

    def __init__(self, directives: Iterable[tuple[Directive, Span]]) -> None:
        lines: dict[tuple[int, int], set[Span]] = {}
        items: dict[tuple[int, int], set[Span]] = {}
        for directive, name in directives:
            parts = items if directive.is_of_items else lines
            parts.setdefault((directive.begin, directive.end), set()).add(name)
        self._indices = [_Index(parts) for parts in (lines, items) if parts]

    def at(self, offset: int) -> Iterator[Span]:
        """The names in all directives that are about a place."""
        for index in self._indices:
            yield from index.at(offset)


class _Index:
    def __init__(self, parts: dict[tuple[int, int], set[Span]]) -> None:
        self._begins: list[int] = []
        self._parts: list[_Names] = []
        around: _Names | None = None
        for begin, end in sorted(parts, key=lambda part: (part[0], -part[1])):
            while around is not None and around.end <= begin:
                around = around.outer
            around = _Names(end, parts[begin, end], around)
            self._begins.append(begin)
            self._parts.append(around)

    def at(self, offset: int) -> Iterator[Span]:
        found = bisect_right(self._begins, offset) - 1
        part = self._parts[found] if found >= 0 else None
        while part is not None:
            if offset < part.end:
                yield from part.names
            part = part.outer
