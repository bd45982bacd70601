"""Arguments as they are in the file, with their expressions evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Diagnostic
from archspec.source import Span
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from archspec.diagnostics import Sink
    from archspec.syntax.expressions import ExpressionError
    from archspec.volume import Volume


class Unknown(Exception):  # noqa: N818 - not an error: the fault was reported where it happened
    """A value depends on a volume that is unknown, or could not be computed; what is wrong has been reported."""


UNKNOWN = object()
"""The value of a parameter that has none; whatever reads it is unknown too."""


def is_constant(node: Node | None) -> bool:
    """Whether a value holds no expression, so that it is the same wherever it is expanded."""
    return node is None or "$" not in node.span.text


def evaluate(node: Node, values: dict[str, Any], volume: Volume | None, sink: Sink) -> Any:
    """Plain data of a node: mappings as dicts, lists as tuples, expressions as their values.

    Raises:
        Unknown: an expression has no value; unless the volume is what it lacks, it was reported.

    """
    match node:
        case Mapping():
            return {str(entry.key.value): evaluate(entry.value, values, volume, sink) for entry in node.entries}
        case Sequence():
            return tuple(evaluate(item, values, volume, sink) for item in node.items)
        case Scalar(value=str(text)) if "$" in text:
            return _scalar(node, text, values, volume, sink)
    return node.value


def _scalar(node: Scalar, text: str, values: dict[str, Any], volume: Volume | None, sink: Sink) -> Any:
    from archspec.syntax.expressions import ExpressionError, template  # noqa: PLC0415 - many specs have no expression

    try:
        found = template(text)
        if found is None:
            return text
        if volume is None and any(expression.reads_volume for expression in found.expressions):
            raise Unknown
        if any(values.get(name) is UNKNOWN for expression in found.expressions for name in expression.names):
            raise Unknown
        return found.evaluate(values, _sizes(volume))
    except ExpressionError as error:
        sink(Diagnostic(rule="expression", message=str(error), span=_place(node, error)))
        raise Unknown from error


def _sizes(volume: Volume | None) -> dict[str, int]:
    """What ``in.`` gives: the axes by name, and the channels."""
    return (
        {} if volume is None else {**dict(zip(volume.axes, volume.spatial, strict=True)), "channels": volume.channels}
    )


def _place(node: Scalar, error: ExpressionError) -> Span:
    """The faulty part of the scalar; escapes in quoted text can shift it, so it is kept within the scalar."""
    begin = node.span.start + (0 if node.plain else 1)
    start = min(begin + error.start, node.span.end - 1)
    return Span(node.span.source, start, max(min(begin + error.end, node.span.end), start + 1))
