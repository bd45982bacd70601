"""strided-conv-downsampling: a convolution that changes the size of its map."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._windows import covers
from archspec.rules._wording import shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class StridedConvDownsampling(CallRule):
    """A convolution changes the size of its map, which the sizing pattern of CS231n leaves to pools.

    Why: where every convolution keeps the size (stride 1 and padding (F - 1) / 2) and every pool halves it, sizes are
    easy to follow and borders count as much as the center. Many good networks differ, so this rule is opt-in.

    Source: CS231n, Convolutional Networks, "Layer Sizing Patterns".

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 2, stride: 2}

    Good:
        input: 32x32x3
        layers:
          - max_pool: {kernel: 2, stride: 2}
    """

    name: ClassVar[str] = "strided-conv-downsampling"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO
    default: ClassVar[bool] = False

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _changes_map(node.call) or node.output is None or node.volume is None or node.windows is None:
            return
        from archspec.rules.repair.replacements import pooled_after  # noqa: PLC0415 - for a finding only

        kept = self.offers(node, graph, _changes_map, [pooled_after(node, graph)])
        yield self.finding(
            f"{shape(node.windows)} turns {sizes(node.volume.spatial)} into {sizes(node.output.spatial)}",
            node.place,
            label="convolutions keep the size, and pools halve it",
            help=tuple(f"write {offer.text}" for offer in kept),
            layer=node.name,
        )


def _changes_map(call: OperatorCall) -> bool:
    """Whether a convolution changes the size of its map; windows that cover the whole input are not meant."""
    windows = call.windows or ()
    changing = any(window.output != window.size for window in windows)
    return changing and not covers(windows)
