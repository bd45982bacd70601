"""adaptive-uneven: an adaptive pool whose parts differ in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class AdaptiveUneven(CallRule):
    """An adaptive pool divides an axis into parts of different sizes, or parts that overlap.

    Why: no ordinary pool computes the same, so that the network cannot be exported to formats without adaptive pools,
    and positions have different weights.

    Source: PyTorch, torch.onnx (adaptive pools are exported only where the output size divides the input size).

    Bad:
        input: 10x10x16
        layers:
          - adaptive_avg_pool: 7

    Good:
        input: 14x14x16
        layers:
          - adaptive_avg_pool: 7
    """

    name: ClassVar[str] = "adaptive-uneven"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding."""
        if not _is_uneven_pool(node.call) or node.volume is None or node.output is None:
            return
        pairs = zip(node.volume.spatial, node.output.spatial, strict=True)
        size, parts = next((size, parts) for size, parts in pairs if size % parts)
        below = next(each for each in range(min(parts, size), 0, -1) if size % each == 0)
        above = next((each for each in range(parts, size + 1) if size % each == 0), None)
        yield self.finding(
            f"{parts} does not divide {size}: the parts of {sizes(node.volume.spatial)} differ in size or overlap",
            node.argument("size"),
            label=f"{node.name} turns {node.volume} into {node.output}",
            help=(f"{below}{f' or {above}' if above else ''} divides {size}",),
            layer=node.name,
        )


def _is_uneven_pool(call: OperatorCall) -> bool:
    """Whether an adaptive pool makes parts of different sizes."""
    volume, output = call.input_volumes[0], call.output
    if volume is None or output is None:
        return False
    return any(size % parts for size, parts in zip(volume.spatial, output.spatial, strict=True))
