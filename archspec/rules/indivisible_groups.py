"""indivisible-groups: groups that do not divide the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.rules._base import CallRule
from archspec.rules._wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Division
    from archspec.rules.repair.candidates import Offer


class IndivisibleGroups(CallRule):
    """``groups`` does not divide the input channels, or the filters.

    Why: every group has the same number of channels and of filters.

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

                from archspec.rules.repair.divisors import other_divisors, other_multiples  # noqa: PLC0415
                from archspec.rules.repair.edits import offered_fix  # noqa: PLC0415

                multiples = other_multiples(node, graph, division)
                divisors = other_divisors(node, graph, division)
                yield self.finding(
                    f"{_divisor(division, node)} the {division.number} {division.what}: "
                    f"{division.number}/{division.by} = {number(Fraction(division.number, division.by))}",
                    node.argument(division.argument),
                    label=f"{node.name} gets {node.volume}",
                    help=_help(division, multiples, divisors),
                    layer=node.name,
                    fix=offered_fix(graph, [offer for offer in multiples[:1] if node.name in offer.changes]),
                )


def _divisor(division: Division, node: Node) -> str:
    """The argument as it is written, and what must divide where that is another number."""
    present = getattr(node.operator, division.argument, division.by)
    if present == division.by:
        return f"`{division.argument}: {division.by}` does not divide"
    return f"`{division.argument}: {present}` makes one channel of {division.by}, which does not divide"


def _help(division: Division, multiples: list[Offer], divisors: list[Offer]) -> tuple[str, ...]:
    """``2 or 4 input channels would do; so would `groups: 3```."""
    numbers = sorted((offer.text for offer in multiples), key=int)
    of_numbers = [f"{' or '.join(numbers)} {division.what}"] if numbers else []
    of_divisors = [" or ".join(offer.text for offer in divisors)] if divisors else []
    first, *others = [*of_numbers, *of_divisors] or [""]
    return (f"{first} would do" + "".join(f"; so would {other}" for other in others),) if first else ()
