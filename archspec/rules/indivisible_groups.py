"""indivisible-groups: groups that do not divide the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import AppliedRule
from archspec.rules._repair import settings_fix
from archspec.rules._wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Division, Operator
    from archspec.volume import Volume

_FARTHEST = 64
"""How far from the present value of the argument others are looked for."""


class IndivisibleGroups(AppliedRule):
    """``groups`` does not divide the channels that arrive, or the filters.

    Why: every group gets as many channels and filters as every other.

    Source: Krizhevsky et al. 2012, section 3.2 (two groups); PyTorch, torch.nn.Conv2d.

    Bad:
        input: 32x32x3
        layers:
          - conv: {filters: 8, kernel: 3, groups: 2}

    Good:
        input: 32x32x4
        layers:
          - conv: {filters: 8, kernel: 3, groups: 2}
    """

    name: ClassVar[str] = "indivisible-groups"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """A finding for each number that does not divide."""
        if node.operator is None or node.volume is None:
            return
        for division in node.operator.divisions([node.volume]):
            if division.number % division.by:
                from fractions import Fraction  # noqa: PLC0415 - a clean spec has no fractions

                below = division.number // division.by * division.by
                legal = [str(near) for near in (below, below + division.by) if near]
                nearest = legal[-1] if division.number % division.by * 2 >= division.by else legal[0]
                yield self.finding(
                    f"`{division.argument}: {division.by}` does not divide the {division.number} {division.what}: "
                    f"{division.number}/{division.by} = {number(Fraction(division.number, division.by))}",
                    node.argument(division.argument),
                    label=f"{node.name} gets {node.volume}",
                    help=(
                        f"{' or '.join(legal)} {division.what} would do"
                        + _others(node.operator, node.volume, division),
                    ),
                    layer=node.name,
                    fix=settings_fix(node, graph, [("filters", nearest)] if division.what == "filters" else ()),
                )


def _others(operator: Operator, volume: Volume, division: Division) -> str:
    """The nearest values of the argument that divide all they must, as the end of a phrase."""
    present = getattr(operator, division.argument, None)
    if not isinstance(present, int):
        return ""

    def divides(value: int) -> bool:
        tried = operator.model_copy(update={division.argument: value}).divisions([volume])
        return all(each.number % each.by == 0 for each in tried)

    largest = min(present - 1, division.number)  # what is larger than a number does not divide it
    below = next((value for value in range(largest, max(1, largest - _FARTHEST), -1) if divides(value)), None)
    above = next((value for value in range(present + 1, present + _FARTHEST) if divides(value)), None)
    values = [f"`{division.argument}: {value}`" for value in (below, above) if value is not None]
    return f"; so would {' or '.join(values)}" if values else ""
