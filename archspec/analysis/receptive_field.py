"""Receptive fields: which input positions an output position can depend on.

The recurrences are those of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
Networks" (Distill 2019): a window of extent k and stride s over a field of size r and stride j gives
size ``r + (k - 1) j``, stride ``s j``, and moves the start by ``-near j``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archspec.graph.model import Graph
    from archspec.ops._window import Window


class AxisField(NamedTuple):
    """The field along one axis, in input positions: ``offset`` is the first position the first output sees.

    Negative offsets lie in the padding; sizes are not cut at the input's borders.
    """

    size: int = 1
    stride: int = 1
    offset: int = 0

    def through(self, window: Window) -> AxisField:
        """The field after one more window."""
        return AxisField(
            self.size + (window.extent - 1) * self.stride,
            self.stride * window.stride,
            self.offset - window.near * self.stride,
        )


ReceptiveField = tuple[AxisField, ...]


def receptive_fields(graph: Graph) -> dict[str, ReceptiveField | None]:
    """The field of every input and node by name, an entry per spatial axis; None where it is unknown."""
    fields: dict[str, ReceptiveField | None] = {
        name: tuple(AxisField() for _ in volume.spatial) if volume else None for name, volume in graph.inputs.items()
    }
    for node in graph.nodes:
        before = fields[node.inputs[0]]
        if before is None or not node.is_known or node.windows is None:
            fields[node.name] = None
        else:
            steps = zip(before, node.windows, strict=True)
            fields[node.name] = tuple(axis.through(window) for axis, window in steps)
    return fields
