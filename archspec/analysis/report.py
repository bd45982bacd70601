"""The Report: all figures of every layer and of the network, each computed from the graph when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.analysis.memory import OPTIMIZER_SLOTS, merged_outputs, peak
from archspec.analysis.receptive_field import ReceptiveField, receptive_fields, window_fields
from archspec.graph.operator_call import LayerCounts
from archspec.spec.models import ITEM_BYTES, DType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    window_field: ReceptiveField | None = None

    @property
    def name(self) -> str:
        """Path of the layer."""
        return self.node.name


class Totals:
    """Figures of the whole network, each counted when it is asked for; None where a layer that it needs is unknown.

    ``activations`` counts every stored output of one sample once (merged layers store none); the bytes are for the
    whole batch, ``param_bytes`` excepted.
    """

    params: int | None
    weights: int | None
    biases: int | None
    trainable_params: int | None
    unshared_params: int | None
    buffers: int | None
    macs: int | None
    flops: int | None

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._item_bytes = ITEM_BYTES[graph.header.dtype]
        self._batch_bytes = graph.header.batch * self._item_bytes

    def __getattr__(self, name: str) -> int | None:
        """A sum of what layers have, such as ``params``."""
        if name not in _SUMMED:
            raise AttributeError(name=name, obj=self)
        sums = self._sums
        return None if sums is None else getattr(sums, name)

    def __repr__(self) -> str:
        return f"Totals({', '.join(f'{name}={getattr(self, name)}' for name in TOTALS)})"

    def __iter__(self) -> Iterator[int | dict[str, int] | None]:
        return (getattr(self, name) for name in TOTALS)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Totals) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as other figures that are compared

    @cached_property
    def _sums(self) -> LayerCounts | None:
        """What all layers have together; layers that share a call have the same."""
        if not self._graph.is_known:
            return None
        each = [
            (number, counts)
            for (call, is_tied), number in self._graph.alike.items()
            if (counts := call.tied_counts if is_tied else call.counts)
        ]
        return LayerCounts(*(sum(number * counts[place] for number, counts in each) for place in range(len(_SUMMED))))

    @cached_property
    def activations(self) -> int | None:
        """Elements of all outputs that are stored."""
        graph = self._graph
        if not graph.is_known:
            return None
        return sum(node.call.size for node, stays in zip(graph.nodes, merged_outputs(graph), strict=True) if not stays)

    @property
    def param_bytes(self) -> int | None:
        """Bytes of all parameters."""
        return None if self._sums is None else self._sums.params * self._item_bytes

    @property
    def forward_bytes(self) -> int | None:
        """Bytes of the inputs and all stored outputs."""
        if self.activations is None:
            return None
        entering = sum(volume.size for volume in self._graph.inputs.values() if volume)
        return (entering + self.activations) * self._batch_bytes

    @property
    def training_bytes(self) -> dict[str, int] | None:
        """Bytes that training takes, by optimizer."""
        if self._sums is None or self.activations is None:
            return None
        kept = 2 * self.activations * self._batch_bytes
        return {
            name: self._sums.params * (2 + slots) * self._item_bytes + kept for name, slots in OPTIMIZER_SLOTS.items()
        }

    @cached_property
    def peak_bytes(self) -> int | None:
        """Bytes that inference holds at once."""
        return peak(self._graph) * self._batch_bytes if self._graph.is_known else None


_SUMMED = LayerCounts._fields
TOTALS = (*_SUMMED, "activations", "param_bytes", "forward_bytes", "training_bytes", "peak_bytes")
"""Names of the totals."""


class Report:
    """All figures of a graph, each counted when it is asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.batch: int = graph.header.batch
        self.dtype: DType = graph.header.dtype
        self.totals = Totals(graph)

    def __repr__(self) -> str:
        return f"Report(batch={self.batch}, dtype={self.dtype!r}, totals={self.totals})"

    def __rich__(self) -> Any:
        """What rich prints: the table of ``archspec show``, once ``archspec.analyze`` is imported."""
        from archspec.text.printing import as_renderable  # noqa: PLC0415 - few reports are printed by rich

        return as_renderable(self)

    @cached_property
    def layers(self) -> tuple[LayerFigures, ...]:
        """Figures of each layer."""
        bytes_each = self.batch * ITEM_BYTES[self.dtype]
        fields, of_windows = self.receptive_fields, self.window_fields
        return tuple(
            _figures(node, stays, bytes_each, (fields[node.name], of_windows[node.name]))
            for node, stays in zip(self.graph.nodes, merged_outputs(self.graph), strict=True)
        )

    @cached_property
    def receptive_fields(self) -> dict[str, ReceptiveField | None]:
        """The receptive field of every layer by name; None where it is unknown."""
        fields = receptive_fields(self.graph)
        return {node.name: fields[node.name] for node in self.graph.nodes}

    @cached_property
    def window_fields(self) -> dict[str, ReceptiveField | None]:
        """The field of the windows alone of every layer by name; None where it is unknown."""
        if not any(node.traits.sees_beyond_windows for node in self.graph.nodes):
            return self.receptive_fields
        return window_fields(self.graph)

    @property
    def outputs(self) -> dict[str, Volume | None]:
        """The network's results by name."""
        return {name: self.graph.volume(name) for name in self.graph.outputs}


def analyze(graph: Graph) -> Report:
    """Count everything; conventions in docs/counting.md."""
    return Report(graph)


def _figures(
    node: Node, stays: bool, bytes_each: int, fields: tuple[ReceptiveField | None, ReceptiveField | None]
) -> LayerFigures:
    counts, size = node.counts, node.call.size
    if counts is None:
        return LayerFigures(node, stays)
    return LayerFigures(node, stays, *counts, size, 0 if stays else size * bytes_each, *fields)


_OF_LAYERS = (*_SUMMED, "activations", "bytes")


def added_up(layers: Sequence[LayerFigures]) -> LayerFigures:
    """Figures of several layers together, under the last one's name and receptive field; all must be known."""
    if len(layers) == 1:
        return layers[0]
    sums = {name: sum(getattr(layer, name) for layer in layers) for name in _OF_LAYERS}
    return layers[-1]._replace(merged=False, **sums)
