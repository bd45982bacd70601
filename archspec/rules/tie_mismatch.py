"""tie-mismatch: a layer that shares weights of another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import NetworkRule
from archspec.rules._wording import join
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Weight


class TieMismatch(NetworkRule):
    """``tie`` names a layer whose weights have other shapes, or that has none.

    Why: both layers use the same arrays, so the shapes must be equal.

    Source: docs/language.md, "Layers" (tied weights).

    Bad:
        input: 8x8x3
        layers:
          - {conv: {filters: 3, kernel: 3, padding: same}, name: first}
          - relu
          - {conv: {filters: 3, kernel: 5, padding: same}, tie: first}

    Good:
        input: 8x8x3
        layers:
          - {conv: {filters: 3, kernel: 3, padding: same}, name: first}
          - relu
          - {conv: {filters: 3, kernel: 3, padding: same}, tie: first}
    """

    name: ClassVar[str] = "tie-mismatch"

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """One finding for each such layer."""
        for node in report.graph.nodes:
            if node.tied is not None and node.is_checkable:
                yield from self._check_tied(node, report.graph)

    def _check_tied(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        other = graph.by_name.get(node.tied) if node.tied else None
        if node.tied is None or node.output is None or (other and not other.is_known):
            return
        own, shared = _shapes(node.weights), _shapes(other.weights if other else ())
        if own != shared or not own:
            yield self.finding(
                f"{node.name} needs {_shapes_text(own)}, and {node.tied} has {_shapes_text(shared)}",
                node.origin.tie.span if node.origin and node.origin.tie else node.place,
                help=("tie layers whose arguments and input channels are the same",),
                layer=node.name,
            )


def _shapes(weights: tuple[Weight, ...]) -> list[tuple[str, tuple[int, ...]]]:
    return [(weight.name, weight.shape) for weight in weights]


def _shapes_text(shapes: list[tuple[str, tuple[int, ...]]]) -> str:
    return join([f"{name} {sizes(shape)}" for name, shape in shapes]) or "no weights"
