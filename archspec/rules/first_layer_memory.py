"""first-layer-memory: the first maps, at the size of the image, take most of the activation memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._costs import EARLY_BYTES, EARLY_SHARE, LARGE_IMAGE, large_first_maps
from archspec.rules._settings import Threshold
from archspec.spec.models import ITEM_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.graph.operator_call import OperatorCall
    from archspec.rules._costs import FirstMaps

_COMPROMISES = ((7, 2, "ZFNet"), (11, 4, "AlexNet"))
"""Kernel and stride of first layers that CS231n names."""
_SHOWN = 3


class FirstLayerMemory(NetworkRule):
    """The maps at the size of the image hold a large part of all activations.

    Why: every map is kept until the backward pass, so that the first few layers decide which batch size fits. A first
    convolution with a larger kernel and a stride makes all maps after it smaller.

    Source: CS231n, Convolutional Networks, "Layer Sizing Patterns" (compromising based on memory constraints). The
    thresholds are archspec's own.

    Bad:
        input: 224x224x3
        layers:
          - conv: {filters: 64, kernel: 3, padding: 1}
          - relu

    Good:
        input: 224x224x3
        layers:
          - conv: {filters: 64, kernel: 7, stride: 2, padding: 3, fit: crop}
          - relu
    """

    name: ClassVar[str] = "first-layer-memory"
    group: ClassVar[Group] = "cost"
    severity: ClassVar[Severity] = Severity.INFO
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "early-share": Threshold(EARLY_SHARE, "share of all activations that maps of the image's size may hold"),
        "early-bytes": Threshold(EARLY_BYTES, "bytes of a sample from which such maps are reported"),
        "large-image": Threshold(LARGE_IMAGE, "side of an image from which its maps are reported"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """One finding, at the first convolution."""
        found = large_first_maps(report.graph, *map(self.threshold, self.thresholds))
        if found is None or found.first.volume is None:
            return
        item = ITEM_BYTES[report.graph.header.dtype]
        size = "x".join(map(str, found.first.volume.spatial))
        largest = sorted(found.maps, key=lambda each: -each.size)[:_SHOWN]
        shown = ", ".join(f"{each.name} {_megabytes(each.size * item)}" for each in largest)
        yield self.finding(
            f"maps of {size} hold {_megabytes(found.early * item)} of the {_megabytes(found.total * item)} "
            "that a sample keeps",
            found.first.place,
            label=f"{found.first.name} gives {found.first.output}",
            notes=(f"the largest: {shown}",),
            help=tuple(self._help(found, report.graph)),
            layer=found.first.name,
        )

    def _help(self, found: FirstMaps, graph: Graph) -> Iterator[str]:
        """What a first convolution with a stride would save: maps after it shrink by the square of the stride."""
        image = found.first.volume

        def is_as_large(call: OperatorCall) -> bool:
            return call.output is None or image is None or call.output.spatial == image.spatial

        for kernel, stride, network in _COMPROMISES:
            arguments = {"kernel": kernel, "stride": stride, "padding": "same"}
            for offer in self.settings_that_help(found.first, graph, is_as_large, arguments):
                saved = found.total * ITEM_BYTES[graph.header.dtype] * (1 - 1 / stride**2)
                yield f"{offer.text}, much like {network}, would save about {_megabytes(saved)}"


def _megabytes(size: float) -> str:
    return f"{size / 10**6:.1f} MB"
