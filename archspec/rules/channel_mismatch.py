"""channel-mismatch: `in_channels` differs from the channels of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule
from archspec.rules._wording import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class ChannelMismatch(CallRule):
    """``in_channels`` differs from the channels of the layer's input.

    Why: the author had another network in mind; in a framework it fails at the first forward pass.

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
        for claim in node.operator.claims([node.volume]):
            if claim.argument == "in_channels" and claim.stated != claim.actual:
                from archspec.rules.repair.claims import channels_as_claimed, claim_as_is  # noqa: PLC0415
                from archspec.rules.repair.input_order import axes_exchanged, channels_first_hint  # noqa: PLC0415 - for a fault only

                of_order = (
                    *channels_first_hint(node, graph, claim.argument),
                    *axes_exchanged(node, graph, claim.argument, f"{claim.stated} is the length here: "),
                )
                yield self.finding(
                    f"`in_channels` is stated as {claim.stated}, but the input has {claim.actual} channels",
                    node.argument("in_channels"),
                    label=f"{node.name} gets {node.volume}",
                    notes=_sum(node, claim.stated, graph),
                    help=(
                        *(of_order or channels_as_claimed(claim, node, graph)),
                        *claim_as_is(claim, node, graph),
                    ),
                    layer=node.name,
                )


def _sum(node: Node, stated: int, graph: Graph) -> tuple[str, ...]:
    """Where channels come from that a concatenation joined."""
    from archspec.rules._branches import way_back  # noqa: PLC0415 - for a fault only

    joined = next((step for step in way_back(node.inputs[0], graph) if not _keeps_channels(step)), None)
    if joined is None or joined.traits.merge != "concatenation":
        return ()
    parts = [
        (volume.channels, name) for volume, name in zip(joined.input_volumes, joined.inputs, strict=True) if volume
    ]
    forgotten = [name for channels, name in parts if channels == stated]
    counted = f"; {stated} is {forgotten[0]} alone" if forgotten else ""
    numbers = " + ".join(str(channels) for channels, _ in parts)
    return (f"{joined.name} joins {numbers} channels, from {join([name for _, name in parts])}{counted}",)


def _keeps_channels(step: Node) -> bool:
    """Whether the output channels of a layer are its input channels: activations, norms, pools."""
    is_known = step.volume is not None and step.output is not None
    return is_known and len(step.inputs) == 1 and step.traits.channels_argument is None
