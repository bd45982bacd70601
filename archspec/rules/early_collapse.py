"""early-collapse: a map that shrinks to one or two positions too early."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._kinds import is_shared_convolution
from archspec.rules._neighbors import deciding_results
from archspec.rules._windows import LARGEST_POOL, PLANE, covers
from archspec.rules._wording import shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.operator_call import OperatorCall

_LEAST_POSITIONS = 64
"""Positions of the smallest input that is worth downsampling."""
_HELP = "halve less often, or give a larger input"


class EarlyCollapse(NetworkRule):
    """A convolution with a larger window reads a map that has shrunk to a single position.

    Or the strides before the head multiply to the side of the image, so that one position is left. Maps of 2x2 are an
    info. Networks that upsample again, and those with several results, may go down to one position.

    Why: all but the center of the window is padding: a 3x3 convolution on 1x1 computes a 1x1 convolution with nine
    times the weights. The network downsamples more often than the input allows.

    Source: CS231n, Convolutional Networks, "Layer Sizing Patterns"; Richter et al. 2021, "Should You Go Deeper?". That
    2x2 is reported is archspec's own.

    Bad:
        input: 8x8x16
        layers:
          - {repeat: 3, layers: [max_pool: 2]}
          - conv: {filters: 32, kernel: 3, padding: 1}
          - relu
          - fc: 10

    Good:
        input: 32x32x16
        layers:
          - {repeat: 3, layers: [max_pool: 2]}
          - conv: {filters: 32, kernel: 3, padding: 1}
          - relu
          - fc: 10
    """

    name: ClassVar[str] = "early-collapse"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """One finding, at the first such layer that is not itself the result."""
        graph = report.graph
        image = max((volume.positions for volume in graph.inputs.values() if volume), default=1)
        if image < _LEAST_POSITIONS or not (any(map(_sees_little, graph.calls)) or any(map(_leaves_one, graph.calls))):
            return
        results = deciding_results(graph)
        small = [
            node
            for node in graph.nodes
            if is_shared_convolution(node.traits) and node.is_checkable and _sees_little(node.call)
        ]
        single = [node for node in small if node.volume and node.volume.positions == 1]
        if not single and (strided := next(self._strided_to_one(report, results), None)):
            yield strided
            return
        for node in (single or small)[:1]:
            if node.windows is None or node.volume is None or node.name in results:
                continue
            yield self.finding(
                f"{shape(node.windows)} slides over {sizes(node.volume.spatial)}: most of it sees padding",
                node.place,
                severity=self.severity if node in single else Severity.INFO,
                label=f"{node.name} gets {node.volume}",
                help=(_HELP,),
                layer=node.name,
            )

    def _strided_to_one(self, report: Report, results: Collection[str]) -> Iterator[Diagnostic]:
        """The layers at which the strides multiply to the side of the image."""
        graph = report.graph
        image = next(iter(graph.inputs.values()), None)
        is_upsampled = any(call.operator is not None and call.operator.is_upsampling for call in graph.calls)
        if image is None or is_upsampled or len(graph.inputs) > 1 or len(graph.outputs) > 1:
            return
        fields = {layer.name: layer.receptive_field for layer in report.layers}
        for node in graph.nodes:
            steps = tuple(axis.stride for axis in fields.get(node.name) or ())
            if not _leaves_one(node.call) or node.name in results or len(steps) != len(image.spatial):
                continue
            if all(step >= side for step, side in zip(steps, image.spatial, strict=True) if side > 1):
                yield self.finding(
                    f"the strides up to here multiply to {'x'.join(map(str, steps))}, and the image is "
                    f"{sizes(image.spatial)}: one position is left",
                    node.place,
                    label=f"{node.name} turns {node.volume} into {node.output}",
                    help=(_HELP,),
                    layer=node.name,
                )


def _leaves_one(call: OperatorCall) -> bool:
    """Whether a layer that moves by steps leaves one position; a window that is large and sees all is a global one."""
    windows, output = call.windows or (), call.output
    is_step = (
        output is not None
        and output.positions == 1
        and any(window.stride > 1 and window.size > 1 for window in windows)
    )
    return is_step and not (covers(windows) and max(window.kernel for window in windows) > LARGEST_POOL)


def _sees_little(call: OperatorCall) -> bool:
    """Whether a padded window is wider than the map that it slides over."""
    windows = call.windows or ()
    return bool(windows) and all(window.size <= PLANE and window.kernel > window.size for window in windows)
