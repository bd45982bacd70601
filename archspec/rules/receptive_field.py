"""receptive-field: positions that see too little of the image, or layers after those that see all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._neighbors import SEEING_LAYERS, SEEING_SHARE, pools_of_results, seeing_all
from archspec.rules._settings import Threshold
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class ReceptiveField(NetworkRule):
    """Most convolutions come after the receptive field covers the whole image, or it never does.

    Why: later layers have no further context to integrate. Trained on such small inputs, they were found to add
    nothing: the network could end before them, or needs larger images. Where a global pool averages positions that see
    only a part of the image, nothing relates the parts: the network is a bag of patches.

    Source: Richter et al. 2021, "Should You Go Deeper? Optimizing Convolutional Neural Network Architectures without
    Training by Receptive Field Analysis"; Brendel and Bethge 2019, "Approximating CNNs with Bag-of-local-Features
    Models Works Surprisingly Well on ImageNet". The thresholds are archspec's own.

    Bad:
        input: 16x16x16
        layers:
          - {repeat: 17, layers: [{conv: {filters: 16, kernel: 3, padding: 1}}, relu]}

    Good:
        input: 32x32x16
        layers:
          - {repeat: 17, layers: [{conv: {filters: 16, kernel: 3, padding: 1}}, relu]}
    """

    name: ClassVar[str] = "receptive-field"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO
    thresholds: ClassVar[Mapping[str, Threshold]] = {
        "unproductive-share": Threshold(SEEING_SHARE, "share of the convolutions that may come when all is seen"),
        "unproductive-layers": Threshold(SEEING_LAYERS, "convolutions from which `unproductive-share` counts"),
    }

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding at the first layer that sees the whole image, and one at each pool of positions that do not."""
        yield from self._too_late(report)
        yield from self._too_little(report)

    def _too_little(self, report: Report) -> Iterator[Diagnostic]:
        graph = report.graph
        image = next(iter(graph.inputs.values()), None)
        fields = report.receptive_fields
        for pool in pools_of_results(graph):
            sees = tuple(axis.size for axis in fields.get(pool.inputs[0]) or ())
            if image is None or len(sees) != len(image.spatial) or len(graph.inputs) > 1:
                continue
            if any(seen < side for seen, side in zip(sees, image.spatial, strict=True)):
                yield self.finding(
                    f"{pool.kind} brings together positions that see {sizes(sees)} of the image of "
                    f"{sizes(image.spatial)}",
                    pool.place,
                    label=f"{pool.name} gets {pool.volume}",
                    help=("further layers, strides or dilation before it let each position see more",),
                    layer=pool.name,
                )

    def _too_late(self, report: Report) -> Iterator[Diagnostic]:
        graph = report.graph
        found = seeing_all(graph, *map(self.threshold, self.thresholds))
        image = next(iter(graph.inputs.values()), None)
        if found is not None and image is not None:
            first = found.layers[0]
            yield self.finding(
                f"{len(found.layers)} of {found.of} convolutions come after the receptive field covers the whole "
                f"image of {sizes(image.spatial)}",
                first.place,
                label=f"{first.name} gets positions that see {sizes(found.sees)}",
                help=("end the network earlier, halve later, or give larger images",),
                layer=first.name,
            )
