"""Values of a program as nodes of a tree, so that faults are reported in the same words as in a file."""

from __future__ import annotations

import sys
from typing import Any

from archspec.source import Source, Span
from archspec.spec.wording import yaml_text
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence

PROGRAM = "<program>"
"""Name of the source in which such values are; findings about them have no place."""


def plain_value(value: Any) -> Any:
    """A value as plain data: arrays and lists as tuples, NumPy's numbers as Python's, its dtypes as their names.

    Keys of None are left out.
    """
    if (numpy := sys.modules.get("numpy")) is not None and isinstance(value, numpy.dtype):
        return value.name
    if hasattr(value, "tolist") and not isinstance(value, type):  # a type such as np.float32 has the method only
        return plain_value(value.tolist())
    if isinstance(value, list | tuple):
        return tuple(map(plain_value, value))
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items() if item is not None}
    return value


def as_node(value: Any) -> Node:
    """Plain data as a node, whose text is what a file would say."""
    if isinstance(value, dict):
        return as_mapping(value)
    if isinstance(value, tuple):
        return Sequence(tuple(map(as_node, value)), _span(value))
    return Scalar(value, _span(value))


def as_mapping(data: dict[str, Any]) -> Mapping:
    """Keys and values as a node."""
    span = _span(data)
    return Mapping(tuple(Entry(Scalar(key, span), as_node(value)) for key, value in data.items()), span)


def _span(value: Any) -> Span:
    text = yaml_text(value)
    return Span(Source(PROGRAM, text), 0, len(text))
