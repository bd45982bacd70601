"""lopsided-padding: a stride that does not fit, but leaves only padding unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule
from archspec.rules.fractional_output import misfit_message
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._window import Window


class LopsidedPadding(CallRule):
    """The output size is a fraction, but no input is lost: only padding on the far side, or a gap, is left over.

    Why: nearly every published network does this somewhere (a ResNet stem at 224 gives 112.5), and it is harmless;
    but the window is not centered on the image, and other frameworks' ``same`` pads the other side.

    Source: CS231n, Convolutional Networks, "Spatial arrangement"; He et al. 2016, section 3.3 (the stem).

    Bad:
        input: 224x224x3
        layers:
          - conv: {filters: 64, kernel: 7, stride: 2, padding: 3}

    Good:
        input: 225x225x3
        layers:
          - conv: {filters: 64, kernel: 7, stride: 2, padding: 3}
    """

    name: ClassVar[str] = "lopsided-padding"
    severity: ClassVar[Severity] = Severity.INFO

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding for all axes."""
        windows = node.windows
        if windows is None or node.output is None or any(window.lost for window in windows):
            return
        chosen = [_is_lopsided(window) for window in windows]
        if any(chosen):
            padded = any(window.near or window.far for window in windows)
            left = "leaves padding over on" if padded else "leaves a gap over on"
            yield self.finding(
                misfit_message(node, windows, chosen, left),
                node.place,
                label=f"{node.name} gets {node.volume}",
                notes=(
                    f"floor gives {sizes(tuple(window.floor for window in windows))}; nothing of the input is lost",
                ),
                layer=node.name,
            )


def _is_lopsided(window: Window) -> bool:
    return not window.is_whole and window.fit is None and window.lost == 0
