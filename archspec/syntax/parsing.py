"""The stage as a whole: from the text of a file to its tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from archspec.syntax.builder import Builder
from archspec.syntax.characters import check_characters
from archspec.syntax.collector import collector_paused
from archspec.syntax.events import events
from archspec.syntax.limited_sink import LimitedSink
from archspec.syntax.limits import DEFAULT_LIMITS, Halt, Limits
from archspec.syntax.masking import mask

if TYPE_CHECKING:
    from archspec.diagnostics import Sink
    from archspec.source import Source
    from archspec.syntax.nodes import Node


def parse(source: Source, sink: Sink, limits: Limits = DEFAULT_LIMITS) -> Node | None:
    """The tree of a YAML text; None if nothing can be checked. It never raises.

    What can be read is read: after a duplicate key, an ambiguous scalar or a tag the tree is still there.
    """
    with collector_paused():
        try:
            return _tree(source, LimitedSink(sink, limits.findings), limits)
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
