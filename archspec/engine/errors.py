"""What the engine refuses to do; a message says for the user what was expected and what it got instead."""

from __future__ import annotations


class EngineError(Exception):
    """Base of the engine's errors."""


class CompileError(EngineError):
    """A graph cannot become a network: it has a fault, or needs more memory than it may have."""


class InputError(EngineError, ValueError):
    """The input of a network has the wrong type, shape or dtype, or its file cannot be read."""


class WeightsError(EngineError, ValueError):
    """Weights do not fit the network, or their file cannot be read."""
