"""The items of a spec that edits write: a fix must leave no error in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.source import Source
from archspec.syntax import Mapping, Scalar, Sequence, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.syntax import Node


def written_items(data: bytes, ranges: Iterable[range]) -> list[range]:
    """Where the items are that hold the written ranges of a text: list items, or entries of the file itself.

    In a text that cannot be parsed these are the lines.
    """
    text = data.decode("utf-8-sig")
    tree = parse(Source("", text), lambda _: None)
    items = sorted(_items(tree), key=len) if isinstance(tree, Mapping) else []
    return [next((item for item in items if _holds(item, each)), _lines(text, each)) for each in ranges]


def _holds(item: range, written: range) -> bool:
    return item.start <= written.start and written.stop <= max(item.stop, item.start + 1)


def _items(file: Mapping) -> Iterator[range]:
    for entry in file.entries:
        yield range(entry.key.span.start, max(entry.value.span.end, entry.key.span.end) + 1)
        yield from _list_items(entry.value)


def _list_items(node: Node) -> Iterator[range]:
    """The items in lists: mappings, and words, which are not elements of an argument."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _list_items(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Mapping) or (isinstance(item, Scalar) and isinstance(item.value, str)):
                yield range(item.span.start, item.span.end + 1)
            yield from _list_items(item)


def _lines(text: str, written: range) -> range:
    end = text.find("\n", max(written.start, written.stop - 1))
    return range(text.rfind("\n", 0, written.start) + 1, end if end >= 0 else len(text) + 1)
