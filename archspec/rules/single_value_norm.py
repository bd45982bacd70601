"""single-value-norm: normalization of a single value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import NodeRule
from archspec.rules._wording import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall


class SingleValueNorm(NodeRule):
    """The mean and variance of a norm come from a single value.

    Instance norm has one value per channel at one position, group norm with as many groups as channels too, and layer
    norm with one channel. Batch norm has one in training with a batch of one; without `batch` in the spec that is an
    info, for the layer only needs batches of at least two.

    Why: the mean of one value is the value itself, so that nothing is left of the input; PyTorch rejects most of them.

    Source: Ioffe and Szegedy 2015, algorithm 1; PyTorch ("Expected more than 1 value per channel when training",
    "Expected more than 1 spatial element when training").

    Bad:
        input: 1x1x64
        batch: 32
        layers:
          - instance_norm

    Good:
        input: 1x1x64
        batch: 32
        layers:
          - layer_norm
    """

    name: ClassVar[str] = "single-value-norm"

    def concerns(self, call: OperatorCall) -> bool:
        """Whether a norm may have a single value for a mean."""
        volume = call.input_volumes[0]
        return _takes_one_value(call) or (volume is not None and volume.positions <= 1)

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding."""
        if node.traits.has_batch_statistics:
            yield from self._of_batch(node, graph)
        elif _takes_one_value(node.call):
            yield self.finding(
                f"each mean is that of a single value, so that {node.name} gives the same for any input",
                node.place,
                label=f"{node.name} gets {node.volume}",
                help=(*self._fewer_groups(node, graph), _other_norm(node)),
                layer=node.name,
            )

    def _of_batch(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        if node.volume is None or node.volume.positions > 1 or graph.header.batch > 1:
            return
        # Both ways out need no trial: with a larger batch, and for a norm of each sample, the condition above is false.
        stated = graph.header.is_batch_stated
        yield self.finding(
            f"in training, a channel has one value to normalize: {node.volume} with a batch of 1"
            if stated
            else f"in training this needs a batch of at least 2: {node.volume} has one value per channel",
            node.place,
            severity=Severity.ERROR if stated else Severity.INFO,
            label=f"{node.name} gets {node.volume}",
            help=("write `batch: 2` or more, or use `layer_norm`, which normalizes each sample",),
            layer=node.name,
        )

    def _fewer_groups(self, node: Node, graph: Graph) -> tuple[str, ...]:
        """The most groups that have several values each."""
        channels = node.volume.channels if node.volume else 1
        most = next((channels // size for size in range(2, channels + 1) if channels % size == 0), None)
        offers = self.settings_that_help(node, graph, _takes_one_value, {"groups": most}) if most else []
        return alternatives(offers, f"normalizes {channels // most if most else 0} channels together")


def _takes_one_value(call: OperatorCall) -> bool:
    """Whether a norm of each sample has a single value for each mean."""
    return call.is_known and call.operator is not None and call.operator.values_per_mean(call.known_inputs) == 1


def _other_norm(node: Node) -> str:
    if node.volume is not None and node.volume.channels > 1:
        return f"remove {node.name}, or use `layer_norm`, which normalizes all channels of a position together"
    return f"remove {node.name}"
