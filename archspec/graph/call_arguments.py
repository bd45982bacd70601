"""The arguments with which a program calls an operator: wires first, then the main argument, the rest by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.graph import builder_faults
from archspec.graph.wire import GraphError, Wire
from archspec.ops import MERGES, OPERATORS, operator
from archspec.spec.operator_meaning import operator_meaning

if TYPE_CHECKING:
    from archspec.ops._base import Operator


def operator_class(word: str) -> type[Operator]:
    """The class of an operator; GraphError, with what may be meant, when there is none of that name."""
    if word in OPERATORS:
        return operator(word)
    raise GraphError([builder_faults.no_such_operator(word, operator_meaning(word))])


def word_of(operator_: Operator) -> str:
    """The name of an operator; that of its class for one that is not archspec's."""
    kind = type(operator_)
    target = f"{kind.__module__.rpartition('.')[2]}:{kind.__name__}"
    return next((word for word, named in OPERATORS.items() if named == target), kind.__name__.lower())


def split(word: str, values: tuple[Any, ...]) -> tuple[list[Wire], tuple[Any, ...]]:
    """The wires of a call, and the values after them; GraphError when there is none, or more than can be."""
    count = next((at for at, value in enumerate(values) if not isinstance(value, Wire)), len(values))
    wires, rest = list(values[:count]), values[count:]
    if not wires:
        raise GraphError([builder_faults.no_wire(word, rest)])
    if count > 1 and word in OPERATORS and word not in MERGES:
        raise GraphError([builder_faults.wire_count(word, count)])
    if len(rest) > 1 or any(isinstance(value, Wire) for value in rest):
        raise GraphError([builder_faults.extra_values(word, rest)])
    return wires, rest


def with_main(word: str, arguments: dict[str, Any], rest: tuple[Any, ...]) -> dict[str, Any]:
    """Arguments by name, with the one that was written without its name."""
    if not rest:
        return arguments
    kind = operator_class(word)
    if kind.main is None:
        raise GraphError([builder_faults.no_main_argument(word, kind, rest[0])])
    if kind.main in arguments:
        raise GraphError([builder_faults.argument_twice(word, kind.main)])
    return {kind.main: rest[0], **arguments}
