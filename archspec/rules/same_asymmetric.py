"""same-asymmetric: `same` that pads one side more than the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._wording import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import Window


class SameAsymmetric(CallRule):
    """`padding: same` with a stride pads the far side by one more than the near side.

    Why: `same` means what it means in TensorFlow. PyTorch and Caffe pad both sides equally: the same weights give other
    values there, and a network that is ported loses accuracy.

    Source: TensorFlow, tf.nn.convolution ("Notes on padding"); docs/language.md, "Padding".

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 16, kernel: 3, stride: 2, padding: same}

    Good:
        input: 33x33x3
        layers:
          - conv: {filters: 16, kernel: 3, stride: 2, padding: same}
    """

    name: ClassVar[str] = "same-asymmetric"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        window = next(filter(_is_asymmetric, node.windows or ()), None)
        if window is None or node.windows is None or not _pads_asymmetrically(node.call):
            return
        sides = {"padding": tuple((each.near, each.far) for each in node.windows)}
        yield self.finding(
            f"`same` pads {window.near} before and {window.far} after: "
            "frameworks that pad both sides equally give other values",
            node.argument("padding"),
            label=f"{node.name} gets {node.volume}",
            help=alternatives(
                self.settings_that_help(node, graph, _pads_asymmetrically, sides), "says the same in numbers"
            ),
            layer=node.name,
        )


def _pads_asymmetrically(call: OperatorCall) -> bool:
    """Whether the two sides of an axis are padded differently."""
    return any(map(_is_asymmetric, call.windows or ()))


def _is_asymmetric(window: Window) -> bool:
    """Whether ``same`` pads the two sides differently where a stride rounds."""
    return window.same and window.stride > 1 and window.near != window.far
