"""Findings about the expansion of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Diagnostic, Edit, Fix, Label
from archspec.source import Span
from archspec.spec.validate import required_names
from archspec.spec.wording import shorten, yaml_text
from archspec.syntax.nodes import Mapping as MappingNode

if TYPE_CHECKING:
    from archspec.graph.scope import BlockExpansion
    from archspec.ops._base import Operator
    from archspec.spec.items import Block, Call, Item
    from archspec.syntax.nodes import Node, Scalar


def duplicate_name(name: str, place: Span, first: Span | None) -> Diagnostic:
    """Two layers of one name, or one of an input's."""
    return Diagnostic(
        rule="duplicate-name",
        message=f"two layers are named `{name}`" if first else f"`{name}` is already the name of an input",
        span=place,
        labels=(Label(first, "first used here"),) if first else (),
        help=("give each layer a different name",),
    )


def not_a_mapping(kind: type[Operator], call: Call, layer: str) -> Diagnostic:
    """A single value where several arguments are needed: ``conv: 64``."""
    got = shorten(call.arguments) if call.arguments else "nothing"
    required = needed_arguments(kind)
    needs = " and ".join(f"`{key}`" for key in required)
    example = ", ".join(f"{key}: ..." for key in required)
    return Diagnostic(
        rule="invalid-value",
        message=f"{call.word} takes {needs}, not {got} alone" if required else f"{call.word} takes no value, got {got}",
        span=call.arguments.span if call.arguments else call.place,
        layer=layer,
        help=(f"write `{call.word}: {{{example}}}`" if required else f"write `{call.word}`",),
        fix=None if required else _without_value(call),
    )


def _without_value(call: Call) -> Fix | None:
    """The fix that leaves out the value of an operator that takes none; None where other keys are beside it."""
    value, key = call.arguments, call.place
    if value is None or not isinstance(call.node, MappingNode) or len(call.node.entries) > 1:
        return None
    is_braced = call.node.span.text.startswith("{") or value.span.start < key.end
    return None if is_braced else Fix(f"write `{call.word}`", (Edit(Span(key.source, key.end, value.span.end), ""),))


def needed_arguments(kind: type[Operator]) -> list[str]:
    """The arguments that an operator can't do without, its own before those it inherits."""
    return sorted(required_names(kind), key=lambda name: name not in kind.__annotations__)


def recursion(call: Call, cycle: tuple[str, ...], trail: tuple[BlockExpansion, ...]) -> Diagnostic:
    """A block that is used within itself."""
    return Diagnostic(
        rule="recursive-block",
        message=f"block {call.word} uses itself: {' -> '.join(cycle)}",
        span=call.place,
        labels=tuple(Label(expansion.place, f"{expansion.block} is used here") for expansion in trail[-3:]),
        help=("use `repeat:` to repeat a block",),
    )


def missing_parameter(block: Block, call: Call, name: str) -> Diagnostic:
    """A block without one of its parameters."""
    return Diagnostic(
        rule="missing-key",
        message=f"block {call.word} needs `{name}`",
        span=call.place,
        labels=(Label(block.name.span, "declared here"),),
        help=(f"write `{call.word}: {{{name}: ...}}`, or give `{name}` a default in the block",),
    )


def not_named(block: Block, call: Call) -> Diagnostic:
    """A single value for a block that has not exactly one required parameter."""
    names = ", ".join(f"{key.text}: ..." for key, _ in block.params)
    return Diagnostic(
        rule="invalid-value",
        message=f"block {call.word} takes its parameters by name",
        span=call.arguments.span if call.arguments else call.place,
        help=(f"write `{call.word}: {{{names}}}`" if names else f"write `{call.word}`",),
    )


def no_count(repeat: Scalar, count: Any, values: dict[str, Any]) -> Diagnostic:
    """A number of rounds that is not a number; ``values`` are the parameters here."""
    from archspec.spec.expression_help import as_expression  # noqa: PLC0415 - for a finding only

    return Diagnostic(
        rule="invalid-value",
        message=f"`repeat` must be a whole number from 0, not {yaml_text(count)}",
        span=repeat.span,
        help=("write `repeat: 3`, or an expression that gives a whole number",),
        fix=as_expression(repeat, values, lambda value: type(value) is int and value >= 0),
    )


def no_condition(when: Scalar, value: Any, values: dict[str, Any]) -> Diagnostic:
    """A condition that is neither true nor false; ``values`` are the parameters here."""
    from archspec.spec.expression_help import as_expression  # noqa: PLC0415 - as above

    return Diagnostic(
        rule="invalid-value",
        message=f"`when` must be true or false, not {yaml_text(value)}",
        span=when.span,
        help=("write a comparison, such as `when: $(stride != 1)`",),
        fix=as_expression(when, values, lambda value: isinstance(value, bool)),
    )


def no_rows(node: Node, rows: Any) -> Diagnostic:
    """Rows of a loop that are not rows."""
    return Diagnostic(
        rule="invalid-value",
        message=f"`for` must be a list of rows, each a mapping of names to values, not {yaml_text(rows)}",
        span=node.span,
        help=("write `for: [{planes: 64}, {planes: 128}]`, or the name of a parameter that holds rows",),
    )


def no_layers(place: Span) -> Diagnostic:
    """Layers that are all left out."""
    return Diagnostic(
        rule="spec-form",
        message="the spec expands to no layers: there is nothing to check",
        span=place,
        help=("make sure that some `when` is true, no `repeat` is 0 and no `for` list is empty",),
    )


def too_many(item: Item, most: int, before: int = 0) -> Diagnostic:
    """More layers than are allowed, with those ``before`` in other networks of the file."""
    subject = "the networks of the file have together" if before else "the network has"
    return Diagnostic(
        rule="expansion-limit",
        message=f"{subject} more than {most:,} layers here",
        span=(item.repeat or item.key).span,
        notes=("the limit protects the memory from a mistake in `repeat` or `for`",),
        help=(f"if this is intended, raise it: --max-nodes {most * 10}",),
    )


def too_deep(call: Call, most: int) -> Diagnostic:
    """Blocks that are nested too deep."""
    return Diagnostic(
        rule="expansion-limit",
        message=f"blocks are nested more than {most} deep here",
        span=call.place,
        help=("use fewer levels of blocks",),
    )


def no_tie(item: Item) -> Diagnostic:
    """``tie`` at something that keeps no weights of its own."""
    return Diagnostic(
        rule="invalid-value",
        message=f"`tie` is only for layers, and `{item.word}` is not one",
        span=item.tie.span if item.tie else item.place,
        help=("write `tie` at the layers that share weights",),
    )
