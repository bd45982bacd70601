"""single-value-norm: batch normalization of one value per channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import NodeRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class SingleValueNorm(NodeRule):
    """In training, batch norm has a single value per channel: one position, and a batch of one.

    Why: the mean of one value is the value itself, so that the output is zero; PyTorch rejects it. Without `batch` in
    the spec it is a warning: the layer needs batches of at least two.

    Source: Ioffe and Szegedy 2015, algorithm 1; PyTorch ("Expected more than 1 value per channel when training").

    Bad:
        input: 1x1x64
        batch: 1
        layers:
          - batch_norm

    Good:
        input: 1x1x64
        batch: 2
        layers:
          - batch_norm
    """

    name: ClassVar[str] = "single-value-norm"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if node.volume is None or node.volume.positions > 1 or graph.header.batch > 1:
            return
        # Both ways out need no trial: with a larger batch, and for a norm of each sample, the condition above is false.
        stated = graph.header.is_batch_stated
        yield self.finding(
            f"in training, a channel has one value to normalize: {node.volume} with a batch of 1"
            if stated
            else f"in training this needs a batch of at least 2: {node.volume} has one value per channel",
            node.place,
            severity=Severity.ERROR if stated else Severity.WARNING,
            label=f"{node.name} gets {node.volume}",
            help=("write `batch: 2` or more, or use `layer_norm`, which normalizes each sample",),
            layer=node.name,
        )
