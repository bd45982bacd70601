"""Layers in a bad order: activations that are missing, doubled or too late, and values that norms cancel.

Each function goes once over a network and keeps, for every volume, the last layer that matters to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.rules._kinds import is_windowed_pool
from archspec.rules._neighbors import before, is_only_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class Pair(NamedTuple):
    """A layer, and the one before it that it does not fit."""

    node: Node
    earlier: Node


def is_activation(node: Node) -> bool:
    """Whether it is a non-linearity between layers."""
    return node.operator is not None and node.traits.activation is not None


def missing_activations(graph: Graph) -> Iterator[Pair]:
    """Layers with weights that go on linearly from another one, which nothing else reads."""
    linear: dict[str, Node | None] = {}
    for node in graph.nodes:
        traits = node.call.operator
        if traits is None or not node.call.is_known:
            continue
        if traits.is_linear_map:
            earlier = _linear_input(node, linear, graph)
            if earlier is not None and not _are_published(earlier, node):
                yield Pair(node, earlier)
            linear[node.name] = node
        elif traits.keeps_linear or traits.is_norm:
            linear[node.name] = _linear_input(node, linear, graph)


def _linear_input(node: Node, linear: dict[str, Node | None], graph: Graph) -> Node | None:
    """The linear layer that a layer goes on from; None when one of its inputs is none, or is read by others too."""
    sources = [linear.get(name) if _is_read_once(name, graph) else None for name in node.inputs]
    return sources[0] if None not in sources else None


def _is_read_once(name: str, graph: Graph) -> bool:
    return len(graph.consumers[name]) == 1 and name not in graph.outputs


def _are_published(first: Node, second: Node) -> bool:
    """Whether two linear layers in a row are what good networks have: there the pair is cheaper than one layer."""
    return (
        is_depthwise(first)
        or is_depthwise(second)
        or _is_bottleneck(first, second)
        or _is_factorised(first, second)
        or _only_upsamples(first)
        or (second.traits.is_transposed and not first.traits.is_transposed)  # the code of an autoencoder
        or getattr(first.operator, "fixed", None) is not None
        or getattr(second.operator, "fixed", None) is not None
    )


def is_depthwise(node: Node) -> bool:
    """Whether every channel is filtered by itself, which is half of a layer."""
    if node.traits.channels_argument is None:
        return True
    groups = getattr(node.operator, "groups", 1)
    return groups > 1 and node.volume is not None and groups == node.volume.channels


def _is_bottleneck(first: Node, second: Node) -> bool:
    """Whether the first narrows: a linear bottleneck, the lateral of a pyramid, or a product of two thin matrices."""
    inputs, between, outputs = first.volume, first.output, second.output
    if inputs is None or between is None or outputs is None:
        return False
    if first.traits.is_dense:
        features = inputs.size if first.traits.is_global else inputs.channels
        return between.channels < min(features, outputs.channels)
    narrows = between.channels < inputs.channels or between.channels == inputs.channels < outputs.channels
    return narrows and set(_kernel(first)) == {1}


def _is_factorised(first: Node, second: Node) -> bool:
    """Whether the two extend along different axes: 1x7 and 7x1, or space and then time."""
    spans = [{axis for axis, size in enumerate(_kernel(node)) if size > 1} for node in (first, second)]
    return all(spans) and spans[0].isdisjoint(spans[1])


def _only_upsamples(node: Node) -> bool:
    """Whether it is a transposed convolution whose windows lie side by side, as the up-convolutions of U-Net."""
    return node.traits.is_transposed and getattr(node.operator, "kernel", 1) == getattr(node.operator, "stride", 1)


def _kernel(node: Node) -> tuple[int, ...]:
    return tuple(window.kernel for window in node.windows or ())


def double_activations(graph: Graph) -> Iterator[Pair]:
    """Activations after another one, with nothing but drops, pools, views or a norm between."""
    active: dict[str, tuple[Node, tuple[Node, ...]]] = {}
    for node in graph.nodes:
        traits = node.call.operator
        if traits is None or not node.call.is_checkable:
            continue
        found = active.get(node.inputs[0])
        if found is None and traits.activation is None:
            continue
        if found is not None and not is_only_reader(node, graph):
            found = None
        if is_activation(node):
            if found is not None and not _begins_block(*found, graph):
                yield Pair(node, found[0])
            active[node.name] = (node, ())
        elif found is not None and (_passes_on(node) or node.traits.is_norm or is_windowed_pool(node.traits)):
            active[node.name] = (found[0], (*found[1], node))


def _begins_block(earlier: Node, between: tuple[Node, ...], graph: Graph) -> bool:
    """Whether norm and activation open a pre-activation block: after a pool, or after another norm and activation."""
    first = before(earlier, graph)
    is_normed = any(node.traits.is_norm for node in between)
    is_pooled = any(is_windowed_pool(node.traits) for node in between)
    return is_normed and (is_pooled or (first is not None and first.traits.is_norm))


def drops_before_norms(graph: Graph) -> Iterator[Pair]:
    """Batch norms that a dropout reaches with no layer with weights between."""
    dropped: dict[str, Node] = {}
    for node in graph.nodes:
        found = dropped.get(node.inputs[0])
        if found is None and node.traits.drops is None:
            continue
        if node.traits.drops == "elements" and getattr(node.operator, "rate", 0) > 0:
            dropped[node.name] = node
        elif found is None or not node.is_checkable:
            continue
        elif node.traits.has_batch_statistics:
            yield Pair(node, found)
        elif is_activation(node) or node.traits.pool or _passes_on(node):
            dropped[node.name] = found


def biases_before_norms(graph: Graph) -> Iterator[Pair]:
    """Norms that cancel the bias of the layer before them, which nothing else reads."""
    for node in graph.nodes:
        if node.call.removes_channel_offset and is_only_reader(node, graph):
            earlier = before(node, graph)
            if earlier is not None and earlier.traits.is_linear_map and has_channel_bias(earlier.call):
                yield Pair(node, earlier)


def has_channel_bias(call: OperatorCall) -> bool:
    """Whether a learned constant is added to each output channel, the same at every position."""
    return call.has_channel_bias


def _passes_on(node: Node) -> bool:
    """Whether a layer passes values on as they are, at inference."""
    return node.traits.is_view or node.traits.drops is not None


def _last(name: str, graph: Graph) -> Node | None:
    """The layer that makes a volume, before drops and views."""
    node = graph.by_name.get(name)
    while node is not None and _passes_on(node):
        node = before(node, graph)
    return node


class RepeatedSoftmax(NamedTuple):
    """A layer that should not precede softmax, and what applies softmax: another layer, or the loss (None)."""

    node: Node
    again: Node | None


def doubled_softmax(graph: Graph) -> Iterator[RepeatedSoftmax]:
    """Probabilities or their logarithms that go into softmax again: that of another layer, or of the loss.

    Between two layers, logarithms go through softmax as scores do.
    """
    for node in graph.nodes:
        if node.traits.is_softmax and node.is_checkable:
            earlier = _last(node.inputs[0], graph)
            if earlier is not None and earlier.traits.gives_probabilities:
                yield RepeatedSoftmax(earlier, node)
    if graph.header.loss == "softmax":
        for name in graph.outputs:
            last = _last(name, graph)
            if last is not None and (last.traits.gives_probabilities or last.traits.is_softmax):
                yield RepeatedSoftmax(last, None)


def constant_softmax(graph: Graph) -> Iterator[Node]:
    """Softmax layers over a single channel."""
    for node in graph.nodes:
        if node.traits.is_softmax and node.volume is not None and node.volume.channels == 1:
            yield node


def activated_scores(graph: Graph) -> Iterator[RepeatedSoftmax]:
    """Scores that an activation cuts off at zero before softmax or a loss makes probabilities of them.

    A network without a stated loss has one too, where its result looks like scores.
    """
    for name in graph.outputs:
        last = _last(name, graph)
        reader = last if last is not None and last.traits.is_softmax else None
        scores = _last(reader.inputs[0], graph) if reader else last
        if scores is None or not scores.traits.clips_negative:
            continue
        if reader or graph.header.loss or (len(graph.outputs) == 1 and _makes_scores(scores, graph)):
            yield RepeatedSoftmax(scores, reader)


_LEAST_FEATURES = 8
"""The smallest power of two that is taken for a number of features, as of an encoder, and not of classes."""


def _makes_scores(node: Node, graph: Graph) -> bool:
    """Whether an activation follows a dense layer with units for several classes, of one position."""
    dense = _last(node.inputs[0], graph)
    if dense is None or not dense.traits.is_dense or dense.output is None or dense.output.positions > 1:
        return False
    units = dense.output.channels
    if any(volume is not None and volume.size == units for volume in graph.inputs.values()):
        return False  # an input that is reconstructed
    return units > 1 and (units < _LEAST_FEATURES or units & (units - 1) > 0)
