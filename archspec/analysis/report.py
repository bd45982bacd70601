"""The Report: all figures of every layer and of the network, computed once from the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.analysis.memory import OPTIMIZER_SLOTS, merged_outputs, peak
from archspec.analysis.receptive_field import ReceptiveField, receptive_fields
from archspec.graph.operator_call import LayerCounts
from archspec.spec.models import ITEM_BYTES, DType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.graph.model import Graph, Node
    from archspec.volume import Volume


class LayerFigures(NamedTuple):
    """Figures of one layer; None where the layer failed or depends on one that did.

    Counts are of one sample, ``bytes`` of the whole batch. ``bytes`` is 0 for a ``merged`` layer, whose output takes
    its input's place.
    """

    node: Node
    merged: bool
    params: int | None = None
    weights: int | None = None
    biases: int | None = None
    trainable_params: int | None = None
    unshared_params: int | None = None
    buffers: int | None = None
    macs: int | None = None
    flops: int | None = None
    activations: int | None = None
    bytes: int | None = None
    receptive_field: ReceptiveField | None = None

    @property
    def name(self) -> str:
        """Path of the layer."""
        return self.node.name


class Totals(NamedTuple):
    """Figures of the whole network; None where a layer they need is unknown.

    ``activations`` counts every stored output of one sample once (merged layers store none); the bytes are for the
    whole batch, ``param_bytes`` excepted.
    """

    params: int | None = None
    weights: int | None = None
    biases: int | None = None
    trainable_params: int | None = None
    unshared_params: int | None = None
    buffers: int | None = None
    macs: int | None = None
    flops: int | None = None
    activations: int | None = None
    param_bytes: int | None = None
    forward_bytes: int | None = None
    training_bytes: dict[str, int] | None = None
    peak_bytes: int | None = None


@dataclass(slots=True, eq=False)
class Report:
    """All figures of a graph."""

    graph: Graph
    batch: int
    dtype: DType
    layers: tuple[LayerFigures, ...]
    totals: Totals

    def __repr__(self) -> str:
        return f"Report(batch={self.batch}, dtype={self.dtype!r}, totals={self.totals})"

    def __rich__(self) -> Any:
        """What rich prints: the table of ``archspec show``, once ``archspec.analyze`` is imported."""
        from archspec.text.printing import as_renderable  # noqa: PLC0415 - few reports are printed by rich

        return as_renderable(self)

    @property
    def outputs(self) -> dict[str, Volume | None]:
        """The network's results by name."""
        return {name: self.graph.volume(name) for name in self.graph.outputs}


def analyze(graph: Graph) -> Report:
    """Compute all figures of a graph; the conventions are in docs/counting.md."""
    header = graph.header
    item_bytes = ITEM_BYTES[header.dtype]
    fields = receptive_fields(graph)
    layers = tuple(
        _figures(node, stays, header.batch * item_bytes, fields[node.name])
        for node, stays in zip(graph.nodes, merged_outputs(graph), strict=True)
    )
    return Report(graph, header.batch, header.dtype, layers, _totals(graph, layers, item_bytes))


def _figures(node: Node, stays: bool, bytes_each: int, field_: ReceptiveField | None) -> LayerFigures:
    counts, size = node.counts, node.call.size
    if counts is None:
        return LayerFigures(node, stays)
    return LayerFigures(node, stays, *counts, size, 0 if stays else size * bytes_each, field_)


_SUMMED = LayerCounts._fields


def _totals(graph: Graph, layers: tuple[LayerFigures, ...], item_bytes: int) -> Totals:
    if not graph.is_known:
        return Totals()
    counts = [layer.node.counts for layer in layers]
    sums = dict(zip(_SUMMED, map(sum, zip(*(each for each in counts if each), strict=True)), strict=True))
    stored = sum(layer.activations or 0 for layer in layers if not layer.merged)
    entering = sum(volume.size for volume in graph.inputs.values() if volume)
    batch = graph.header.batch
    return Totals(
        **sums,
        activations=stored,
        param_bytes=sums["params"] * item_bytes,
        forward_bytes=(entering + stored) * batch * item_bytes,
        training_bytes={
            name: (sums["params"] * (2 + slots) + 2 * stored * batch) * item_bytes
            for name, slots in OPTIMIZER_SLOTS.items()
        },
        peak_bytes=peak(graph) * batch * item_bytes,
    )


_OF_LAYERS = (*_SUMMED, "activations", "bytes")


def added_up(layers: Sequence[LayerFigures]) -> LayerFigures:
    """Figures of several layers together, under the last one's name and receptive field; all must be known."""
    if len(layers) == 1:
        return layers[0]
    sums = {name: sum(getattr(layer, name) for layer in layers) for name in _OF_LAYERS}
    return layers[-1]._replace(merged=False, **sums)
