"""Which parameters the expressions of a text read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.syntax.expressions import ExpressionError, template
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator


def names_read(node: Node) -> Iterator[str]:
    """Every parameter that expressions below a node read."""
    match node:
        case Mapping(entries=entries):
            for entry in entries:
                yield from names_read(entry.value)
        case Sequence(items=items):
            for item in items:
                yield from names_read(item)
        case Scalar(value=str(text)):
            try:
                found = template(text)
            except ExpressionError:
                return
            for expression in found.expressions if found else ():
                yield from expression.names
