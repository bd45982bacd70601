"""A limit on what is reported about one file."""

from __future__ import annotations

from archspec.diagnostics import Diagnostic, Sink
from archspec.syntax.limits import Halt


class LimitedSink:
    """A sink that ends the reading of a file of a million mistakes before they fill the memory."""

    def __init__(self, sink: Sink, most: int) -> None:
        self._sink = sink
        self._most = most
        self._count = 0

    def __call__(self, diagnostic: Diagnostic) -> None:
        """Report a finding; Halt after the last one that is allowed."""
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
