"""pool-padding: a pool that pads more than half its kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.ops._padding import is_allowed
from archspec.ops._sliding import Sliding
from archspec.rules._base import CallRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class PoolPadding(CallRule):
    """A pool pads by more than half of its kernel, so that a window may consist of padding alone.

    Why: the maximum of an empty window does not exist; frameworks reject it. Exactly half is allowed.

    Source: PyTorch, torch.nn.MaxPool2d ("pad should be at most half of effective kernel size").

    Bad:
        input: 32x32x3
        layers:
          - max_pool: {kernel: 2, stride: 2, padding: 2}

    Good:
        input: 32x32x3
        layers:
          - max_pool: {kernel: 2, stride: 2, padding: 1, fit: crop}
    """

    name: ClassVar[str] = "pool-padding"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not isinstance(node.operator, Sliding) or not node.operator.half_padded or node.windows is None:
            return
        for window in node.windows:
            if not is_allowed(node.operator, window):
                from archspec.rules.repair.edits import offered_fix  # noqa: PLC0415 - for a fault only
                from archspec.rules.repair.padding import half_padding  # noqa: PLC0415

                offers = half_padding(node, graph)
                yield self.finding(
                    f"padding of {max(window.near, window.far)} is more than half of the {window.extent}-wide window",
                    node.argument("padding"),
                    label=f"{node.name} gets {node.volume}",
                    help=tuple(f"pad by {offer.text}" for offer in offers),
                    layer=node.name,
                    fix=offered_fix(graph, offers),
                )
                return
