"""Wires of a graph that a program builds, and the error for a layer that cannot be added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archspec.text.findings_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.diagnostics import Diagnostic
    from archspec.volume import Volume


@dataclass(slots=True, eq=False, repr=False)
class Wire:
    """A volume of a graph that is being built: an input, or the output of a layer. Layers are called with wires.

    ``builder`` is the GraphBuilder that it belongs to; no other takes it.
    ``volume`` is None where a layer does not fit its input; :func:`archspec.check` then says why.
    """

    builder: object
    name: str
    volume: Volume | None

    def __repr__(self) -> str:
        return f"Wire({self.name!r}, {self.volume or 'unknown'})"


class GraphError(ValueError):
    """A program's layer or network is faulty: an argument, a name, a wire. All faults are in ``diagnostics``."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = [each._replace(span=None, label="", labels=(), fix=None) for each in diagnostics]
        super().__init__(plain_text(self.diagnostics))

    def __reduce__(self) -> tuple[type[GraphError], tuple[list[Diagnostic]]]:
        """Pickle by its findings, not by its message."""
        return type(self), (self.diagnostics,)
