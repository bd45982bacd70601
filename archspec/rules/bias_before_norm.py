"""bias-before-norm: a bias that the norm after it cancels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._layer_order import biases_before_norms, has_channel_bias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class BiasBeforeNorm(NetworkRule):
    """A convolution or dense layer adds a bias, and the norm after it cancels it.

    Why: batch norm and instance norm subtract the mean of every channel, and the bias with it; batch norm has a shift
    of its own. The bias is learned and stored for nothing. Layer norm takes its mean over all channels, and group norm
    over the channels of a group, so that a bias before them has an effect.

    Source: Ioffe and Szegedy 2015, section 3.2 ("the bias b can be ignored").

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 64, kernel: 3}
          - batch_norm
          - relu

    Good:
        input: 32x32x3
        layers:
          - conv: {filters: 64, kernel: 3, bias: false}
          - batch_norm
          - relu
    """

    name: ClassVar[str] = "bias-before-norm"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each such layer, at the layer that has the bias."""
        for node, earlier in biases_before_norms(report.graph):
            without = self.settings_that_help(earlier, report.graph, has_channel_bias, {"bias": False})
            biases = earlier.output.channels if earlier.output else 0
            what = "the only bias" if biases == 1 else f"the {biases:,} biases"
            yield self.finding(
                f"{node.name} cancels {what} of {earlier.name}",
                earlier.place,
                label=f"{earlier.name} learns biases that have no effect",
                labels=node.labels("its mean is subtracted here"),
                help=tuple(f"write {offer.text} at {earlier.name}" for offer in without),
                layer=earlier.name,
            )
