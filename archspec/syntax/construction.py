"""Frozen nodes, built without the price of freezing.

A frozen dataclass sets each field through ``object.__setattr__``, by name. The setters of its slots do
the same in a third of the time, and a large file has a million nodes: this is a third of the time it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.source import Source, Span
from archspec.syntax.nodes import Entry, Node, Scalar

if TYPE_CHECKING:
    from archspec.syntax.scalars import Value

_new = object.__new__
_set_source, _set_start, _set_end = (Span.__dict__[name].__set__ for name in ("source", "start", "end"))
_set_value, _set_span, _set_plain = (Scalar.__dict__[name].__set__ for name in ("value", "span", "plain"))
_set_key, _set_entry_value = (Entry.__dict__[name].__set__ for name in ("key", "value"))


def plain_scalar(value: Value, source: Source, start: int, end: int) -> Scalar:
    """``Scalar(value, Span(source, start, end))``."""
    span = _new(Span)
    _set_source(span, source)
    _set_start(span, start)
    _set_end(span, end)
    scalar = _new(Scalar)
    _set_value(scalar, value)
    _set_span(scalar, span)
    _set_plain(scalar, True)
    return scalar


def entry(key: Scalar, value: Node) -> Entry:
    """``Entry(key, value)``."""
    made = _new(Entry)
    _set_key(made, key)
    _set_entry_value(made, value)
    return made
