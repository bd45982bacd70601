"""Arguments as they are in the file, with their expressions evaluated."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Diagnostic
from archspec.source import Span
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence
from archspec.work_budget import FINDING, work_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from archspec.diagnostics import Fix, Sink
    from archspec.syntax.expressions import ExpressionError
    from archspec.volume import Volume
    from archspec.work_budget import OutOfWorkError


Cause = Diagnostic | str
"""Why something is unknown: a finding that was reported, or the layer or input of this name has no volume."""


class Unknown(Exception):  # noqa: N818 - not an error: the fault is reported where it happens
    """A value or a volume cannot be known. It always has its cause, and there are two ways to have one.

    ``Unknown.reported`` reports the finding that is the cause. Whatever depends on something unknown passes on the
    Unknown of that; a layer that has no output is the cause itself (``Unknown.of_layer``), for rules report it.
    An Unknown is also the value of a parameter that has none.
    """

    def __init__(self, cause: Cause) -> None:
        self.cause = cause
        super().__init__(cause)

    @classmethod
    def reported(cls, finding: Diagnostic, sink: Sink) -> Unknown:
        """Because of a finding, which goes to ``sink``."""
        sink(finding)
        return cls(finding)

    @classmethod
    def of_layer(cls, name: str) -> Unknown:
        """Because the layer of this name has no output."""
        return cls(name)


def out_of_work(error: OutOfWorkError, place: Span | None, sink: Sink) -> Unknown:
    """Why what is left of a file is unknown: its work was used up, which is reported once."""
    budget = work_budget()
    if budget.finding is None:
        budget.finding = Diagnostic(
            rule="work-limit",
            message=f"the file takes more work than its size and its layers explain: {error.what}",
            span=place,
            label="checking ends here",
            notes=("the limit protects from files that would take minutes, by mistake or by intention",),
            help=(f"if this is intended, raise it: --max-nodes {budget.max_nodes * 10}",),
        )
        sink(budget.finding)
    return Unknown(budget.finding)


def is_constant(node: Node | None) -> bool:
    """Whether a value holds no expression, so that it is the same wherever it is expanded."""
    if node is None:
        return True
    text = node.span.text
    if "$" in text or not ("*" in text or "\\" in text):  # only an alias and an escape say what is not in the text
        return "$" not in text
    return not any("$" in scalar.value for scalar in _scalars(node) if isinstance(scalar.value, str))


def _scalars(node: Node) -> Iterator[Scalar]:
    """All values in a node."""
    match node:
        case Mapping():
            for entry in node.entries:
                yield from _scalars(entry.value)
        case Sequence():
            for item in node.items:
                yield from _scalars(item)
        case Scalar():
            yield node


def evaluate(node: Node, values: dict[str, Any], volume: Volume | Unknown, sink: Sink) -> Any:
    """Plain data of a node: mappings as dicts, lists as tuples, expressions as their values.

    Raises:
        Unknown: an expression has no value, which was reported; or what it reads is unknown.

    """
    if isinstance(node, Scalar):
        if isinstance(node.value, str) and "$" in node.value:
            return _scalar(node, node.value, values, volume, sink)
        return node.value
    if isinstance(node, Sequence):
        work_budget().spend(len(node.items), _VALUES)
        items = tuple([evaluate(item, values, volume, sink) for item in node.items])
        return _within_limit(node, items, zip(node.items, items, strict=True), sink)
    work_budget().spend(len(node.entries), _VALUES)
    data = {entry.name: evaluate(entry.value, values, volume, sink) for entry in node.entries}
    return _within_limit(node, data, ((entry.value, data[entry.name]) for entry in node.entries), sink)


def _within_limit(node: Node, value: Any, parts: Iterable[tuple[Node, Any]], sink: Sink) -> Any:
    """A list or mapping; where expressions are lists in it, it is no longer than that of an expression."""
    if not any(isinstance(part, Scalar) and isinstance(result, tuple | dict) for part, result in parts):
        return value
    expressions = _expressions()
    if expressions.is_within(value, expressions.LONGEST_RESULT):
        return value
    message = f"with the lists that are values in it, this is longer than {expressions.LONGEST_RESULT:,}"
    raise Unknown.reported(Diagnostic(rule="expression", message=message, span=node.span), sink)


_VALUES = "lists and mappings of values"


def _scalar(node: Scalar, text: str, values: dict[str, Any], volume: Volume | Unknown, sink: Sink) -> Any:
    expressions = _expressions()
    try:
        found = expressions.template(text)
        if found is None:
            return text
        work_budget().spend(found.cost, "expressions")
        for name in found.names:
            if isinstance(value := values.get(name), Unknown):
                raise Unknown(value.cause)
        if not found.reads_volume:
            return found.evaluate(values, {})
        if isinstance(volume, Unknown):
            raise Unknown(volume.cause)
        return found.evaluate(values, _sizes(volume))
    except expressions.ExpressionError as error:
        work_budget().spend(FINDING + len(text), "expressions that have no value")
        sizes = {} if isinstance(volume, Unknown) else _sizes(volume)
        fix = _of_each_element(node, text, values, sizes)
        finding = Diagnostic(rule="expression", message=str(error), span=_place(node, error), fix=fix)
        raise Unknown.reported(finding, sink) from error


@cache
def _expressions() -> ModuleType:
    """The module of expressions, which many specs do not need."""
    from archspec.syntax import expressions  # noqa: PLC0415 - see above

    return expressions


def _of_each_element(node: Scalar, text: str, values: dict[str, Any], sizes: dict[str, int]) -> Fix | None:
    from archspec.spec.expression_help import of_each_element  # noqa: PLC0415 - for a finding only

    return of_each_element(node, text, values, sizes)


def _sizes(volume: Volume) -> dict[str, int]:
    """What ``in.`` gives: the axes by name, and the channels."""
    return {**dict(zip(volume.axes, volume.spatial, strict=True)), "channels": volume.channels}


def _place(node: Scalar, error: ExpressionError) -> Span:
    """The faulty part of the scalar; escapes in quoted text can shift it, so it is kept within the scalar."""
    begin = node.span.start + (0 if node.plain else 1)
    start = min(begin + error.start, node.span.end - 1)
    return Span(node.span.source, start, max(min(begin + error.end, node.span.end), start + 1))
