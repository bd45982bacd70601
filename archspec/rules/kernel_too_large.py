"""kernel-too-large: a window that is larger than its input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule
from archspec.rules._wording import by_axis, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class KernelTooLarge(CallRule):
    """The dilated kernel is larger than the padded input, so that there is no output.

    Why: the layers before have shrunk the volume too far, or the kernel was meant for a larger input.

    Source: CS231n, Convolutional Networks, "Spatial arrangement" (the output size formula).

    Bad:
        input: 4x4x3
        layers:
          - conv: {filters: 8, kernel: 5}

    Good:
        input: 5x5x3
        layers:
          - conv: {filters: 8, kernel: 5}
    """

    name: ClassVar[str] = "kernel-too-large"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding at the first layer that no longer fits, with the sizes that led there."""
        windows, volume = node.windows, node.volume
        if windows is None or volume is None or all(window.reach >= 0 for window in windows):
            return
        from archspec.rules.repair.collapse import collapse_repairs, labels_of, sizes_before  # noqa: PLC0415 - for a fault only

        chosen = [window.reach < 0 for window in windows]
        texts = [
            f"{window.extent} > {window.size} + {window.near} + {window.far}"
            if window.near or window.far
            else f"{window.extent} > {window.size}"
            for window in windows
        ]
        yield self.finding(
            f"{shape(windows)} is larger than {volume}: {by_axis(volume.axes, windows, texts, chosen)}",
            node.place,
            label=f"{node.name} gets {volume}",
            labels=tuple(labels_of(node, graph)),
            notes=sizes_before(node, graph),
            help=tuple(collapse_repairs(node, windows, graph)),
            layer=node.name,
        )
