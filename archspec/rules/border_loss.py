"""border-loss: convolutions without padding that cut the border away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._kinds import is_shared_convolution
from archspec.rules._settings import Threshold
from archspec.rules._windows import PLANE, covers
from archspec.rules._wording import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.operator_call import OperatorCall

_BORDER_SHARE, _BORDER_LAYERS = 0.25, 3


class BorderLoss(NetworkRule):
    """Consecutive convolutions without padding have removed a large part of the image.

    Why: every such layer drops the outermost positions, and fewer and fewer windows cover the border. With padding the
    size is kept, and the border counts as much as the center.

    Source: CS231n, Convolutional Networks, "Layer Sizing Patterns" (the borders would be "washed away" too quickly).
    The thresholds are archspec's own.

    Bad:
        input: 20x20x16
        layers:
          - {repeat: 4, layers: [{conv: {filters: 16, kernel: 3}}, relu]}

    Good:
        input: 20x20x16
        layers:
          - {repeat: 4, layers: [{conv: {filters: 16, kernel: 3, padding: 1}}, relu]}
    """

    name: ClassVar[str] = "border-loss"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "border-share": Threshold(_BORDER_SHARE, "share of the image's rows that unpadded convolutions may take away"),
        "border-layers": Threshold(_BORDER_LAYERS, "unpadded convolutions in a row from which `border-share` counts"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """One finding, at the layer that exceeds the share."""
        graph = report.graph
        images = [volume for volume in graph.inputs.values() if volume]
        if len(images) != 1 or len(images[0].spatial) < PLANE or not any(map(_loses_border, graph.calls)):
            return
        lost: dict[str, tuple[Fraction | int, int]] = {}
        steps = report.receptive_fields
        for node in graph.nodes:
            pixels, layers = max((lost.get(name, (0, 0)) for name in node.inputs), default=(0, 0))
            if is_shared_convolution(node.traits) and node.windows and _loses_border(node.call):
                window, field = node.windows[0], steps.get(node.inputs[0])
                step = field[0].stride if field else 1
                pixels, layers = pixels + (window.extent - 1 - window.near - window.far) * step, layers + 1
                side = images[0].spatial[0]
                if layers >= self.threshold("border-layers") and pixels > self.threshold("border-share") * side:
                    from archspec.rules.repair.arguments import with_arguments  # noqa: PLC0415 - for a finding only

                    lossy = [
                        each for each in graph.nodes if _loses_border(each.call) and is_shared_convolution(each.traits)
                    ]
                    kept = self.offers(node, graph, _loses_border, [with_arguments(lossy, {"padding": "same"})])
                    yield self.finding(
                        f"{layers} convolutions without padding have removed {pixels} of {side} rows",
                        node.place,
                        label=f"{node.name} turns {node.volume} into {node.output}",
                        help=alternatives(kept, "keeps the border"),
                        layer=node.name,
                    )
                    return
            if pixels:
                lost[node.name] = (pixels, layers)


def _loses_border(call: OperatorCall) -> bool:
    """Whether a filter that moves by one is not padded to keep the size."""
    windows = call.windows or ()
    lossy = [window for window in windows if window.stride == 1 and window.near + window.far < window.extent - 1]
    return bool(lossy) and not covers(windows)
