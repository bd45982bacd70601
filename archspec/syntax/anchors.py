"""Anchors and aliases: ``&name`` names a value, ``*name`` repeats it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Fix, Label, Severity, Sink
from archspec.syntax.limits import Halt, Limits
from archspec.syntax.nearest import nearest
from archspec.syntax.properties import without
from archspec.syntax.quoting import in_backticks

if TYPE_CHECKING:
    from archspec.source import Span
    from archspec.syntax.nodes import Node

_MOST_NAMES = 100
_MOST_GUESSES = 20


@dataclass(slots=True, eq=False)
class Anchor:
    """A named value: None until it is complete. ``size`` counts its nodes, ``height`` its levels."""

    name: str
    span: Span
    node: Node | None = None
    size: int = 1
    height: int = 0
    used: bool = False


class Anchors:
    """The anchors of a document, in the order in which they are written."""

    def __init__(self, sink: Sink, limits: Limits) -> None:
        self._sink = sink
        self._limits = limits
        self._all: list[Anchor] = []
        self._by_name: dict[str, Anchor] = {}
        self._repeated = 0
        self._guesses = 0

    def define(self, span: Span) -> Anchor:
        """Give a name to the value that follows; a name may be given again."""
        anchor = Anchor(span.text[1:], span)
        self._all.append(anchor)
        self._by_name[anchor.name] = anchor
        return anchor

    def use(self, name: str, span: Span, depth: int) -> Anchor | None:
        """The anchor that an alias at this depth repeats; None after a finding. Halt when a limit is hit."""
        anchor = self._by_name.get(name)
        if anchor is None:
            near = self._guess(name)
            if near:
                self._by_name[near].used = True  # one mistake, one finding
            self._sink(_undefined_alias(span, near))
            return None
        anchor.used = True
        if anchor.node is None:
            self._sink(_recursive(span, anchor))
            return None
        self._count(anchor, span, depth)
        return anchor

    def _guess(self, name: str) -> str | None:
        """The anchor that an alias may have meant; a hostile file could make guessing take hours."""
        self._guesses += 1
        names = islice(reversed(self._by_name), _MOST_NAMES)
        return nearest(name, names) if self._guesses <= _MOST_GUESSES else None

    def _count(self, anchor: Anchor, span: Span, depth: int) -> None:
        self._repeated += anchor.size
        if self._repeated > self._limits.aliases:
            self._sink(_alias_limit(span, anchor, self._limits.aliases))
            raise Halt
        if depth + anchor.height > self._limits.depth:
            self._sink(depth_limit(span, self._limits.depth, "with what this alias repeats"))
            raise Halt

    def report_unused(self) -> None:
        """Report every anchor that no alias repeats."""
        for anchor in self._all:
            if not anchor.used:
                self._sink(_unused_anchor(anchor))


def alias_copy(anchor: Anchor, span: Span) -> Node | None:
    """A copy of the anchored value where it is repeated; what it contains keeps its places."""
    return anchor.node and replace(anchor.node, span=span)


def depth_limit(span: Span, most: int, label: str) -> Diagnostic:
    """The finding on lists and mappings that are nested too deep."""
    return Diagnostic(
        rule="depth-limit",
        message=f"lists and mappings are nested more than {most} deep",
        span=span,
        label=label,
        help=("move inner layers into a block under `blocks:`, and name the block here",),
    )


def _undefined_alias(span: Span, near: str | None) -> Diagnostic:
    return Diagnostic(
        rule="undefined-alias",
        message=f"there is no anchor `&{span.text[1:]}` before {in_backticks(span.text)}",
        span=span,
        label="this alias is ignored",
        help=(f"did you mean `*{near}`?",) if near else (f"write `&{span.text[1:]}` before the value to repeat",),
    )


def _recursive(span: Span, anchor: Anchor) -> Diagnostic:
    return Diagnostic(
        rule="recursive-alias",
        message=f"{in_backticks(span.text)} would repeat a value within itself, without end",
        span=span,
        label="this alias is ignored",
        labels=(Label(anchor.span, "the value begins here"),),
        help=("write `repeat:` for layers that occur several times",),
    )


def _alias_limit(span: Span, anchor: Anchor, most: int) -> Diagnostic:
    return Diagnostic(
        rule="alias-limit",
        message=f"aliases repeat more than {most:,} keys and values",
        span=span,
        label=f"this one repeats {anchor.size:,}",
        labels=(Label(anchor.span, "the value repeated"),),
        help=("move the repeated part into a block under `blocks:`, or use `repeat:` or `for:`",),
    )


def _unused_anchor(anchor: Anchor) -> Diagnostic:
    return Diagnostic(
        rule="unused-anchor",
        severity=Severity.WARNING,
        message=f"no alias `*{anchor.name}` uses {in_backticks(anchor.span.text)}",
        span=anchor.span,
        help=("delete the anchor",),
        fix=Fix("delete the anchor", (without(anchor.span),), safe=True),
    )
