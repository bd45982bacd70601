"""checkerboard: a transposed convolution whose windows overlap unevenly."""

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
    from archspec.ops._window import TransposedWindow


class Checkerboard(CallRule):
    """The stride of a transposed convolution does not divide its kernel.

    Why: the windows overlap unevenly, and some outputs are the sum of more products than their neighbors. Networks can
    learn to compensate for it, but mostly do not: the pattern is visible in the images that they generate.

    Source: Odena, Dumoulin and Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016.

    Bad:
        input: 8x8x64
        layers:
          - conv_transpose: {filters: 32, kernel: 3, stride: 2}

    Good:
        input: 8x8x64
        layers:
          - conv_transpose: {filters: 32, kernel: 4, stride: 2}
    """

    name: ClassVar[str] = "checkerboard"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding."""
        windows = getattr(node.operator, "transposed_windows", None)
        if windows is None or node.volume is None or not _makes_checkerboard(node.call):
            return
        ways = windows([node.volume])
        way = next(filter(_is_uneven, ways))
        below = way.kernel // way.stride * way.stride
        fits = " or ".join(f"`kernel: {size}`" for size in (below, below + way.stride) if size)
        yield self.finding(
            f"windows of {sizes(tuple(each.kernel for each in ways))} at a distance of {way.stride} overlap unevenly",
            node.argument("kernel"),
            label=f"{way.stride} does not divide {way.kernel}",
            help=(f"{fits} overlaps evenly; so does `upsample: {way.stride}` and a convolution",),
            layer=node.name,
        )


def _makes_checkerboard(call: OperatorCall) -> bool:
    """Whether neighboring outputs along an axis are sums of different numbers of products."""
    windows = getattr(call.operator, "transposed_windows", None)
    volume = call.input_volumes[0]
    return windows is not None and volume is not None and any(map(_is_uneven, windows([volume]) or ()))


def _is_uneven(window: TransposedWindow) -> bool:
    """Whether neighbours among the outputs are sums of different numbers of products."""
    return window.stride > 1 and window.size > 1 and window.dilation == 1 and window.kernel % window.stride > 0
