"""Errors of the engine; a message says what was expected and what was passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class EngineError(Exception):
    """Base of the engine's errors."""


class CompileError(EngineError):
    """A graph cannot be compiled: it has a faulty layer, or needs more memory than the limit."""


class InputError(EngineError, ValueError):
    """The input of a network has the wrong type, shape or dtype, or its file cannot be read."""


class WeightsError(EngineError, ValueError):
    """Weights do not fit the network, or their file cannot be read; several ``faults`` are a line each."""

    def __init__(self, reason: str, faults: Sequence[str] = ()) -> None:
        """Say what is wrong, and each fault of it."""
        lines = [" ".join((reason, *faults))] if len(faults) < 2 else [reason, *(f"  {fault}" for fault in faults)]
        super().__init__("\n".join(lines))
        self.lines = lines
