"""large-pool: a max pool that drops most of its input."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import CallRule, Group
from archspec.rules._windows import LARGEST_POOL, is_large_pool
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class LargePool(CallRule):
    """A max pool with a stride has windows larger than 3x3.

    Why: only one value of every window is kept. Larger windows are mostly too destructive; two small pools with a
    convolution in between lose less.

    Source: CS231n, Convolutional Networks, "Pooling Layer" (2x2 with stride 2 is common, 3x3 with stride 2 rarer,
    larger ones are too destructive).

    Bad:
        input: 32x32x16
        layers:
          - max_pool: {kernel: 4, stride: 4}

    Good:
        input: 32x32x16
        layers:
          - max_pool: {kernel: 2, stride: 2}
    """

    name: ClassVar[str] = "large-pool"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if not is_large_pool(node.call):
            return
        usual = self.settings_that_help(node, graph, is_large_pool, {"kernel": 2, "stride": 2})
        largest = self.settings_that_help(node, graph, is_large_pool, {"kernel": LARGEST_POOL, "stride": 2})
        kernel = tuple(window.kernel for window in node.windows or ())
        yield self.finding(
            f"a max pool of {sizes(kernel)} keeps one of {prod(kernel)} values",
            node.argument("kernel"),
            label=f"{node.name} turns {node.volume} into {node.output}",
            help=(
                *(f"{offer.text} is usual" for offer in usual),
                *(f"{offer.text} is the largest that is common" for offer in largest),
            ),
            layer=node.name,
        )
