"""The stage as a whole: from the text of a file to its tree."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import yaml

from archspec.diagnostics import Diagnostic, Severity, Sink
from archspec.source import Source, Span
from archspec.syntax.builder import Builder
from archspec.syntax.characters import check_characters
from archspec.syntax.events import events
from archspec.syntax.limits import DEFAULT_LIMITS, Halt, Limits
from archspec.syntax.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.syntax.nodes import Node


def parse(source: Source, sink: Sink, limits: Limits = DEFAULT_LIMITS) -> Node | None:
    """The tree of a YAML text; None when a finding leaves nothing to check. It never raises.

    What can be read is read: after a duplicate key, an ambiguous scalar or a tag the tree is still there.
    """
    told = _Told(sink, limits.findings)
    with _collector_paused():
        tree = _tree(source, told, limits)
    told.finish()
    return tree


def _tree(source: Source, sink: Sink, limits: Limits) -> Node | None:
    if not check_characters(source, sink):
        return None
    try:
        tree = Builder(source, sink, limits).build(events(mask(source.text)))
    except Halt:
        return None
    except yaml.YAMLError as error:
        from archspec.syntax.faults import explain  # noqa: PLC0415 -- most files never need it

        sink(explain(source, error))
        return None
    if tree is None or not tree.span.text:
        sink(_empty(source))
        return None
    return tree


def _empty(source: Source) -> Diagnostic:
    return Diagnostic(
        rule="empty-file",
        message="the file holds no spec" + (", only comments" if source.text.strip() else ": it is empty"),
        span=Span(source, 0, 0),
        help=("a spec begins with `name:`, `input:` and `layers:`",),
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from looking for garbage: a growing tree has none, and looking takes most of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Told:
    """A sink with a limit: a file of a million mistakes must not fill the memory with findings."""

    def __init__(self, sink: Sink, most: int) -> None:
        self._sink = sink
        self._most = most
        self._count = 0
        self._first_left_out: Diagnostic | None = None
        self._severity = Severity.INFO

    def __call__(self, diagnostic: Diagnostic) -> None:
        self._count += 1
        if self._count <= self._most:
            self._sink(diagnostic)
            return
        self._first_left_out = self._first_left_out or diagnostic
        self._severity = min(self._severity, diagnostic.severity, key=list(Severity).index)

    def finish(self) -> None:
        """Say how many findings were left out."""
        if first := self._first_left_out:
            self._sink(
                Diagnostic(
                    rule="finding-limit",
                    severity=self._severity,
                    message=f"{self._count - self._most:,} more findings are not told: the limit is {self._most:,}",
                    span=first.span,
                    help=("repair those above, and check again",),
                )
            )
