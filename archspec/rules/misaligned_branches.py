"""misaligned-branches: branches whose receptive fields are not aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import Group, NetworkRule
from archspec.rules._wording import join, number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from archspec.analysis.receptive_field import ReceptiveField
    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic


class MisalignedBranches(NetworkRule):
    """The receptive fields of branches that are joined have their centers at different positions.

    Why: a strided window with more padding on one side than on the other is shifted against the windows of the other
    branch. Sums and concatenations then mix neighboring positions, shifted by a part of the stride.

    Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.

    Bad:
        input: 16x16x8
        layers:
          - add:
              main: [{conv: {filters: 8, kernel: 4, stride: 2, padding: 1}}]
              shortcut: [{conv: {filters: 8, kernel: 6, stride: 2, padding: [[1, 3], [1, 3]]}}]

    Good:
        input: 16x16x8
        layers:
          - add:
              main: [{conv: {filters: 8, kernel: 4, stride: 2, padding: 1}}]
              shortcut: [{conv: {filters: 8, kernel: 6, stride: 2, padding: [[2, 2], [2, 2]]}}]
    """

    name: ClassVar[str] = "misaligned-branches"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.INFO

    def check(self, report: Report) -> Iterator[Diagnostic]:
        """A finding for each such merge of maps of one network that never grow."""
        graph = report.graph
        if any(call.operator is not None and call.operator.is_upsampling for call in graph.calls):
            return
        fields = report.receptive_fields
        for node in graph.nodes:
            if node.traits.merge not in ("sum", "concatenation"):
                continue
            seen = [field for field in map(fields.get, node.inputs) if field]
            if len(seen) < len(node.inputs) or len({tuple(axis.stride for axis in field) for field in seen}) > 1:
                continue
            if len({2 * field[0].offset + field[0].size for field in seen}) > 1 and all(
                axis.stride > 1 for axis in seen[0]
            ):
                places = [f"{number(_middle(field))} of {name}" for field, name in zip(seen, node.inputs, strict=True)]
                yield self.finding(
                    f"the branches' receptive fields are not aligned: the first ones are "
                    f"centered on row {join(places)}",
                    node.place,
                    label=f"{node.name} joins them; the stride is {seen[0][0].stride}",
                    help=("pad the strided layers of all branches alike: (kernel - 1) / 2 in front",),
                    layer=node.name,
                )


def _middle(field: ReceptiveField) -> Fraction:
    """The center of the first output's receptive field along the first axis."""
    from fractions import Fraction  # noqa: PLC0415 - for a finding only

    return field[0].offset + Fraction(field[0].size - 1, 2)
