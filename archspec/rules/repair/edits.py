"""Offers as edits of the file, where what they change is a plain value or has a place there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Edit, Fix
from archspec.ops import operator
from archspec.rules.repair.arguments import arguments_text, value_text
from archspec.source import Span
from archspec.spec.items import Call
from archspec.syntax.nodes import Mapping as MappingNode
from archspec.syntax.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.candidates import Offer
    from archspec.syntax.nodes import Node as Tree


def offered_fix(graph: Graph, offers: Sequence[Offer]) -> Fix | None:
    """The fix that writes what an offer says; the first one that can be written and holds.

    The offer was tried at all layers that come out of an item, for the edit changes them all.
    """
    fix = None
    for offer in reversed(offers):
        if edits := offer_edits(offer, graph):
            texts = dict.fromkeys(arguments_text(change.arguments) for change in offer.changes.values())
            fix = Fix(f"write {' and '.join(texts)}", edits, otherwise=fix)
    return fix


def offer_edits(offer: Offer, graph: Graph) -> tuple[Edit, ...]:
    """The edits of a file that make the changes of an offer; none when one of them cannot be written in place."""
    by_item = {id(graph.by_name[name].origin): (graph.by_name[name], change) for name, change in offer.changes.items()}
    edits: list[Edit] = []
    for node, change in by_item.values():
        is_plain = change.operator is None and not change.inserted and None not in change.arguments.values()
        written = (
            _edits(node, {name: value_text(value) for name, value in change.arguments.items()}) if is_plain else ()
        )
        if not written:
            return ()
        edits += written
    return () if offer.inputs else tuple(edits)


def _edits(node: Node, arguments: dict[str, str]) -> list[Edit]:
    """The edits that give arguments of a layer other values; empty when one of them has no place."""
    tree = node.origin.arguments if isinstance(node.origin, Call) else None
    if isinstance(tree, MappingNode):
        present = {name: value for name in arguments if (value := tree.get(name)) is not None}
        edits = [_replace(value, tree.span, arguments[name]) for name, value in present.items()]
        new = [f"{name}: {text}" for name, text in arguments.items() if name not in present]
        edits += [_insert(tree, new)] if new else []
    else:
        edits = [_edit_of_main(tree, operator(node.kind).main, arguments)]
    return [edit for edit in edits if edit is not None] if None not in edits else []


def _edit_of_main(tree: Tree | None, main: str | None, arguments: dict[str, str]) -> Edit | None:
    """The edit of a main argument that is written alone: its value, or braces for several arguments."""
    if tree is None or main is None or "$" in tree.span.text or (isinstance(tree, Scalar) and tree.value is None):
        return None
    if arguments.keys() == {main}:
        return Edit(tree.span, arguments[main])
    texts = ", ".join(f"{name}: {text}" for name, text in ({main: tree.span.text} | arguments).items())
    return Edit(tree.span, f"{{{texts}}}")


def _replace(value: Tree, arguments: Span, text: str) -> Edit | None:
    """The edit of a value; None for an expression, and for what an alias repeats, which others share."""
    is_here = arguments.start <= value.span.start and value.span.end <= arguments.end
    return Edit(value.span, text) if is_here and value.span.text and "$" not in value.span.text else None


def _insert(arguments: MappingNode, texts: list[str]) -> Edit | None:
    """The edit that adds arguments: after the last one in braces, else on lines of their own before the first."""
    source, start, end = arguments.span
    if (
        not arguments.entries
        or arguments.entries[-1].value.span.end > end
        or arguments.entries[0].key.span.start < start
    ):
        return None
    if source.text[start] == "{":
        at = arguments.entries[-1].value.span.end
        return Edit(Span(source, at, at), "".join(f", {text}" for text in texts))
    first = arguments.entries[0].key.span
    margin = source.text[source.text.rfind("\n", 0, first.start) + 1 : first.start]
    line_end = "\r\n" if "\r\n" in source.text else "\n"
    at = first.start
    lines = "".join(f"{text}{line_end}{margin}" for text in texts)
    return Edit(Span(source, at, at), lines) if not margin.strip(" ") else None
