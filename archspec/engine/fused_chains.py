"""Fused chains: groups that one step computes together, each thread for its own part of the channels between them.

Threads wait for each other once a step. Where steps are short that costs as much as it gains, so the three
convolutions of an inverted residual (Sandler et al. 2018, figure 3) are one step: the hidden channels that a thread
computes are read by that thread alone.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from archspec.engine.fused_group import FusedChain
from archspec.engine.kernels import choose
from archspec.engine.kernels.depthwise import DepthwiseKernel
from archspec.engine.kernels.gemm import GemmKernel
from archspec.ops._pointwise import Pointwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._base import Kernel, Setting
    from archspec.graph.model import Graph

_LARGEST = 160 * 1024
"""Elements of the hidden volume, at most: larger ones are better computed in strips, by steps that are long enough."""
_KERNELS = (GemmKernel, DepthwiseKernel, GemmKernel)
"""What would compute the three groups one by one."""
_AXES = 2
"""Spatial axes of the hidden volumes."""


def fuse_chains(graph: Graph, groups: Sequence[FusedGroup], setting: Setting) -> tuple[FusedGroup, ...]:
    """The groups, with every inverted residual that is small enough as one."""
    result: list[FusedGroup] = []
    kernels: list[Kernel | None] = []
    for group in groups:
        result.append(group)
        kernels.append(choose(group, setting)[0])
        if _is_chain(graph, kernels[-len(_KERNELS) :]):
            expand, depthwise, project = result[-3:]
            chain = FusedChain(expand, depthwise, project)
            result[-3:] = [expand._replace(side_inputs=project.side_inputs, chain=chain)]
            kernels[-3:] = [None]
    return tuple(result)


def _is_chain(graph: Graph, kernels: Sequence[Kernel | None]) -> bool:
    groups = [kernel.group for kernel in kernels if kernel]
    return (
        tuple(map(type, kernels)) == _KERNELS
        and all(graph.consumers[group.name] == (after.first,) for group, after in pairwise(groups))
        and not any(group.name in graph.outputs for group in groups[:-1])
        and all(_is_simple(kernel) for kernel in kernels[:-1] if kernel)
        and len(groups[0].output.spatial) == _AXES
        and groups[0].output.size <= _LARGEST
    )


def _is_simple(kernel: Kernel) -> bool:
    """Whether the epilogue has only activations without weights that don't read other channels."""
    return all(
        isinstance(node.operator, Pointwise) and not node.operator.is_softmax and not node.weights
        for node in kernel.epilogue.nodes
    )
