"""feature-mismatch: `in_features` says other than what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import AppliedRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class FeatureMismatch(AppliedRule):
    """A stated ``in_features`` differs from the numbers that arrive.

    Why: a dense layer is tied to one input size; a pooling or stride too many, or too few, changes it by a square.

    Source: PyTorch, torch.nn.Linear ("mat1 and mat2 shapes cannot be multiplied").

    Bad:
        input: 32x32x3
        layers:
          - fc: {units: 10, in_features: 768}

    Good:
        input: 32x32x3
        layers:
          - fc: {units: 10, in_features: 3072}
    """

    name: ClassVar[str] = "feature-mismatch"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if node.operator is None or node.volume is None:
            return
        for claim in node.operator.claims([node.volume]):
            if claim.argument == "in_features" and claim.stated != claim.actual:
                from archspec.rules import _features as ways  # noqa: PLC0415 - for a fault only
                from archspec.rules._branches import way_to  # noqa: PLC0415

                whole = claim.actual == node.volume.size
                before = way_to(node.inputs[0], graph)
                volume = ways.unflattened(node.volume, before)
                factors = " x ".join(map(str, volume.shape))
                yield self.finding(
                    f"`in_features` is stated as {claim.stated:,}, but {claim.actual:,} arrive"
                    + (f": {factors}" if whole else ", the channels at each position"),
                    node.argument("in_features"),
                    label=f"{node.name} gets {node.volume}",
                    notes=ways.quotient(claim.stated, claim.actual, volume) if whole else (),
                    help=(
                        *ways.order_of_axes(node, graph),
                        *ways.dense(claim.stated, node),
                        *(ways.ways_to_mend(claim.stated, volume, before, graph) if whole else ()),
                        f"write `in_features: {claim.actual}`, or leave it out",
                    ),
                    layer=node.name,
                )
