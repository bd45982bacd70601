"""Fixes that give a layer's argument another value, where it is a plain value in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Edit, Fix
from archspec.ops import operator
from archspec.source import Span
from archspec.spec.items import Call
from archspec.syntax.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.graph.model import Node
    from archspec.rules.repair.candidates import Offer
    from archspec.syntax.nodes import Node as Tree


def offered_fix(node: Node, offers: Sequence[Offer]) -> Fix | None:
    """The fix that writes what an offer says, an argument of the layer and its value; the first one that holds.

    The offer was tried at all layers that come out of the item, for the edit changes them all.
    """
    if node.origin is None:
        return None
    fix = None
    for offer in reversed(offers):
        (name,) = offer.changes[node.name].arguments
        if (edit := _edit(node, name, offer.text)) is not None:
            fix = Fix(f"write `{name}: {offer.text}`", (edit,), otherwise=fix)
    return fix


def _edit(node: Node, name: str, text: str) -> Edit | None:
    arguments = node.origin.arguments if isinstance(node.origin, Call) else None
    if isinstance(arguments, Mapping):
        value = arguments.get(name)
        return _insert(arguments, name, text) if value is None else _replace(value, arguments.span, text)
    main = operator(node.kind).main
    if arguments is None or main is None or "$" in arguments.span.text:
        return None
    if isinstance(arguments, Scalar) and arguments.value is None:
        return None
    if name == main:
        return Edit(arguments.span, text)
    return Edit(arguments.span, f"{{{main}: {arguments.span.text}, {name}: {text}}}")


def _replace(value: Tree, arguments: Span, text: str) -> Edit | None:
    """The edit of a value; None for an expression, and for what an alias repeats, which others share."""
    is_here = arguments.start <= value.span.start and value.span.end <= arguments.end
    return Edit(value.span, text) if is_here and value.span.text and "$" not in value.span.text else None


def _insert(arguments: Mapping, name: str, text: str) -> Edit | None:
    """The edit that adds an argument: after the last one in braces, else on a line of its own before the first."""
    source, start, end = arguments.span
    if (
        not arguments.entries
        or arguments.entries[-1].value.span.end > end
        or arguments.entries[0].key.span.start < start
    ):
        return None
    if source.text[start] == "{":
        at = arguments.entries[-1].value.span.end
        return Edit(Span(source, at, at), f", {name}: {text}")
    first = arguments.entries[0].key.span
    margin = source.text[source.text.rfind("\n", 0, first.start) + 1 : first.start]
    line_end = "\r\n" if "\r\n" in source.text else "\n"
    at = first.start
    return Edit(Span(source, at, at), f"{name}: {text}{line_end}{margin}") if not margin.strip(" ") else None
