"""unsupported-rank: an operator that does not support this number of axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class UnsupportedRank(CallRule):
    """The volume has more or fewer spatial axes than the operator supports.

    Why: a window needs an axis to slide along.

    Source: docs/language.md, under "Operators".

    Bad:
        input: {channels: 8}
        layers:
          - conv: {filters: 8, kernel: 3}

    Good:
        input: {length: 100, channels: 8}
        layers:
          - conv: {filters: 8, kernel: 3}
    """

    name: ClassVar[str] = "unsupported-rank"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding."""
        operator, volume = node.operator, node.volume
        if operator is None or volume is None or node.call.has_valid_rank:
            return
        low, high = operator.ranks[0], operator.ranks[-1]
        yield self.finding(
            f"{node.kind} works on {low} to {high} spatial axes, and this volume has {len(volume.spatial)}",
            node.place,
            label=f"{node.name} gets {volume}",
            help=("write the input with its axes, such as 224x224x3 or {length: 100, channels: 8}",),
            layer=node.name,
        )
