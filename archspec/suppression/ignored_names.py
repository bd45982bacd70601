"""Checks names of rules under ``ignore``: the reader of specs accepts any text, because it knows no rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.rules import RULES
from archspec.spec.validate import rename
from archspec.syntax import nearest, only_candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.graph.model import Node
    from archspec.source import Span
    from archspec.spec.items import Item


def unknown_ignored_rules(items: Iterable[Item]) -> Iterator[Diagnostic]:
    """A finding for each name that is not a rule."""
    for item in items:
        yield from (_unknown(str(name.value), name.span) for name in item.ignore if name.value not in RULES)


def unknown_rules_of_nodes(nodes: Iterable[Node]) -> Iterator[Diagnostic]:
    """The same about layers of a program."""
    for node in nodes:
        yield from (_unknown(name, None)._replace(layer=node.name) for name in sorted(node.ignored - set(RULES)))


def _unknown(name: str, span: Span | None) -> Diagnostic:
    near = nearest(name, RULES)
    return Diagnostic(
        rule="unknown-rule",
        message=f"there is no rule `{name:.60}`" + (f"; did you mean `{near}`?" if near else ""),
        span=span,
        help=(f"write `{near}`" if near else f"rules of layers are {', '.join(RULES)}",),
        fix=rename(span, near, safe=only_candidate(name, RULES) is not None) if near and span else None,
    )
