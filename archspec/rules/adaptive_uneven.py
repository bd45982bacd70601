"""adaptive-uneven: an adaptive pool whose parts differ in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._wording import alternatives, even
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

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _is_uneven_pool(node.call) or node.volume is None or node.output is None:
            return
        pairs = zip(node.volume.spatial, node.output.spatial, strict=True)
        size, parts = next((size, parts) for size, parts in pairs if size % parts)
        sizes_that_divide = _dividing(node.volume.spatial, node.output.spatial)
        offers = self.settings_that_help(node, graph, _is_uneven_pool, *({"size": each} for each in sizes_that_divide))
        yield self.finding(
            f"{parts} does not divide {size}: the parts of {sizes(node.volume.spatial)} differ in size or overlap",
            node.argument("size"),
            label=f"{node.name} turns {node.volume} into {node.output}",
            help=alternatives(offers, f"divides {even(node.volume.spatial)}"),
            layer=node.name,
        )


def _dividing(spatial: tuple[int, ...], parts: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The nearest sizes below and above that divide every axis; all are 1 and as large as the axis at the most."""
    pairs = [*zip(spatial, parts, strict=True)]
    below = tuple(next(each for each in range(min(part, size), 0, -1) if size % each == 0) for size, part in pairs)
    if any(part > size for size, part in pairs):
        return [below]
    return [below, tuple(next(each for each in range(part, size + 1) if size % each == 0) for size, part in pairs)]


def _is_uneven_pool(call: OperatorCall) -> bool:
    """Whether an adaptive pool makes parts of different sizes."""
    volume, output = call.input_volumes[0], call.output
    if volume is None or output is None:
        return False
    return any(size % parts for size, parts in zip(volume.spatial, output.spatial, strict=True))
