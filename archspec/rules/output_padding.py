"""output-padding: a transposed convolution that adds more than its stride can round away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class OutputPadding(CallRule):
    """`output_padding` is as large as the stride and the dilation, or larger.

    Why: it selects one of the sizes that a convolution with this stride rounds to the same size, and there are as many
    as the stride. Anything beyond would add rows and columns of bias values alone, which frameworks reject.

    Source: PyTorch, torch.nn.ConvTranspose2d ("output padding must be smaller than either stride or dilation").

    Bad:
        input: 4x4x3
        layers:
          - conv_transpose: {filters: 8, kernel: 4, stride: 2, output_padding: 2}

    Good:
        input: 4x4x3
        layers:
          - conv_transpose: {filters: 8, kernel: 4, stride: 2, output_padding: 1}
    """

    name: ClassVar[str] = "output-padding"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding, at the first axis."""
        if node.operator is None or node.volume is None or not node.call.has_valid_rank:
            return
        for limit in node.operator.limits([node.volume]):
            if limit.argument == "output_padding" and limit.number > limit.most:
                from archspec.graph.changes import Change  # noqa: PLC0415 - for a fault only
                from archspec.rules.repair.candidates import Candidate, try_candidates  # noqa: PLC0415

                text = f"write `output_padding: {limit.most}`" if limit.most else "leave `output_padding` out"
                candidate = Candidate(text, {node.name: Change({"output_padding": limit.most})})
                allowed = f"at most {limit.most} here" if limit.most else "none is possible without a stride"
                yield self.finding(
                    f"{limit.what} is {limit.number}, and must be smaller than the stride or the dilation: {allowed}",
                    node.argument("output_padding"),
                    label=f"{node.name} gets {node.volume}",
                    help=tuple(offer.text for offer in try_candidates(graph, node, limit.argument, [candidate])),
                    layer=node.name,
                )
                return
