"""odd-input: an input that cannot be halved as often as the network halves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._settings import Threshold
from archspec.rules._wording import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import Window

LEAST_HALVINGS = 3


class OddInput(NetworkRule):
    """The side of the input cannot be halved as often as the network halves it.

    Why: where a map of odd size is halved, one side is padded or cropped differently from the other, and upsampling
    does not restore the original size. Sizes that can be halved many times avoid it.

    Source: CS231n, Convolutional Networks, "Layer Sizing Patterns" (32, 64, 96, 224, 384, 512). That fewer than three
    halvings do not matter is archspec's own.

    Bad:
        input: 97x97x3
        layers:
          - {repeat: 3, layers: [{conv: {filters: 16, kernel: 3, stride: 2, padding: 1}}, relu]}

    Good:
        input: 96x96x3
        layers:
          - {repeat: 3, layers: [{conv: {filters: 16, kernel: 2, stride: 2, padding: 0}}, relu]}
    """

    name: ClassVar[str] = "odd-input"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "least-halvings": Threshold(LEAST_HALVINGS, "halvings from which the side of the input should be divisible"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """One finding, for the first axis that is odd where it is halved; none where a stride drops input."""
        graph = report.graph
        images = [volume for volume in graph.inputs.values() if volume]
        windows = [window for call in graph.calls for window in call.windows or ()]
        is_map = len(images) == 1 and len(images[0].spatial) > 1
        if not is_map or not any(map(_halves_odd, windows)) or any(window.lost for window in windows):
            return
        times = [_halvings(report, axis) for axis in range(len(images[0].spatial))]
        for node in graph.nodes:
            for axis, window in enumerate(node.windows or ()):
                if len(node.windows or ()) != len(times) or not _halves_odd(window):
                    continue
                size, often = images[0].spatial[axis], times[axis]
                can = (size & -size).bit_length() - 1
                if can < often and often >= self.threshold("least-halvings") and size >> often:
                    steps = [1 << each for each in times]
                    yield self.finding(
                        f"{size} can be halved {can} times, but the network halves it {often} times",
                        graph.place("input"),
                        label=f"{node.name} gets {node.volume}",
                        help=self._nearest(node, graph, steps),
                    )
                    return

    def _nearest(self, node: Node, graph: Graph, steps: list[int]) -> tuple[str, ...]:
        """The nearest inputs whose sides are multiples of these steps."""
        from archspec.rules.repair.network_inputs import multiples  # noqa: PLC0415 - for a finding only

        offers = self.offers(node, graph, _has_odd_halving, multiples(graph, steps))
        return (f"the nearest sides that can: {join([offer.text for offer in offers], 'or')}",) if offers else ()


def _has_odd_halving(call: OperatorCall) -> bool:
    return any(map(_halves_odd, call.windows or ()))


def _halvings(report: Report, axis: int) -> int:
    """How often the network halves an axis, by how far apart the fields of its farthest map lie; 0 if not by halves."""
    known = [report.receptive_fields[node.name] for node in report.graph.nodes if node.is_known]
    fields = {id(field): field for field in known if field}.values()  # most layers see what the one before does
    stride = max((field[axis].stride for field in fields if axis < len(field)), default=1)
    is_power = isinstance(stride, int) and stride > 0 and stride & (stride - 1) == 0
    return stride.bit_length() - 1 if is_power and isinstance(stride, int) else 0


def _halves_odd(window: Window) -> bool:
    """Whether a window that is padded to halve its axis gets an odd size."""
    total = window.near + window.far
    meant = total in (window.extent - 1, window.extent - window.stride)
    return window.stride % 2 == 0 and window.size % window.stride > 0 and meant and window.size > window.stride
