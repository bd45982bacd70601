"""The plan of a network: its steps in order, the kernel of each and why, and a place in the arena for every volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.engine.arena import Arena, arena
from archspec.engine.fused_chains import fuse_chains
from archspec.engine.fusion import fused_groups
from archspec.engine.grades import Grade
from archspec.engine.kernels import choose
from archspec.engine.kernels._base import Setting
from archspec.engine.tiles import tiles_win
from archspec.text.printing import as_printed

if TYPE_CHECKING:
    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._base import Kernel
    from archspec.graph.model import Graph

_SMALLER = 0.99
"""Share of the arena without chains below which chains would change the peak that the analysis reports."""


class PlanStep(NamedTuple):
    """A fused group, the kernel that computes it, and why that kernel was chosen."""

    group: FusedGroup
    kernel: Kernel
    reason: str


class Plan(NamedTuple):
    """What runs a network: immutable, and without any array."""

    graph: Graph
    steps: tuple[PlanStep, ...]
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
        """The table of ``--plan``, of a network that ``archspec.compile`` made."""
        return as_printed(self)

    def __repr__(self) -> str:
        steps, threads = (
            f"{n} {word}{'s' * (n != 1)}" for n, word in ((len(self.steps), "step"), (self.threads, "thread"))
        )
        return f"Plan({self.graph.header.name}: {steps}, {self.grade}, {self.dtype}, {threads})"


def make_plan(  # noqa: PLR0913 - options, given by name
    graph: Graph,
    grade: Grade,
    dtype: np.dtype[np.floating],
    threads: int = 1,
    *,
    fuse: bool = True,
    repeats: bool = True,
) -> Plan:
    """The plan of a faultless graph; unless ``fuse``, every layer is a step and its output is in the arena.

    float16 is always computed by the reference: matrix libraries don't support it.
    """
    if dtype == np.float16:
        grade = Grade.REFERENCE
    fuse = fuse and grade is not Grade.REFERENCE
    groups = fused_groups(graph, fuse=fuse)
    memory = arena(graph, groups)
    setting = Setting(grade, dtype, threads, repeats)
    if fuse and threads > 1:
        with_chains = fuse_chains(graph, groups, setting)
        smaller = arena(graph, with_chains)
        if smaller.size >= memory.size * _SMALLER:  # the arena is as large as the inference peak of the analysis
            groups, memory = with_chains, smaller
    steps = tuple(PlanStep(group, *choose(group, setting)) for group in groups)
    return Plan(graph, steps, memory, dtype, grade, threads)
