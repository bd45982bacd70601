"""merge-mismatch: branches that do not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule
from archspec.rules._wording import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class MergeMismatch(CallRule):
    """The volumes that a merge joins do not fit together.

    Why: somewhere between the layer where the branches split and this one, a stride, a kernel or a number of filters
    differs from that of the other branch; usually a pool rounds an odd size down.

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
        """One finding for a merge of known volumes that has no output."""
        volumes = node.call.known_inputs
        if node.traits.merge is None or node.output is not None or len(volumes) != len(node.input_volumes):
            return
        from archspec.rules._branches import branches_of  # noqa: PLC0415 - all of this for a fault only
        from archspec.rules.repair.branch_differences import labels_of  # noqa: PLC0415
        from archspec.rules.repair.merges import merge_repairs  # noqa: PLC0415

        parting, own = branches_of(node, graph)
        listed = [f"{volume} from {name}" for volume, name in zip(volumes, node.inputs, strict=True)]
        yield self.finding(
            f"{node.kind} needs {node.traits.merges_only}, got {join(listed)}",
            node.place,
            label=f"{node.name} can't join them",
            labels=tuple(labels_of(node, graph)),
            notes=(f"the branches split after {parting}",) if parting else (),
            help=tuple(merge_repairs(node, volumes, own, graph)),
            layer=node.name,
        )
