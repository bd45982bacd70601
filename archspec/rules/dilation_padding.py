"""dilation-padding: padding that forgets the dilation."""

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
    from archspec.ops._window import Window


class DilationPadding(CallRule):
    """A dilated window has padding, but not the one that keeps the size: dilation x (kernel - 1) / 2.

    Why: dilation makes the window wider, and the padding has to grow with it. With the padding for an undilated
    kernel, the map shrinks in every layer. Windows without any padding are taken to be intended.

    Source: Yu and Koltun 2016, "Multi-Scale Context Aggregation by Dilated Convolutions", section 3.

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3, dilation: 2, padding: 1}

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3, dilation: 2, padding: 2}
    """

    name: ClassVar[str] = "dilation-padding"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _is_dilation_padded(node.call) or node.windows is None or node.output is None or node.volume is None:
            return
        window = next(filter(_pads_too_little_or_much, node.windows))
        kept = self.settings_that_help(
            node, graph, _is_dilation_padded, {"padding": tuple(map(_keeping_size, node.windows))}
        )
        yield self.finding(
            f"{shape(node.windows)} and padding {window.near} turns {sizes(node.volume.spatial)} into "
            f"{sizes(node.output.spatial)}",
            node.argument("padding"),
            label=f"{node.name} gets {node.volume}",
            help=tuple(
                f"{offer.text}, {window.dilation} x ({window.kernel} - 1) / 2, keeps the size" for offer in kept
            ),
            layer=node.name,
        )


def _is_dilation_padded(call: OperatorCall) -> bool:
    """Whether a dilated window is padded along an axis as if it were not dilated."""
    return any(map(_pads_too_little_or_much, call.windows or ()))


def _keeping_size(window: Window) -> tuple[int, int]:
    """Its padding on both sides, or the one with which a dilated window keeps the size."""
    half = window.extent // 2
    return (half, half) if _pads_too_little_or_much(window) else (window.near, window.far)


def _pads_too_little_or_much(window: Window) -> bool:
    """Whether a dilated window is padded, but as if it were not dilated."""
    dilated = window.stride == 1 and window.kernel % 2 == 1 and window.kernel > 1 and window.dilation > 1
    return dilated and window.near == window.far and window.near not in (0, window.extent // 2)
