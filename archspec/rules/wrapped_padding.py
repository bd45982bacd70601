"""wrapped-padding: reflected or circular padding wider than the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.report.summary import number_of
from archspec.rules._base import AppliedRule
from archspec.rules._padding import is_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class WrappedPadding(AppliedRule):
    """Reflected or circular padding wants more positions than the input has.

    Why: there is nothing left to mirror or to wrap around.

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

    name: ClassVar[str] = "wrapped-padding"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding."""
        mode = getattr(node.operator, "padding_mode", "zeros")
        if node.operator is None or node.windows is None or mode not in ("reflect", "circular"):
            return
        for window in node.windows:
            if not is_allowed(node.operator, window):
                most = window.size - (mode == "reflect")
                yield self.finding(
                    f"`padding_mode: {mode}` cannot pad {number_of(window.size, 'position')} "
                    f"by {max(window.near, window.far)}",
                    node.argument("padding"),
                    label=f"{node.name} gets {node.volume}",
                    help=(f"pad by at most {most}, or with `padding_mode: zeros`",),
                    layer=node.name,
                )
                return
