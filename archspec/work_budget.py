"""One budget of work for a file: counted, not timed, so that a file gets the same answer on every machine.

A step is about a microsecond: a part of an expression that is computed, a scope that is searched, some values that are
copied. The size of a file and each layer that it expands to allow for steps of their own. So no file is stopped for
being long; one is where something in it multiplies.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic

MAX_NODES = 200_000
"""Layers that a file expands to, in all its networks together, unless more are allowed."""
FINDING = 100
"""Steps that a finding takes."""
FINDING_OF_LAYER = 10
"""Steps of one that a rule reports: most networks with many have them at each layer."""
NETWORK = 1000
"""Steps that a network takes apart from its layers."""
_STEPS = 500_000
_PER_LAYER = 40
_PER_CHARACTER = 0.5
_COMPARED = 1_000_000
"""Pairs of letters that suggestions compare."""


class OutOfWorkError(Exception):
    """Nothing is left of the budget; ``what`` needed more."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"too much work: {what}")


class WorkBudget:
    """The work that a file may take: layers, steps, and letters that suggestions compare.

    ``finding`` is the one that reported that nothing is left, None until then.
    """

    __slots__ = ("_compared", "_spent", "_steps", "_trials", "finding", "layers", "max_nodes")

    def __init__(self, max_nodes: int = MAX_NODES) -> None:
        self.max_nodes = max_nodes
        self.layers = 0
        self.finding: Diagnostic | None = None
        self._steps = _STEPS * max(1.0, max_nodes / MAX_NODES)
        self._spent = 0.0
        self._compared = 0
        self._trials: WorkBudget | None = None

    def allow_for(self, characters: int) -> None:
        """Allow for a text that was read."""
        self._steps += _PER_CHARACTER * characters

    def spend(self, steps: float, what: str) -> None:
        """Count steps; ``what`` takes them, in words.

        Raises:
            OutOfWorkError: so many are not left.

        """
        self._spent += steps
        if self._spent > self._steps + _PER_LAYER * self.layers:
            raise OutOfWorkError(what)

    def may_compare(self, pairs: int) -> bool:
        """Whether a suggestion may still compare so many pairs of letters; what is too many is left out."""
        self._compared += pairs
        return self._compared <= _COMPARED

    @property
    def trials(self) -> WorkBudget:
        """The budget for all trials of what might be offered together."""
        if self._trials is None:
            self._trials = WorkBudget(self.max_nodes)
        self._trials.layers = 0  # how many layers are tried is limited where they are
        return self._trials


_CURRENT: ContextVar[WorkBudget | None] = ContextVar("work budget", default=None)


def work_budget() -> WorkBudget:
    """The budget of the file that is examined; a new one outside of an examination."""
    return _CURRENT.get() or WorkBudget()


@contextmanager
def spending(budget: WorkBudget) -> Iterator[WorkBudget]:
    """Count all work against a budget, while this lasts."""
    token = _CURRENT.set(budget)
    try:
        yield budget
    finally:
        _CURRENT.reset(token)
