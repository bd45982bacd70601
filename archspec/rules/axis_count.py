"""axis-count: a list with one value per axis, but a different number of axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule
from archspec.rules._wording import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class AxisCount(CallRule):
    """A list with one value per axis has more or fewer values than the volume has spatial axes.

    Why: it is ambiguous which value belongs to which axis.

    Source: docs/language.md, "Layers" (one value per axis).

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 8, kernel: [3, 3, 3]}

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 8, kernel: [3, 3]}
    """

    name: ClassVar[str] = "axis-count"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """A finding for each argument."""
        operator, volume = node.operator, node.volume
        if operator is None or volume is None or not node.call.has_valid_rank:
            return
        axes = len(volume.spatial)
        for argument in operator.axis_arguments:
            value = getattr(operator, argument)
            if isinstance(value, tuple) and len(value) != axes:
                count = f"{len(value)} value{'' if len(value) == 1 else 's'}"
                yield self.finding(
                    f"`{argument}` has {count}, but {volume} has {axes} spatial "
                    f"{'axis' if axes == 1 else 'axes'}: {join(volume.axes)}",
                    node.argument(argument),
                    label=f"{node.name} gets {volume}",
                    help=(f"give one number for all axes, or {axes}",),
                    layer=node.name,
                )
