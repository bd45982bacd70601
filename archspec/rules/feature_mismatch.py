"""feature-mismatch: `in_features` says other than what arrives."""

from __future__ import annotations

from math import isqrt
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

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - one node tells it all
        """One finding."""
        if node.operator is None or node.volume is None:
            return
        for claim in node.operator.claims(node.volume):
            if claim.argument == "in_features" and claim.stated != claim.actual:
                whole = claim.actual == node.volume.size
                factors = " x ".join(map(str, node.volume.shape))
                yield self.finding(
                    f"`in_features` is stated as {claim.stated:,}, but {claim.actual:,} arrive"
                    + (f": {factors}" if whole else ", the channels at each position"),
                    node.argument("in_features"),
                    label=f"{node.name} gets {node.volume}",
                    notes=_square(claim.stated, claim.actual) if whole else (),
                    help=(f"write `in_features: {claim.actual}`, or leave it out", *_dense(claim.stated, node)),
                    layer=node.name,
                )


def _square(stated: int, actual: int) -> tuple[str, ...]:
    """What a quotient of m x m hints at."""
    large, small = max(stated, actual), min(stated, actual)
    factor = isqrt(large // small)
    if factor < 2 or large != small * factor * factor:  # 1 x 1 explains nothing
        return ()
    if actual > stated:
        return (f"that is {factor} x {factor} times as many: a pooling or stride of {factor} less than planned",)
    return (f"that is {factor} x {factor} times fewer: a pooling or stride of {factor} more than planned",)


def _dense(stated: int, node: Node) -> tuple[str, ...]:
    """Where ``fc`` would be right: it sees the whole volume, and ``linear`` one position."""
    meant = node.kind == "linear" and node.volume is not None and node.volume.size == stated
    return ("`fc` sees the whole volume, as many as are stated",) if meant else ()
