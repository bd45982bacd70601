"""feature-mismatch: `in_features` differs from the features of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class FeatureMismatch(CallRule):
    """``in_features`` differs from the features of the layer's input.

    Why: a dense layer works for one input size only; one pool or stride too many or too few changes it by a square.

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
                from archspec.rules._branches import way_to  # noqa: PLC0415 - for a fault only
                from archspec.rules.repair.claims import claim_as_is  # noqa: PLC0415
                from archspec.rules.repair.features import dense, feature_repairs, quotient, unflattened  # noqa: PLC0415
                from archspec.rules.repair.input_order import channels_first_hint  # noqa: PLC0415

                whole = claim.actual == node.volume.size
                before = way_to(node.inputs[0], graph)
                volume = unflattened(node.volume, before)
                factors = " x ".join(map(str, volume.shape))
                yield self.finding(
                    f"`in_features` is stated as {claim.stated:,}, but the input has {claim.actual:,} features"
                    + (f": {factors}" if whole else ", the channels at each position"),
                    node.argument("in_features"),
                    label=f"{node.name} gets {node.volume}",
                    notes=quotient(claim.stated, claim.actual, volume) if whole else (),
                    help=(
                        *channels_first_hint(node, graph, claim.argument),
                        *dense(claim.stated, node, graph),
                        *(feature_repairs(claim.stated, node, before, graph) if whole else ()),
                        *claim_as_is(claim, node, graph),
                    ),
                    layer=node.name,
                )
