"""When a layer costs much: conditions of rules about cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.memory import merged_outputs
from archspec.rules._kinds import is_full_convolution
from archspec.spec.models import ITEM_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall

LARGE_DENSE, LARGEST_DENSE, DENSE_SHARE = 10_000_000, 50_000_000, 0.8
MULTIPLE, LEAST_FILTERS = 8, 16
DOMINANT_SHARE, LAYERS_TO_SHARE = 0.3, 8
DOMINANT_PARAMS, DOMINANT_MACS = 100_000, 10_000_000
EARLY_SHARE, EARLY_BYTES, LARGE_IMAGE = 0.35, 10_000_000, 100
_IMAGE = 2
"""Spatial axes of an image."""


def is_large_dense(call: OperatorCall, most: float = LARGE_DENSE) -> bool:
    """Whether a dense layer has more weights than that."""
    return call.counts is not None and call.counts.weights > most


def is_off_multiple(call: OperatorCall, multiple: float = MULTIPLE, least: float = LEAST_FILTERS) -> bool:
    """Whether the output has enough channels for tiles to matter, and not a multiple of them."""
    return call.output is not None and call.output.channels >= least and call.output.channels % multiple > 0


class Part(NamedTuple):
    """How much of a figure of the network one layer has."""

    figure: str
    own: int
    total: int


def dominant_layers(
    graph: Graph,
    share: float = DOMINANT_SHARE,
    layers: float = LAYERS_TO_SHARE,
    least_params: float = DOMINANT_PARAMS,
    least_macs: float = DOMINANT_MACS,
) -> Iterator[tuple[Node, list[Part]]]:
    """Layers with more than that share of all parameters or MACs, and at least so many.

    Of networks of fewer ``layers`` that have MACs, none: some layer must have the most.
    """
    alike = [
        (number, counts)
        for (call, is_tied), number in graph.alike.items()
        if (counts := call.tied_counts if is_tied else call.counts)
    ]
    if not graph.is_known or sum(number for number, counts in alike if counts.macs > 0) < layers:
        return
    params = sum(number * counts.params for number, counts in alike)
    macs = sum(number * counts.macs for number, counts in alike)
    most_params, most_macs = max(share * params, least_params), max(share * macs, least_macs)
    if not any(counts.params > most_params or counts.macs > most_macs for _, counts in alike):
        return
    for node, counts in [(node, node.counts) for node in graph.nodes if node.counts]:
        parts = []
        if counts.params > most_params:
            parts.append(Part("parameters", counts.params, params))
        if counts.macs > most_macs:
            parts.append(Part("MACs", counts.macs, macs))
        if parts:
            yield node, parts


class StoredMap(NamedTuple):
    """A layer whose output is stored, and how many elements of a sample it holds."""

    name: str
    size: int


class FirstMaps(NamedTuple):
    """The maps as large as the image, the first convolution, and how many elements these and all stored maps hold."""

    maps: list[StoredMap]
    first: Node
    early: int
    total: int


def large_first_maps(
    graph: Graph, share: float = EARLY_SHARE, least: float = EARLY_BYTES, side: float = LARGE_IMAGE
) -> FirstMaps | None:
    """The maps that are as large as a large image, when they hold more than that share of all, and so many bytes.

    Not of networks whose maps grow again, for their results are meant to be as large.
    """
    image = next(iter(graph.inputs.values()), None)
    if not graph.is_known or image is None or len(image.spatial) != _IMAGE or len(graph.inputs) > 1:
        return None
    if min(image.spatial) < side or any(
        call.operator is not None and call.operator.is_upsampling for call in graph.calls
    ):
        return None
    if not any(
        is_full_convolution(node.traits) and node.output is not None and node.output.spatial == image.spatial
        for name in graph.inputs
        for node in graph.consumers[name]
    ):
        return None
    pairs = zip(graph.nodes, merged_outputs(graph), strict=True)
    stored = [(node, node.output) for node, is_merged in pairs if node.output and not is_merged]
    maps = [(node, output.size) for node, output in stored if output.spatial == image.spatial]
    first = next(
        (node for node, _ in maps if is_full_convolution(node.traits) and node.inputs[0] in graph.inputs), None
    )
    early, total = sum(size for _, size in maps), sum(output.size for _, output in stored)
    if first is None or early <= share * total or early * ITEM_BYTES[graph.header.dtype] < least:
        return None
    return FirstMaps([StoredMap(node.name, size) for node, size in maps], first, early, total)
