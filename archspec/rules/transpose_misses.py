"""transpose-misses: a transposed convolution that does not restore the size that it mirrors."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import NodeRule
from archspec.rules._kinds import is_full_convolution
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall

_TRIES = 64
"""Paddings that differ by axis that are tried."""
_WINDOW = ("kernel", "stride", "padding", "dilation")


class TransposeMisses(NodeRule):
    """A transposed convolution has the kernel, stride and padding of a convolution before it, but not its input size.

    Why: a stride rounds several sizes to one, and the transposed convolution gives the smallest of them.
    `output_padding` selects another one.

    Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 14.

    Bad:
        input: 16x16x8
        layers:
          - conv: {filters: 16, kernel: 3, stride: 3, padding: same}
          - conv_transpose: {filters: 8, kernel: 3, stride: 3, padding: same}

    Good:
        input: 16x16x8
        layers:
          - conv: {filters: 16, kernel: 3, stride: 3, padding: same}
          - conv_transpose: {filters: 8, kernel: 3, stride: 3, padding: 1}
    """

    name: ClassVar[str] = "transpose-misses"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding; none where a merge or a stated fact already reports the size."""
        operator, volume, output = node.operator, node.volume, node.output
        if operator is None or volume is None or output is None or not graph.is_known:
            return
        mirrored = _mirror(node, graph)
        if mirrored is None or mirrored.volume is None or mirrored.volume.spatial == output.spatial:
            return
        expected = mirrored.volume.spatial
        yield self.finding(
            f"{node.name} gives {sizes(output.spatial)}, and {mirrored.name}, which it mirrors, got {sizes(expected)}",
            node.place,
            label=f"{node.name} gets {volume}",
            labels=mirrored.labels(f"{sizes(expected)} became {sizes(volume.spatial)} here"),
            help=(*_fitting_argument(node, expected, graph), f"crop or pad its output to {sizes(expected)}")[:1],
            layer=node.name,
        )


def _mirror(node: Node, graph: Graph) -> Node | None:
    """The nearest layer before with the same window whose output has as many positions as this input."""
    window = tuple(getattr(node.operator, name) for name in _WINDOW)
    source = graph.by_name.get(node.inputs[0])
    while source is not None:
        if is_full_convolution(source.traits) and source.output is not None and node.volume is not None:
            same = window == tuple(getattr(source.operator, name, None) for name in _WINDOW)
            if same and source.output.spatial == node.volume.spatial:
                return source
        source = graph.by_name.get(source.inputs[0])
    return None


def _fitting_argument(node: Node, expected: tuple[int, ...], graph: Graph) -> Iterator[str]:
    """The first padding that gives the expected size."""
    from archspec.rules.repair.arguments import with_arguments  # noqa: PLC0415 - for a fault only
    from archspec.rules.repair.candidates import try_candidates  # noqa: PLC0415

    argument = "padding" if getattr(node.operator, "padding", 0) == "same" else "output_padding"
    most = getattr(node.operator, "kernel" if argument == "padding" else "stride", 1)
    numbers = [*range(most if isinstance(most, int) else min(most))]
    each_axis = product(*([range(most)] * len(expected) if isinstance(most, int) else map(range, most)))
    values = [*numbers, *islice(each_axis, _TRIES)]
    candidates = (with_arguments([node], {argument: value}) for value in values)

    def misses(call: OperatorCall) -> bool:
        return call.output is None or call.output.spatial != expected

    for offer in try_candidates(graph, node, misses, candidates):
        yield f"{offer.text} gives {sizes(expected)}"
        return
