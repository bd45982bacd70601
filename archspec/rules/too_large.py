"""too-large: an argument that exceeds the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class TooLarge(CallRule):
    """A crop, a slice or an index exceeds the input volume.

    Why: nothing would be left, or there is nothing at that index.

    Source: docs/language.md, "Layers" (the operators that cut a volume).

    Bad:
        input: 8x8x3
        layers:
          - crop: 4

    Good:
        input: 8x8x3
        layers:
          - crop: 3
    """

    name: ClassVar[str] = "too-large"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """A finding for each argument, at the first number that is too large."""
        operator, volume = node.operator, node.volume
        if operator is None or volume is None or not node.call.has_valid_rank:
            return
        reported: set[str] = set()
        for limit in operator.limits([volume]):
            if limit.argument != "output_padding" and limit.number > limit.most and limit.argument not in reported:
                reported.add(limit.argument)
                yield self.finding(
                    f"{node.kind} can't have {limit.what} {limit.number} here: at most {limit.most}",
                    node.argument(limit.argument),
                    label=f"{node.name} gets {volume}",
                    layer=node.name,
                )
