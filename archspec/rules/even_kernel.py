"""even-kernel: an even kernel with equal padding on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._wording import shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import Window
    from archspec.rules.repair.candidates import Offer


class EvenKernel(CallRule):
    """An even kernel has equal padding on both sides, so that the size changes by one.

    Why: an even window has no center. To keep the size, one side needs one more zero than the other; otherwise the maps
    shrink or grow by one per layer, and do not fit those of other branches.

    Source: CS231n, Convolutional Networks, "Spatial arrangement" (P = (F - 1) / 2 is whole for odd windows only).

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 4, padding: 1}

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3, padding: 1}
    """

    name: ClassVar[str] = "even-kernel"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _is_even_kernel(node.call) or node.windows is None or node.output is None or node.volume is None:
            return
        same = self.settings_that_help(node, graph, _is_even_kernel, {"padding": "same"})
        extent = next(window.extent for window in node.windows if _changes_by_one(window))
        yield self.finding(
            f"{shape(node.windows)} turns {sizes(node.volume.spatial)} into {sizes(node.output.spatial)}",
            node.argument("kernel"),
            label=f"a window of {extent} positions has no center",
            help=(_help(same),),
            layer=node.name,
        )


def _help(same: Sequence[Offer]) -> str:
    or_same = "".join(f", or {offer.text} (one zero more on the far side)," for offer in same)
    return f"an odd kernel{or_same} keeps the size"


def _is_even_kernel(call: OperatorCall) -> bool:
    """Whether an even window nearly keeps the size of an axis."""
    return any(map(_changes_by_one, call.windows or ()))


def _changes_by_one(window: Window) -> bool:
    """Whether an even window is padded on both sides so that the size is nearly kept."""
    almost = window.extent // 2 in (window.near, window.near + 1)
    return window.stride == 1 and window.extent % 2 == 0 and window.near == window.far > 0 and almost
