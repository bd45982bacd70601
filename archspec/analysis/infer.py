"""The one shape inference: a graph's shapes for other inputs, or with changes at some of its layers.

The graph builder and this module call operators in the same way (:mod:`archspec.graph.operator_call`); the search for
input sizes and every offered fix ask this module. It is part of the analysis, not of the graph: where expressions of a
file read volumes, other volumes may give other layers, and then it builds the graph again from the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Severity
from archspec.graph.build import build
from archspec.graph.operator_call import OperatorCall
from archspec.volume import Volume
from archspec.work_budget import MAX_NODES, spending, work_budget

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.changes import Change, Changes
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Operator

_READ = re.compile(r"\bin\s*\.\s*(\w+)")


class InferredLayer(NamedTuple):
    """A node whose shape is inferred.

    ``sources`` are the places of the volumes it reads, ``like`` that of the volume whose sizes an argument of it takes,
    and ``tied`` that of the layer whose weights it shares; None for none. Places count the volumes that are given
    first, then the layers in order. ``key`` is the same for the same operator.
    """

    node: Node
    operator: Operator | None
    key: int
    sources: tuple[int, ...]
    like: int | None
    tied: int | None
    change: Change | None


class ShapeInference:
    """Infers the shapes of nodes that follow each other, for any volumes that are given to them.

    ``names`` are those of all volumes by place: ``given`` first, then an output of each layer. Prepared once, it can be
    run for many volumes; each operator is called once for each tuple of volumes that it receives.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: Sequence[Node],
        given: Sequence[str],
        changes: Changes | None = None,
        skipped: Collection[str] = (),
    ) -> None:
        """Prepare ``nodes``; those ``skipped`` always give the volume they read, and have no place of their own."""
        self.graph = graph
        self.given = len(given)
        self.names = list(given)
        self._calls: dict[tuple[int, tuple[Volume | None, ...], Volume | None], OperatorCall] = {}
        self._resized: dict[tuple[int, tuple[int, ...]], Operator] = {}
        self.layers = self._layers(nodes, changes or {}, skipped)

    def _layers(self, nodes: Sequence[Node], changes: Changes, skipped: Collection[str]) -> list[InferredLayer]:
        places = {name: place for place, name in enumerate(self.names)}
        keys: dict[int | str, int] = {}
        layers = []
        for node in nodes:
            if node.name in skipped:
                places[node.name] = places[node.inputs[0]]
                continue
            change = changes.get(node.name)
            like = None if change and "like" in change.arguments else self.graph.likes.get(node.name)
            layer = InferredLayer(
                node,
                node.operator if change is None else change.new_operator(node.operator),
                keys.setdefault(id(node.operator) if change is None else node.name, len(keys)),
                tuple([places[name] for name in node.inputs]),
                None if like is None else places.get(like),
                None if node.tied is None else places.get(node.tied),
                change,
            )
            places[node.name] = len(self.names)
            self.names.append(node.name)
            layers.append(layer)
        return layers

    def run(self, volumes: list[Volume | None]) -> Iterator[tuple[InferredLayer, OperatorCall]]:
        """Each layer with the call of its operator; its output is added to ``volumes``, which holds those given."""
        infer_call = self.call
        for layer in self.layers:
            call = infer_call(layer, volumes)
            volumes.append(call.output)
            yield layer, call

    def output(self, given: Sequence[Volume | None]) -> Volume | None:
        """The output of the last layer."""
        volumes = list(given)
        for _ in self.run(volumes):
            pass
        return volumes[-1]

    def call(self, layer: InferredLayer, volumes: Sequence[Volume | None]) -> OperatorCall:
        """The call of a layer's operator on the volumes at the places it reads."""
        inputs = tuple([volumes[place] for place in layer.sources])
        like = None if layer.like is None else volumes[layer.like]
        key = (layer.key, inputs, like)
        call = self._calls.get(key)
        if call is None:
            operator = None if layer.like is not None and like is None else self.operator(layer, like)
            if layer.change is not None:
                inputs = layer.change.input_volumes(inputs)
            call = self._calls[key] = OperatorCall.of(operator, inputs)
        return call

    def operator(self, layer: InferredLayer, like: Volume | None) -> Operator | None:
        """A layer's operator, with the sizes of the volume that it is to be ``like``."""
        if like is None or layer.operator is None:
            return layer.operator
        key = (layer.key, like.spatial)
        if key not in self._resized:
            stated = {name for name in layer.operator.size_arguments if getattr(layer.operator, name) is not None}
            self._resized[key] = layer.operator.model_copy(update=dict.fromkeys(stated, like.spatial))
        return self._resized[key]


class InferredShapes:
    """A graph whose shapes are inferred for other inputs or arguments; layers without another call keep their own."""

    def __init__(
        self,
        graph: Graph,
        calls: Mapping[str, OperatorCall],
        inputs: Mapping[str, Volume | None],
        errors: Sequence[Diagnostic] = (),
    ) -> None:
        """``errors`` are those of building the graph again."""
        self._graph, self._calls, self._inputs, self.errors = graph, calls, inputs, errors

    def call(self, name: str) -> OperatorCall | None:
        """The call of a layer's operator; None when there is no layer of the name."""
        call = self._calls.get(name)
        if call is None and name in self._graph.by_name:
            return self._graph.by_name[name].call
        return call

    def volume(self, name: str) -> Volume | None:
        """The output of a layer, or an input, by name; None when it is unknown."""
        call = self.call(name)
        return self._inputs.get(name) if call is None else call.output

    @property
    def called_layers(self) -> Collection[str]:
        """Names of the layers whose operators were called again."""
        return self._calls.keys()

    @property
    def graph(self) -> Graph:
        """The graph with these shapes."""
        nodes = tuple(replace(node, call=self._calls.get(node.name, node.call)) for node in self._graph.nodes)
        return replace(self._graph, inputs=dict(self._inputs), nodes=nodes, sections=())  # sections state present sizes


def infer(
    graph: Graph,
    *,
    inputs: Mapping[str, Volume | None] | None = None,
    changes: Changes | None = None,
    until: Node | None = None,
    max_nodes: int = MAX_NODES,
) -> InferredShapes:
    """The shapes of a graph for other ``inputs``, by name, and with ``changes`` at layers.

    With ``until`` only those that this layer and those changed depend on: what follows keeps its shapes.

    Only layers from the first one that changes are called again, and only those that change where all keep their
    outputs. Where arguments depend on volumes, the graph is built again.
    """
    changes = changes or {}
    known = {**graph.inputs, **(inputs or {})}
    if not inputs and (calls := _calls_that_keep_volumes(graph, changes)) is not None:
        return InferredShapes(graph, calls, known)
    begin = 0 if inputs else min((graph.indices[name] for name in changes), default=len(graph.nodes))
    nodes = graph.nodes[begin:] if until is None else _leading_to((*changes, until.name), graph, begin)
    if graph.origin is not None and (inputs or len(nodes) > 1) and _depends_on_volumes(graph, nodes):
        reported: list[Diagnostic] = []
        spec = graph.origin.model_copy(update={"input": known})
        with spending(work_budget().trials):
            rebuilt = build(spec, reported.append, max_nodes, changes, graph.expansions)
        errors = [each for each in reported if each.severity is Severity.ERROR]
        return InferredShapes(rebuilt, {node.name: node.call for node in rebuilt.nodes}, known, errors)
    inference = _prepare(graph, nodes, changes)
    given = inference.names[: inference.given]
    volumes = [known[name] if name in known else graph.volume(name) for name in given]
    return InferredShapes(graph, {layer.node.name: call for layer, call in inference.run(volumes)}, known)


def _calls_that_keep_volumes(graph: Graph, changes: Changes) -> dict[str, OperatorCall] | None:
    """The calls of changed layers if each has the output that it had, so that no other layer changes; else None."""
    calls = {}
    for name, change in changes.items():
        node = graph.by_name[name]
        if node.output is None or "like" in change.arguments:
            return None
        call = OperatorCall.of(change.new_operator(node.operator), change.input_volumes(node.input_volumes))
        if call.output != node.output:
            return None
        calls[name] = call
    return calls


def inference_until(graph: Graph, node: Node) -> ShapeInference:
    """The inference of a layer's output from the inputs of the graph, prepared to be run for many."""
    return _prepare(graph, _leading_to((node.name,), graph, 0))


def _prepare(graph: Graph, nodes: Sequence[Node], changes: Changes | None = None) -> ShapeInference:
    """Given is what the nodes read and none of them makes."""
    own = {node.name for node in nodes}
    read = (name for node in nodes for name in (*node.inputs, graph.likes.get(node.name)) if name and name not in own)
    return ShapeInference(graph, nodes, [*dict.fromkeys(read)], changes)


def _leading_to(names: Iterable[str], graph: Graph, begin: int) -> list[Node]:
    """These layers and all that they depend on, from number ``begin`` on, in their order."""
    found: dict[str, int] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        index = graph.indices.get(name, -1)
        if index >= begin and name not in found:
            found[name] = index
            waiting += graph.nodes[index].inputs
            waiting += [graph.likes[name]] if name in graph.likes else []
    return [graph.nodes[index] for index in sorted(found.values())]


def _depends_on_volumes(graph: Graph, nodes: Sequence[Node]) -> bool:
    """Whether layers may be others for other volumes: by expressions, or by sizes ``like`` those of an unknown one."""
    return bool(volume_reads(graph)) or any(node.operator is None and node.name in graph.likes for node in nodes)


def volume_reads(graph: Graph) -> frozenset[str]:
    """What expressions of a graph's file may read of the volumes before them: ``channels``, ``height``."""
    spec = graph.origin
    if spec is None:
        return frozenset()
    sources = {spec.tree.span.source, *(block.name.span.source for block in spec.blocks.values())}
    return frozenset[str]().union(*(_reads_in(source.text) for source in sources))


@lru_cache(maxsize=8)
def _reads_in(text: str) -> frozenset[str]:
    return frozenset(_READ.findall(text))


def inputs_at(graph: Graph, spatial: tuple[int, ...]) -> dict[str, Volume | None]:
    """The graph's inputs with other spatial sizes; an input that differs in size from the first keeps its own."""
    first = next(iter(graph.inputs.values()))
    return {
        name: Volume(spatial, volume.channels) if volume and first and volume.spatial == first.spatial else volume
        for name, volume in graph.inputs.items()
    }
