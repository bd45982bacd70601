"""weights-shape: weights in the spec that do not fit the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule
from archspec.rules._wording import join
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class WeightsShape(CallRule):
    """``weights`` in the spec have another shape than those of the layer.

    Why: filters come last and channels before them, and all lists of a level have the same length.

    Source: docs/language.md, under "Operators".

    Bad:
        input: 8x8x1
        layers:
          - conv: {filters: 1, kernel: 3, weights: [[1, 0], [0, 1]]}

    Good:
        input: 8x8x1
        layers:
          - conv: {filters: 1, kernel: 2, weights: [[1, 0], [0, 1]]}
    """

    name: ClassVar[str] = "weights-shape"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding."""
        if node.operator is None or node.volume is None or node.output is None:
            return
        for claim in node.operator.shape_claims([node.volume]):
            if claim.stated not in claim.allowed:
                allowed = join([sizes(shape) for shape in claim.allowed], "or")
                yield self.finding(
                    f"`{claim.argument}` is {sizes(claim.stated)}, and must be {allowed}",
                    node.argument(claim.argument),
                    label=f"{node.name} gets {node.volume}",
                    help=("write kernel x channels x filters, or one kernel to use on every channel and filter",),
                    layer=node.name,
                )
