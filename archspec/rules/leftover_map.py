"""leftover-map: an average pool before the head that leaves more than one position."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import NodeRule
from archspec.rules._settings import Threshold
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class LeftoverMap(NodeRule):
    """An average pool with a fixed kernel before the dense layers has an output of several positions.

    Why: such a pool is meant to average all positions. At another input size it no longer covers the map, and the dense
    layer after it silently gets an input for each position that is left. Pools that are smaller than
    `smallest-global-pool` subsample, as those of LeNet-5 do, and are not reported.

    Source: Lin et al. 2014, "Network in Network", section 3.2 (global average pooling); the threshold is our own.

    Bad:
        input: 16x16x64
        layers:
          - avg_pool: 8
          - fc: 10

    Good:
        input: 16x16x64
        layers:
          - global_avg_pool
          - fc: 10
    """

    name: ClassVar[str] = "leftover-map"
    severity: ClassVar[Severity] = Severity.WARNING
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "smallest-global-pool": Threshold(4, "kernel from which an average pool is taken to be meant for the whole map")
    }

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not node.windows or node.output is None or node.output.positions == 1:
            return
        if max(window.extent for window in node.windows) < self.threshold("smallest-global-pool"):
            return
        head = _dense_after(node, graph)
        if head is not None:
            from archspec.rules.repair.replacements import of_all_positions  # noqa: PLC0415 - for a finding only

            left = sizes(node.output.spatial)
            text = "write `{}` to have one position at any input size"
            pools = self.offers(node, graph, _leaves_map, of_all_positions(node, text, {}))
            yield self.finding(
                f"this pool leaves {left} positions, and {head.name} takes all of them: {node.output.size:,} elements "
                f"instead of {node.output.channels:,}",
                node.place,
                label=f"{node.name} gets {node.volume}",
                help=tuple(offer.text for offer in pools),
                layer=node.name,
            )


def _leaves_map(call: OperatorCall) -> bool:
    return call.output is None or call.output.positions > 1


def _dense_after(node: Node, graph: Graph) -> Node | None:
    """The dense layer that reads the pool, through layers that change nothing."""
    while True:
        consumers = graph.consumers[node.name]
        if len(consumers) != 1:
            return None
        node = consumers[0]
        is_flat = node.volume is not None and node.volume.positions == 1
        if node.traits.is_dense and (node.traits.is_global or is_flat):
            return node
        if not (node.traits.is_view or node.traits.drops):
            return None
