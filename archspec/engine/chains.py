"""Chains: units that one step computes together, each thread its share of the channels between them.

Threads meet once a step. Where steps are short that costs as much as it gains, so the three convolutions of an
inverted residual (Sandler et al. 2018, figure 3) are one step: what lies between them never leaves a thread.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from archspec.engine.kernels import choose
from archspec.engine.kernels.depthwise import Depthwise
from archspec.engine.kernels.gemm import Gemm
from archspec.ops._pointwise import Pointwise
from archspec.ops.softmax import LogSoftmax, Softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.engine.kernels._base import Kernel, Setting
    from archspec.engine.units import Unit
    from archspec.graph.model import Graph

_LARGEST = 160 * 1024
"""Numbers of the hidden volume, at most: more are better worked on in strips, by steps that are long enough."""
_LINKS = (Gemm, Depthwise, Gemm)
"""What would compute the units by themselves."""
_AXES = 2
"""Spatial axes of a volume that the links between pass on."""


def chained(graph: Graph, found: Sequence[Unit], setting: Setting) -> tuple[Unit, ...]:
    """The units with every inverted residual that is small enough as one."""
    result: list[Unit] = []
    kernels: list[Kernel | None] = []
    for unit in found:
        result.append(unit)
        kernels.append(choose(unit, setting)[0])
        if _is_chain(graph, kernels[-len(_LINKS) :]):
            expand, depthwise, project = result[-3:]
            result[-3:] = [expand._replace(beside=project.beside, chain=(expand, depthwise, project))]
            kernels[-3:] = [None]
    return tuple(result)


def _is_chain(graph: Graph, kernels: Sequence[Kernel | None]) -> bool:
    units = [kernel.unit for kernel in kernels if kernel]
    return (
        tuple(map(type, kernels)) == _LINKS
        and all(graph.consumers[unit.name] == (after.first,) for unit, after in pairwise(units))
        and not any(unit.name in graph.outputs for unit in units[:-1])
        and all(_is_simple(kernel) for kernel in kernels[:-1] if kernel)
        and len(units[0].output.spatial) == _AXES
        and units[0].output.size <= _LARGEST
    )


def _is_simple(kernel: Kernel) -> bool:
    """What is left to do are activations without weights, which do not look at other channels."""
    return all(
        isinstance(node.operator, Pointwise)
        and not isinstance(node.operator, Softmax | LogSoftmax)
        and not node.weights
        for node in kernel.finish.left
    )
