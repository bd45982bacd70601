"""The plan of a network: its steps in order, the kernel of each and why, and a place in the arena for every volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.arena import Arena, arena
from archspec.engine.chains import chained
from archspec.engine.grades import Grade
from archspec.engine.kernels import choose
from archspec.engine.kernels._base import Setting
from archspec.engine.tiles import tiles_win
from archspec.engine.units import units

if TYPE_CHECKING:
    from archspec.engine.kernels._base import Kernel
    from archspec.engine.units import Unit
    from archspec.graph.model import Graph

_SAME = 0.99
"""Share of the inference peak that an arena takes at least."""


class Step(NamedTuple):
    """A unit at its turn, the kernel that computes it and why it was chosen."""

    unit: Unit
    kernel: Kernel
    reason: str


class Plan(NamedTuple):
    """What runs a network: immutable, and without any array. As text it is a table (docs/engine.md)."""

    graph: Graph
    steps: tuple[Step, ...]
    arena: Arena
    dtype: np.dtype[np.floating]
    grade: Grade
    threads: int

    @property
    def arena_bytes(self) -> int:
        """Bytes of the arena for one sample."""
        return self.arena.size * self.dtype.itemsize

    @property
    def is_tiled(self) -> bool:
        """Whether matrix products are made of small tiles, which this machine decides."""
        return self.dtype == np.float32 and self.grade is not Grade.REFERENCE and tiles_win()

    def __str__(self) -> str:
        """The table: every step, its kernel, why that, and how fast this machine could be, for the spec's batch."""
        from archspec.engine.profile import forecast  # noqa: PLC0415 - only printing needs it

        return str(forecast(self, self.graph.spec.batch))

    def __repr__(self) -> str:
        steps, threads = (
            f"{n} {word}{'s' * (n != 1)}" for n, word in ((len(self.steps), "step"), (self.threads, "thread"))
        )
        return f"Plan({self.graph.spec.title}: {steps}, {self.grade}, {self.dtype}, {threads})"


def make_plan(  # noqa: PLR0913 - options, given by name
    graph: Graph,
    grade: Grade,
    dtype: np.dtype[np.floating],
    threads: int = 1,
    *,
    fused: bool = True,
    repeats: bool = True,
) -> Plan:
    """The plan of a known graph; not ``fused``, every layer is a step and leaves its volume.

    float16 is for the reference alone: libraries of matrix products do not know it.
    """
    if dtype == np.float16:
        grade = Grade.REFERENCE
    fused = fused and grade is not Grade.REFERENCE
    found = units(graph, fused=fused)
    places = arena(graph, found)
    setting = Setting(grade, dtype, threads, repeats)
    if fused and threads > 1:
        shorter = chained(graph, found, setting)
        fewer = arena(graph, shorter)
        if fewer.size >= places.size * _SAME:  # the arena is what the analysis says
            found, places = shorter, fewer
    steps = tuple(Step(unit, *choose(unit, setting)) for unit in found)
    return Plan(graph, steps, places, dtype, grade, threads)
