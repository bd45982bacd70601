"""channel-mismatch: `in_channels` says other than what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import AppliedRule
from archspec.rules._channels_first import channels_first_hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class ChannelMismatch(AppliedRule):
    """A stated ``in_channels`` differs from the channels that arrive.

    Why: the author had another network in mind; in a framework this fails when the first image goes through.

    Source: PyTorch, torch.nn.Conv2d ("expected input to have ... channels").

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 8, kernel: 3, in_channels: 1}

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 8, kernel: 3, in_channels: 3}
    """

    name: ClassVar[str] = "channel-mismatch"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if node.operator is None or node.volume is None:
            return
        for claim in node.operator.claims(node.volume):
            if claim.argument == "in_channels" and claim.stated != claim.actual:
                yield self.finding(
                    f"`in_channels` is stated as {claim.stated}, but {claim.actual} arrive",
                    node.argument("in_channels"),
                    label=f"{node.name} gets {node.volume}",
                    help=(*channels_first_hint(graph), f"write `in_channels: {claim.actual}`, or leave it out"),
                    layer=node.name,
                )
