"""A network on other input sizes: the operators of its graph, asked again for the volumes that would arrive."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.analysis.misfit import misfits
from archspec.graph.build import MAX_NODES, build
from archspec.graph.operator_call import OperatorCall
from archspec.ops._base import Operator
from archspec.ops._padding import is_allowed
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.misfit import Fitting
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window

_READ = re.compile(r"\bin\s*\.\s*(\w+)")
_PLAIN = ("infer", "windows", "claims", "divisions", "limits", "shape_claims")
"""Methods that an operator which takes anything leaves as they are."""


class Step(NamedTuple):
    """What an operator makes of volumes: what leaves, and whether it fits."""

    output: Volume | None
    fits: bool


class Layer(NamedTuple):
    """A node to be asked again: places of what it reads, of the volume its ``like`` names, and of whose weights it has.

    Places count the inputs of the graph first, then the layers. ``key`` is the same for equal operators that are
    judged alike.
    """

    node: Node
    operator: Operator
    key: int
    sources: tuple[int, ...]
    like: int | None
    tied: int | None
    is_lenient: bool


class Run(NamedTuple):
    """The volumes at all places, and the first place that does not fit; None when all do."""

    volumes: list[Volume | None]
    misfit: int | None


def volume_reads(graph: Graph) -> set[str]:
    """What expressions of a graph's spec may read of their input volumes: ``channels``, ``height``."""
    spec = graph.origin
    if spec is None:
        return set()
    sources = {spec.tree.span.source, *(block.name.span.source for block in spec.blocks.values())}
    return {name for source in sources for name in _READ.findall(source.text)}


def inputs_at(graph: Graph, spatial: tuple[int, ...]) -> dict[str, Volume | None]:
    """The graph's inputs with other spatial sizes; an input that differs in size from the first keeps its own."""
    first = next(iter(graph.inputs.values()))
    return {
        name: Volume(spatial, volume.channels) if volume and first and volume.spatial == first.spatial else volume
        for name, volume in graph.inputs.items()
    }


def rebuilt(graph: Graph, spatial: tuple[int, ...], max_nodes: int = MAX_NODES) -> Graph:
    """The same network for another input size."""
    inputs = inputs_at(graph, spatial)
    if graph.origin is None:
        return _reapplied(graph, inputs)
    return build(graph.origin.model_copy(update={"input": inputs}), _ignore, max_nodes)


def _reapplied(graph: Graph, inputs: dict[str, Volume | None]) -> Graph:
    """The graph's own operators on other inputs."""
    volumes = dict(inputs)
    nodes = []
    for node in graph.nodes:
        like = volumes[graph.likes[node.name]] if node.name in graph.likes else None
        operator = node.operator
        if operator is not None and like is not None:
            named = (name for name in operator.size_arguments if getattr(operator, name) is not None)
            operator = operator.model_copy(update=dict.fromkeys(named, like.spatial))
        call = OperatorCall.of(operator, tuple(volumes[name] for name in node.inputs))
        volumes[node.name] = call.output
        nodes.append(replace(node, call=call))
    return replace(graph, inputs=inputs, nodes=tuple(nodes))


def _ignore(_: Diagnostic) -> None:
    """What else is wrong with a size that is only tried is nobody's concern."""


class Replay:
    """A graph asked for other volumes, each operator once for each that arrives.

    Only windows on ``axis`` are judged, unless it is None; the graph's operators must all be known.
    """

    def __init__(self, graph: Graph, fitting: Fitting, axis: int | None = None) -> None:
        self.graph, self.fitting, self.axis = graph, fitting, axis
        first = next(iter(graph.inputs.values()))
        self.rank = len(first.spatial) if first else 0
        self.names = list(graph.inputs)
        self.layers = self._layers()
        self.steps: dict[Any, Step] = {}
        self.sized: dict[tuple[int, tuple[int, ...]], Operator] = {}

    def _layers(self) -> list[Layer]:
        """The nodes that do something to a shape, or ask something of it; the others' volumes are those they read."""
        places = {name: number for number, name in enumerate(self.graph.inputs)}
        shared = {node.tied for node in self.graph.nodes}
        keys: dict[tuple[Operator, bool], int] = {}
        found = []
        for node in self.graph.nodes:
            if node.operator is None:
                raise LookupError(node.name)
            if _is_plain(node.operator) and node.tied is None and node.name not in shared:
                places[node.name] = places[node.inputs[0]]
                continue
            places[node.name] = len(self.names)
            self.names.append(node.name)
            like = self.graph.likes.get(node.name)
            is_lenient = self.fitting == "accepted" and "fractional-output" in node.ignored
            found.append(
                Layer(
                    node,
                    node.operator,
                    keys.setdefault((node.operator, is_lenient), len(keys)),
                    tuple(places[name] for name in node.inputs),
                    None if like is None else places.get(like),
                    places.get(node.tied) if node.tied else None,
                    is_lenient,
                )
            )
        return found

    def run(self, inputs: Sequence[Volume | None], *, to_the_end: bool = False) -> Run:
        """Every volume for these inputs, up to the first place that does not fit unless ``to_the_end``."""
        volumes = list(inputs)
        misfit: int | None = None
        for layer in self.layers:
            step = self.step(layer, volumes)
            if not step.fits and misfit is None:
                misfit = len(volumes)
                if not to_the_end:
                    break
            volumes.append(step.output)
        return Run(volumes, misfit)

    def step(self, layer: Layer, volumes: Sequence[Volume | None]) -> Step:
        """What a layer makes of the volumes at the places before it."""
        received = tuple([volumes[place] for place in layer.sources])
        like = None if layer.like is None else volumes[layer.like]
        key = (layer.key, received, like)
        step = self.steps.get(key)
        if step is None:
            if None in received or (layer.like is not None and like is None):
                return _NOTHING
            known = [volume for volume in received if volume is not None]
            step = self.steps[key] = self._apply(self.operator(layer, like), known, is_lenient=layer.is_lenient)
        if layer.tied is not None and step.fits:
            return step._replace(fits=self._weights_agree(layer, volumes))
        return step

    def operator(self, layer: Layer, like: Volume | None) -> Operator:
        """A layer's operator, its ``like`` that of another volume."""
        if like is None:
            return layer.operator
        key = (layer.key, like.spatial)
        if key not in self.sized:
            arguments = dict.fromkeys(layer.operator.size_arguments, like.spatial)
            given = {name: value for name, value in arguments.items() if getattr(layer.operator, name) is not None}
            self.sized[key] = layer.operator.model_copy(update=given)
        return self.sized[key]

    def _apply(self, operator: Operator, received: list[Volume], *, is_lenient: bool) -> Step:
        if any(len(volume.spatial) not in operator.ranks for volume in received):
            return _NOTHING
        output = operator.infer(received)
        volume = received[0]
        fits = output is not None and _suits(operator, volume)
        return Step(output, fits and self._slides(operator, volume, is_lenient=is_lenient))

    def _slides(self, operator: Operator, volume: Volume, *, is_lenient: bool) -> bool:
        windows = self.judged(operator.windows([volume]) or ())
        return all(is_allowed(operator, window) for window in operator.windows([volume]) or ()) and (
            is_lenient or not any(misfits(window, self.fitting) for window in windows)
        )

    def judged(self, windows: tuple[Window, ...]) -> tuple[Window, ...]:
        """The windows that count; where axes are no longer those of the input, all do."""
        return windows if self.axis is None or len(windows) != self.rank else (windows[self.axis],)

    def _weights_agree(self, layer: Layer, volumes: Sequence[Volume | None]) -> bool:
        place = layer.tied
        if place is None or place < len(self.graph.inputs):
            return False
        other = self.layers[place - len(self.graph.inputs)]
        return self.weights(layer, volumes) == self.weights(other, volumes) != []

    def weights(self, layer: Layer, volumes: Sequence[Volume | None]) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the arrays that a layer keeps."""
        volume = volumes[layer.sources[0]]
        return [(weight.name, weight.shape) for weight in layer.operator.weights([volume])] if volume else []


_NOTHING = Step(None, fits=False)


def _is_plain(operator: Operator) -> bool:
    """Whether an operator takes any volume and gives it on."""
    kind = type(operator)
    return kind.ranks == Operator.ranks and all(getattr(kind, name) is getattr(Operator, name) for name in _PLAIN)


def _suits(operator: Operator, volume: Volume) -> bool:
    """Whether what the arguments state of the input, and what they ask of it, holds."""
    return (
        all(claim.stated == claim.actual for claim in operator.claims([volume]))
        and all(division.number % division.by == 0 for division in operator.divisions([volume]))
        and all(limit.number <= limit.most for limit in operator.limits([volume]))
        and all(claim.stated in claim.allowed for claim in operator.shape_claims([volume]))
    )
