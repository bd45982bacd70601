"""reflect-padding: reflection padding wider than the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.ops._padding import is_allowed
from archspec.rules._base import CallRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class ReflectPadding(CallRule):
    """Reflection padding needs more positions than the input has.

    Why: n positions can be padded by at most n - 1 by reflection, which does not repeat the border itself.

    Source: PyTorch, torch.nn.ReflectionPad2d ("padding size should be less than the input dimension").

    Bad:
        input: 4x4x3
        layers:
          - conv: {filters: 8, kernel: 3, padding: 4, padding_mode: reflect}

    Good:
        input: 5x5x3
        layers:
          - conv: {filters: 8, kernel: 3, padding: 4, padding_mode: reflect}
    """

    name: ClassVar[str] = "reflect-padding"
    mode: ClassVar[str] = "reflect"
    kept: ClassVar[int] = 1
    """Positions that are not repeated."""

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding, at the first axis."""
        if node.operator is None or node.windows is None or getattr(node.operator, "padding_mode", "") != self.mode:
            return
        for window in node.windows:
            if not is_allowed(node.operator, window):
                positions = f"{window.size} position{'s' * (window.size != 1)}"
                from archspec.rules.repair.padding import narrower_padding, zero_padding  # noqa: PLC0415 - for a fault only

                offers = [*narrower_padding(node, graph, self.kept), *zero_padding(node, graph)]
                yield self.finding(
                    f"`padding_mode: {self.mode}` cannot pad {positions} by {max(window.near, window.far)}",
                    node.argument("padding"),
                    label=f"{node.name} gets {node.volume}",
                    help=(f"pad {', or '.join(offer.text for offer in offers)}",) if offers else (),
                    layer=node.name,
                )
                return
