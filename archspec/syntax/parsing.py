"""The stage as a whole: from the text of a file to its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from archspec.diagnostics import Diagnostic, Sink
from archspec.syntax.builder import Builder
from archspec.syntax.characters import check_characters
from archspec.syntax.collector import collector_paused
from archspec.syntax.events import events
from archspec.syntax.limits import DEFAULT_LIMITS, Halt, Limits
from archspec.syntax.masking import mask

if TYPE_CHECKING:
    from archspec.source import Source
    from archspec.syntax.nodes import Node


def parse(source: Source, sink: Sink, limits: Limits = DEFAULT_LIMITS) -> Node | None:
    """The tree of a YAML text; None if nothing can be checked. It never raises.

    What can be read is read: after a duplicate key, an ambiguous scalar or a tag the tree is still there.
    """
    with collector_paused():
        try:
            return _tree(source, _Limited(sink, limits.findings), limits)
        except Halt:
            return None


def _tree(source: Source, sink: Sink, limits: Limits) -> Node | None:
    if not check_characters(source, sink):
        return None
    builder, text = Builder(source, sink, limits), mask(source.text)
    try:
        return builder.build(events(text))
    except yaml.YAMLError as error:
        from archspec.syntax.faults import explain, place  # noqa: PLC0415 -- most files never need it

        builder.check_depth(text, place(source, error))
        sink(explain(source, error, builder.bracket))
        builder.give_up()
        return None


class _Limited:
    """A sink that ends the reading of a file of a million mistakes before they fill the memory."""

    def __init__(self, sink: Sink, most: int) -> None:
        self._sink = sink
        self._most = most
        self._count = 0

    def __call__(self, diagnostic: Diagnostic) -> None:
        self._count += 1
        if self._count <= self._most:
            self._sink(diagnostic)
        elif self._count == self._most + 1:
            self._sink(_finding_limit(diagnostic, self._most))
        if self._count > self._most:
            raise Halt


def _finding_limit(next_one: Diagnostic, most: int) -> Diagnostic:
    return Diagnostic(
        rule="finding-limit",
        message=f"the file has more than {most:,} findings",
        span=next_one.span,
        label="reading ends here",
        help=("fix those above, and check again",),
    )
