"""What the engine refuses to do; every message is a paragraph for the user, with what was wanted and what came."""

from __future__ import annotations


class EngineError(Exception):
    """Base of the engine's refusals."""


class CompileError(EngineError):
    """A graph cannot become a network: it has a fault, or needs more memory than it may have."""


class InputError(EngineError, ValueError):
    """What was given to a network is not what it takes."""


class WeightsError(EngineError, ValueError):
    """Weights do not fit the network, or their file cannot be read."""
