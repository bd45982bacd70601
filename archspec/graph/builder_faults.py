"""Errors of calls by which a program builds a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Diagnostic
from archspec.graph.faults import needed_arguments
from archspec.spec.wording import yaml_text

if TYPE_CHECKING:
    from archspec.graph.wire import Wire
    from archspec.ops._base import Operator
    from archspec.spec.operator_meaning import OperatorMeaning


def no_wire(word: str, values: tuple[Any, ...]) -> Diagnostic:
    """A layer without its input, or with something else in its place."""
    got = describe(values[0]) if values else "nothing"
    return Diagnostic(
        rule="invalid-value",
        message=f"{word} takes a wire, not {got}",
        help=(
            f"write `{word}(a, b)`, each wire as a separate argument"
            if values and isinstance(values[0], list | tuple)
            else f"write `{word}(x, ...)`, where x is an input of the graph or the result of another layer",
        ),
    )


def wire_count(word: str, count: int) -> Diagnostic:
    """Several inputs for an operator that has one."""
    return Diagnostic(
        rule="invalid-value",
        message=f"{word} takes one wire, not {count}",
        help=("join wires with `add`, `concat` or `multiply`",),
    )


def foreign_wire(wire: Wire, builder: object) -> Diagnostic:
    """A wire of another graph."""
    return Diagnostic(
        rule="unknown-volume",
        message=f"`{wire.name}` is a wire of another builder, {wire.builder!r}",
        help=(f"connect layers of {builder!r} only; every graph has its own inputs",),
    )


def extra_values(word: str, values: tuple[Any, ...]) -> Diagnostic:
    """Several arguments that are not named."""
    listed = ", ".join(map(describe, values))
    return Diagnostic(
        rule="invalid-value",
        message=f"{word} takes its arguments by name, got {listed}",
        help=("after the wires, only an operator's main argument may be written without its name",),
    )


def no_main_argument(word: str, kind: type[Operator], value: Any) -> Diagnostic:
    """An argument without a name, for an operator that has no main one."""
    required = needed_arguments(kind)
    needs = " and ".join(f"`{name}`" for name in required)
    example = ", ".join(("x", *(f"{name}=..." for name in required)))
    return Diagnostic(
        rule="invalid-value",
        message=f"{word} takes {needs}, not {describe(value)} alone"
        if required
        else f"{word} takes its arguments by name, got {describe(value)}",
        help=(f"write `{word}({example})`",),
    )


def argument_twice(word: str, name: str) -> Diagnostic:
    """The main argument with and without its name."""
    return Diagnostic(
        rule="duplicate-key",
        message=f"{word} has `{name}` twice: by name, and as the value after the wires",
        help=("remove one of them",),
    )


def no_such_operator(word: str, meaning: OperatorMeaning) -> Diagnostic:
    """A method that is not an operator's."""
    return Diagnostic(
        rule="unknown-operator",
        message=f"there is no operator `{word:.60}`{meaning.ending}",
        help=meaning.help,
    )


def name_in_use(name: str, *, of_input: bool) -> Diagnostic:
    """Two layers of one name, or one of an input's."""
    return Diagnostic(
        rule="duplicate-name",
        message=f"`{name}` is already the name of an input" if of_input else f"two layers are named `{name}`",
        help=("give each layer a different name, or none: then it is numbered",),
    )


def several_inputs(names: list[str]) -> Diagnostic:
    """``input`` of a graph that has several."""
    return Diagnostic(
        rule="unknown-volume",
        message=f"this graph has {len(names)} inputs: {', '.join(names)}",
        help=(f'write `inputs["{names[0]}"]`',),
    )


def no_layer() -> Diagnostic:
    """A graph without layers."""
    return Diagnostic(
        rule="spec-form",
        message="the graph has no layers: there is nothing to check",
        help=("call operators with wires: `x = g.conv(g.input, filters=16, kernel=3)`",),
    )


def describe(value: Any) -> str:
    """A value of a program in a message."""
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return f"the text `{value:.60}`"
    return yaml_text(value) if isinstance(value, int | float) else f"a value of type {type(value).__name__}"
