"""transpose-misses: a transposed convolution that does not restore the size that it mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.ops.transposed import ConvTranspose
from archspec.rules._base import NodeRule
from archspec.rules._kinds import is_full_convolution
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


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
        if not isinstance(operator, ConvTranspose) or volume is None or output is None or not graph.is_known:
            return
        mirrored = _mirror(node, operator, graph)
        if mirrored is None or mirrored.volume is None or mirrored.volume.spatial == output.spatial:
            return
        expected = mirrored.volume.spatial
        yield self.finding(
            f"{node.name} gives {sizes(output.spatial)}, and {mirrored.name}, which it mirrors, got {sizes(expected)}",
            node.place,
            label=f"{node.name} gets {volume}",
            labels=mirrored.labels(f"{sizes(expected)} became {sizes(volume.spatial)} here"),
            help=(_fitting_argument(node, operator, expected, graph),),
            layer=node.name,
        )


def _mirror(node: Node, operator: ConvTranspose, graph: Graph) -> Node | None:
    """The nearest layer before with the same window whose output has as many positions as this input."""
    window = (operator.kernel, operator.stride, operator.padding, operator.dilation)
    source = graph.by_name.get(node.inputs[0])
    while source is not None:
        if is_full_convolution(source.traits) and source.output is not None and node.volume is not None:
            candidate = source.operator
            same = window == tuple(
                getattr(candidate, name, None) for name in ("kernel", "stride", "padding", "dilation")
            )
            if same and source.output.spatial == node.volume.spatial:
                return source
        source = graph.by_name.get(source.inputs[0])
    return None


def _fitting_argument(node: Node, operator: ConvTranspose, expected: tuple[int, ...], graph: Graph) -> str:
    """The argument that gives the expected size, if there is one."""
    from archspec.graph.changes import Change  # noqa: PLC0415 - for a fault only
    from archspec.rules.repair.candidates import Candidate, try_candidates  # noqa: PLC0415

    argument = "padding" if operator.padding == "same" else "output_padding"
    most = operator.kernel if argument == "padding" else operator.stride
    numbers = range(most if isinstance(most, int) else min(most))
    candidates = (Candidate(f"`{argument}: {each}`", {node.name: Change({argument: each})}) for each in numbers)

    def misses(call: OperatorCall) -> bool:
        return call.output is None or call.output.spatial != expected

    offer = next(try_candidates(graph, node, misses, candidates), None)
    return f"{offer.text if offer else '`crop` or `pad`'} {'gives' if offer else 'leads to'} {sizes(expected)}"
