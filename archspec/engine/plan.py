"""The plan of a network: what runs each layer, and which volumes can go when it has run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._numpy import Array

Kernel = Callable[["Sequence[Array]", "Mapping[str, Array]"], "Array"]
"""What computes a layer: input arrays (N, spatial ..., C) and the layer's weights by name in, its output out."""


@dataclass(frozen=True, slots=True)
class Step:
    """One layer at its turn; ``frees`` names the volumes that nothing reads afterwards."""

    node: Node
    kernel: Kernel
    frees: tuple[str, ...]


def plan(graph: Graph) -> tuple[Step, ...]:
    """One step for each node of a known graph, in order."""
    frees = _last_readers(graph)
    return tuple(
        Step(node, node.operator.run, tuple(frees[index])) for index, node in enumerate(graph.nodes) if node.operator
    )


def _last_readers(graph: Graph) -> list[list[str]]:
    """For each node, the volumes that die with it: last read there, or made there and never read."""
    last = {name: index for index, node in enumerate(graph.nodes) for name in (*node.inputs, node.name)}
    frees: list[list[str]] = [[] for _ in graph.nodes]
    for name, index in last.items():
        if name not in graph.outputs:
            frees[index].append(name)
    return frees


def execute(step: Step, volumes: dict[str, Array], weights: Mapping[str, Array]) -> Array:
    """Run one step on the volumes alive, add its output to them and drop those that are done with.

    Whatever interrupts it carries a note that names the layer.
    """
    try:
        y = step.kernel([volumes[name] for name in step.node.inputs], weights)
        _check_promise(step.node, y, volumes[step.node.inputs[0]])
    except BaseException as error:
        error.add_note(f"in layer `{step.node.name}` ({step.node.kind}), {_flow(step.node)}")
        raise
    volumes[step.node.name] = y
    for name in step.frees:
        del volumes[name]
    return y


def _check_promise(node: Node, y: Array, x: Array) -> None:
    """Compare what a kernel gave with what the shape rule said: the two are written apart."""
    wanted = (len(x), *(node.output.shape if node.output else ()))
    if y.shape != wanted or y.dtype != x.dtype:
        raise AssertionError(f"{node.kind} gave {y.shape} {y.dtype} where its shape rule says {wanted} {x.dtype}")


def _flow(node: Node) -> str:
    return f"{', '.join(map(str, node.received))} -> {node.output}"
