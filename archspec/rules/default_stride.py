"""default-stride: an implicit stride that may be unexpected."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._windows import PLANE, covers, is_large_pool
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class DefaultStride(CallRule):
    """A max pool with a kernel larger than 2 has no ``stride``, so that its stride is its kernel size.

    Why: the windows do not overlap, and the map shrinks by the kernel size: a 3x3 pool turns 32 into 10, where those of
    AlexNet and ResNet have stride 2. PyTorch and Keras have the same default; in Caffe and ONNX it is 1.

    Source: docs/language.md, "Arguments" (pools); Caffe, Pooling Layer ("stride, default 1");
    ONNX, MaxPool ("strides"); PyTorch, torch.nn.MaxPool2d ("Default value is kernel_size").

    Bad:
        input: 33x33x16
        layers:
          - max_pool: 3

    Good:
        input: 33x33x16
        layers:
          - max_pool: {kernel: 3, stride: 2}
    """

    name: ClassVar[str] = "default-stride"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not _is_unstated_stride(node.call):
            return
        kernels = tuple(window.kernel for window in node.windows or ())
        overlapping = self.settings_that_help(node, graph, _is_unstated_stride, {"stride": PLANE})
        present = self.settings_that_help(node, graph, _is_unstated_stride, {"stride": kernels})
        yield self.finding(
            f"no stride is given: windows of {sizes(kernels)} move by {sizes(kernels)}",
            node.place,
            label=f"{node.name} turns {node.volume} into {node.output}",
            help=(
                *(f"write the stride, such as {offer.text} for windows that overlap" for offer in overlapping),
                *(f"write the stride that it has, {offer.text}" for offer in present if not overlapping),
            ),
            layer=node.name,
        )


def _is_unstated_stride(call: OperatorCall) -> bool:
    """Whether a pool has the stride of its kernel by default; kernels of 2 are usual, large-pool reports large ones."""
    windows = call.windows or ()
    unstated = getattr(call.operator, "stride", 1) is None
    odd = unstated and any(window.kernel > PLANE for window in windows)
    return odd and not covers(windows) and not is_large_pool(call)
