"""A spec's graph built again by a program, layer by layer."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from archspec.graph.builder import GraphBuilder
from archspec.spec.models import TrainingMemory

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.graph.wire import Wire


def rebuild(graph: Graph) -> Graph:
    """The graph of the same layers, of calls of a builder; all its operators must be known."""
    head = graph.header
    g = GraphBuilder(
        head.name,
        input=graph.inputs,
        dtype=head.dtype,
        batch=head.batch if head.is_batch_stated else None,
        loss=head.loss,
        source=head.source,
        expect=_stated(head.expect),
        budget=_stated(head.budget),
    )
    wires = dict(g.inputs)
    for node in graph.nodes:
        wires[node.name] = _add(g, node, wires, graph)
    g.output(*(wires[name] for name in graph.outputs))
    return g.build()


def _add(g: GraphBuilder, node: Node, wires: dict[str, Wire], graph: Graph) -> Wire:
    assert node.operator
    fields = type(node.operator).model_fields
    arguments: dict[str, Any] = {
        fields[key].alias or key: getattr(node.operator, key) for key in node.operator.model_fields_set
    }
    if node.name in graph.likes:
        arguments["like"] = wires[graph.likes[node.name]]
    own = graph.nodes.index(node)
    expect = next((_stated(each.expect) for each in graph.sections if (each.begin, each.end) == (own, own + 1)), None)
    *path, name = node.name.split(".")
    with ExitStack() as blocks:
        for part in path:
            blocks.enter_context(g.block(name=part))
        return g.layer(
            node.kind,
            *(wires[source] for source in node.inputs),
            name=name,
            tie=wires[node.tied] if node.tied else None,
            ignore=tuple(node.ignored),
            expect=expect,
            **arguments,
        )


def _stated(claims: Any) -> dict[str, Any] | None:
    """Facts or ceilings as a program states them."""
    if claims is None:
        return None
    values = {key: getattr(claims, key) for key in claims.model_fields_set}
    return {key: _stated(value) if isinstance(value, TrainingMemory) else value for key, value in values.items()}
