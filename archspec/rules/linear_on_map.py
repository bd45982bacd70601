"""linear-on-map: a dense layer at every position, where one over the whole map was probably intended."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import NodeRule
from archspec.rules._branches import way_back
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall

_LARGEST_IMAGE = 64
"""Side up to which an image is taken to be classified as a whole."""


class LinearOnMap(NodeRule):
    """The input of `linear` is a map of several positions, and its output is the network's result.

    Why: `linear` works on the channels of each position, as PyTorch's Linear does, so that the result has scores for
    every position. A classifier needs `fc`, which reads the whole map, or a global pool before it. A result at every
    pixel may be intended: maps as large as the input are only reported before softmax or a stated loss, where they are
    at most 64x64 and nothing is upsampled (a limit of archspec's own).

    Source: PyTorch, torch.nn.Linear ("all but the last dimension are the same shape as the input").

    Bad:
        input: 14x14x64
        layers:
          - max_pool: 2
          - linear: 10

    Good:
        input: 14x14x64
        layers:
          - max_pool: 2
          - fc: 10
    """

    name: ClassVar[str] = "linear-on-map"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding, at the first such layer."""
        volume, output = node.volume, node.output
        if volume is None or output is None or len(volume.spatial) < 2 or volume.positions == 1:
            return
        least = min((entering.positions for entering in graph.inputs.values() if entering is not None), default=0)
        if volume.positions > least or (volume.positions == least and not _gives_scores(node, graph)):
            return
        before = graph.by_name.get(node.inputs[0])
        if (before is not None and _is_of_head(before) and _begins(before, graph)) or not _is_head(node, graph):
            return
        from archspec.rules.repair.replacements import of_all_positions, pooled_before  # noqa: PLC0415 - for a finding only

        arguments = node.operator.model_dump(exclude_unset=True) if node.operator else {}
        dense = self.offers(node, graph, _is_on_map, of_all_positions(node, "`{}`", arguments))
        pools = self.offers(node, graph, _is_on_map, [pooled_before(node)])
        yield self.finding(
            f"linear gives {output.channels:,} values at each of the {sizes(volume.spatial)} positions: {output}",
            node.place,
            label=f"{node.name} gets {volume}",
            help=(
                *(f"{offer.text} takes all {volume.size:,} elements at once" for offer in dense),
                *(f"{offer.text} leaves {volume.channels:,}" for offer in pools),
            ),
            layer=node.name,
        )


def _is_on_map(call: OperatorCall) -> bool:
    return call.output is None or call.output.positions > 1


def _is_of_head(node: Node) -> bool:
    """Whether a classifier may have such a layer: at each position by itself, and not of the map as a whole."""
    traits = node.traits
    is_plain = traits.activation or traits.is_softmax or traits.is_norm or traits.drops == "elements"
    return bool(is_plain) or (traits.is_dense and not traits.is_global)


def _begins(node: Node, graph: Graph) -> bool:
    """Whether a ``linear`` is among the layers of the head that lead to this one."""
    while _is_of_head(node):
        if node.traits.is_dense:
            return True
        source = graph.by_name.get(node.inputs[0])
        if source is None:
            return False
        node = source
    return False


def _gives_scores(node: Node, graph: Graph) -> bool:
    """Whether a layer on a map of the input's size is probably the classifier of a small image."""
    if max(node.volume.spatial if node.volume else ()) > _LARGEST_IMAGE:
        return False
    if any(call.operator is not None and call.operator.is_upsampling for call in graph.calls):
        return False
    before_results = [way_back(name, graph) for name in graph.outputs]
    return graph.header.loss is not None or any(
        step.traits.is_softmax for way in before_results for step in takewhile(lambda step: step is not node, way)
    )


def _is_head(node: Node, graph: Graph) -> bool:
    """Whether only layers of a head are between this one and a result of the network."""
    while node.name not in graph.outputs:
        consumers = graph.consumers[node.name]
        if len(consumers) != 1 or not _is_of_head(consumers[0]):
            return False
        node = consumers[0]
    return True
