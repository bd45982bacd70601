"""Errors of the engine; a message says what was expected and what was passed."""

from __future__ import annotations


class EngineError(Exception):
    """Base of the engine's errors."""


class CompileError(EngineError):
    """A graph cannot be compiled: it has a faulty layer, or needs more memory than the limit."""


class InputError(EngineError, ValueError):
    """The input of a network has the wrong type, shape or dtype, or its file cannot be read."""


class WeightsError(EngineError, ValueError):
    """Weights do not fit the network, or their file cannot be read."""
