"""Chains: units that one step computes together, each thread its share of the channels between them.

Threads meet once a step. Where steps are short that costs as much as it gains, so the three convolutions of an
inverted residual (Sandler et al. 2018, figure 3) are one step: what lies between them never leaves a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.ops._convolution import Convolution
from archspec.ops._pointwise import Pointwise
from archspec.ops.convolution import Conv
from archspec.ops.normalization import BatchNorm
from archspec.ops.softmax import LogSoftmax, Softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.engine.units import Unit
    from archspec.graph.model import Graph

_LARGEST = 160 * 1024
"""Numbers of the hidden volume, at most: more are better worked on in strips, by steps that are long enough."""


def chained(graph: Graph, found: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units with every inverted residual that is small enough as one."""
    result: list[Unit] = []
    for unit in found:
        result.append(unit)
        if _is_chain(graph, result[-3:]):
            expand, depthwise, project = result[-3:]
            result[-3:] = [expand._replace(beside=project.beside, chain=(expand, depthwise, project))]
    return tuple(result)


def _is_chain(graph: Graph, units: Sequence[Unit]) -> bool:
    if len(units) < 3 or any(unit.chain for unit in units):
        return False
    expand, depthwise, project = units
    return (
        _is_pointwise(expand)
        and _is_depthwise(depthwise)
        and _is_pointwise(project)
        and all(_only_feeds(graph, one, other) for one, other in ((expand, depthwise), (depthwise, project)))
        and all(_is_simple(unit) for unit in (expand, depthwise))
        and expand.output.size <= _LARGEST
    )


def _is_pointwise(unit: Unit) -> bool:
    operator, windows = unit.operator, unit.first.windows or ()
    alone = isinstance(operator, Conv) and operator.groups == 1
    return alone and len(windows) == 2 and all(w.kernel == w.stride == 1 and not w.near + w.far for w in windows)


def _is_depthwise(unit: Unit) -> bool:
    operator, channels = unit.operator, unit.volume.channels
    return (
        isinstance(operator, Convolution)
        and operator.padding_mode == "zeros"
        and operator.split(unit.volume) == (channels, channels)
    )


def _only_feeds(graph: Graph, unit: Unit, other: Unit) -> bool:
    return graph.consumers[unit.name] == (other.first,) and unit.name not in graph.outputs


def _is_simple(unit: Unit) -> bool:
    """Norms that go into the weights, then activations without any, which do not look at other channels."""
    norms = 0
    while norms < len(unit.rest) and isinstance(unit.rest[norms].operator, BatchNorm):
        norms += 1
    return all(
        isinstance(node.operator, Pointwise)
        and not isinstance(node.operator, Softmax | LogSoftmax)
        and not node.weights
        for node in unit.rest[norms:]
    )
