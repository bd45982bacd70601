"""pointwise-padding: padding around a 1x1 window."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._wording import shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class PointwisePadding(CallRule):
    """A convolution with a kernel of 1 pads its input.

    Why: the output gets a border that is computed from zeros alone. It holds nothing but the bias, costs memory in
    every layer after it, and affects later windows.

    Source: forresti/SqueezeNet, issue 27 (the padding of conv10 in version 1.0 was a slip).

    Bad:
        input: 13x13x64
        layers:
          - conv: {filters: 16, kernel: 1, padding: 1}

    Good:
        input: 13x13x64
        layers:
          - conv: {filters: 16, kernel: 1, padding: 0}
    """

    name: ClassVar[str] = "pointwise-padding"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _pads_pointwise(node.call) or node.windows is None or node.output is None or node.volume is None:
            return
        holds = "the bias alone" if getattr(node.operator, "bias", False) else "zeros alone"
        padding = max(max(window.near, window.far) for window in node.windows if window.kernel == 1)
        sides = tuple((0, 0) if window.kernel == 1 else (window.near, window.far) for window in node.windows)
        yield self.finding(
            f"{shape(node.windows)} and padding {padding} turns {sizes(node.volume.spatial)} into "
            f"{sizes(node.output.spatial)}: the border holds {holds}",
            node.argument("padding"),
            label=f"{node.name} gets {node.volume}",
            help=tuple(
                f"write {offer.text}"
                for offer in self.settings_that_help(node, graph, _pads_pointwise, {"padding": sides})
            ),
            layer=node.name,
        )


def _pads_pointwise(call: OperatorCall) -> bool:
    """Whether there are zeros around an axis along which the window sees one position."""
    zeros = getattr(call.operator, "padding_mode", "zeros") == "zeros"
    return zeros and any(window.kernel == 1 and window.near + window.far > 0 for window in call.windows or ())
