"""merge-mismatch: branches that don't fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Label
from archspec.rules._base import AppliedRule
from archspec.rules._branches import branches_of
from archspec.rules._differing import axes_that_differ, changing_at_borders, is_multiple, not_halving, roundings_behind
from archspec.rules._merge_ways import ways_to_mend
from archspec.rules._retold import rounding_label
from archspec.rules._wording import join
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node

_WANTS = {
    "add": "add wants equal volumes",
    "concat": "concat wants equal spatial axes",
    "multiply": "multiply wants equal volumes, or gates of 1x1 positions",
}
_MOST = 4
"""Layers at whose borders a size changes that are pointed at."""


class MergeMismatch(AppliedRule):
    """The volumes that a merge joins do not fit together.

    Why: somewhere between the layer where the branches part and this one, a stride, a kernel or a number of filters
    differs from what the other branch does; a pool that rounds an odd size down is the usual culprit.

    Source: He et al. 2016, section 3.2 (the dimensions of x and F must be equal in eq. 1).

    Bad:
        input: 8x8x16
        layers:
          - add: [[{conv: {filters: 32, kernel: 3, padding: same}}], []]

    Good:
        input: 8x8x16
        layers:
          - add: [[{conv: {filters: 16, kernel: 3, padding: same}}], []]
    """

    name: ClassVar[str] = "merge-mismatch"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding for a merge of known volumes that gives none."""
        volumes = [volume for volume in node.received if volume is not None]
        if node.kind not in _WANTS or node.output is not None or len(volumes) != len(node.received):
            return
        parting, own = branches_of(node, graph)
        listed = [f"{volume} from {name}" for volume, name in zip(volumes, node.inputs, strict=True)]
        yield self.finding(
            f"{_WANTS[node.kind]}, got {join(listed)}",
            node.place,
            label=f"{node.name} can't join them",
            labels=tuple(_labels(node, graph)),
            notes=(f"the branches part after {parting}",) if parting else (),
            help=tuple(ways_to_mend(node, volumes, own, graph)),
            layer=node.name,
        )


def _labels(node: Node, graph: Graph) -> Iterator[Label]:
    """The layers that make a difference: by rounding, or else at their borders."""
    volumes = [volume for volume in node.received if volume is not None]
    axes = axes_that_differ(volumes)
    rounded = roundings_behind(node, graph)
    yield from (rounding_label(step, axes) for step in rounded)
    if not rounded and not is_multiple(volumes):
        steps = [step for branch in branches_of(node, graph).own for step in branch]
        for step in (changing_at_borders(steps, axes) or not_halving(steps, axes))[:_MOST]:
            if step.volume and step.output:
                made = f"{sizes(step.output.spatial)} of {sizes(step.volume.spatial)}"
                yield Label(step.place, f"{step.name} makes {made}")
