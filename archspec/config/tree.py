"""Settings as a tree of nodes like a spec, so that both are validated in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.config.places import Place, places
from archspec.source import Source, Span
from archspec.spec.wording import yaml_text
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.config.places import Way

    PlaceOf = Callable[[Way, Any], Place]


def toml_tree(data: dict[str, Any], source: Source) -> Mapping:
    """The tree of a TOML file's data."""
    found = places(source)
    everything = Span(source, 0, 0)

    def place(way: Way, _: Any) -> Place:
        while way and way not in found:  # a table in a list has no place of its own
            way = way[:-1]
        return found.get(way, Place(everything, everything))

    return _mapping(data, (), place)


def value_tree(data: dict[str, Any]) -> Mapping:
    """The tree of data without a file."""

    def place(way: Way, value: Any) -> Place:
        return Place(_text_span(way[-1] if way else ""), _text_span(value))

    return _mapping(data, (), place)


def _text_span(value: Any) -> Span:
    text = yaml_text(value)
    return Span(Source("", text), 0, len(text))


def _tree(data: Any, way: Way, place_of: PlaceOf) -> Node:
    if isinstance(data, dict):
        return _mapping(data, way, place_of)
    place = place_of(way, data).value
    if isinstance(data, list | tuple):
        return Sequence(tuple(_tree(item, (*way, index), place_of) for index, item in enumerate(data)), place)
    return Scalar(data, place, plain=False)


def _mapping(data: dict[str, Any], way: Way, place_of: PlaceOf) -> Mapping:
    entries = (_entry(key, value, (*way, key), place_of) for key, value in data.items())
    return Mapping(tuple(entries), place_of(way, data).value)


def _entry(key: Any, value: Any, way: Way, place_of: PlaceOf) -> Entry:
    return Entry(Scalar(str(key), place_of(way, value).key), _tree(value, way, place_of))
