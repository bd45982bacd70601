"""What the condition of an item depends on, and so when it can be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archspec.spec.items import Item
    from archspec.syntax.expressions import ParsedExpression
    from archspec.syntax.nodes import Scalar

COUNTER = "i"
"""The name of the number of a round."""


class ConditionReads(NamedTuple):
    """What ``when`` depends on: the volume, that of ``from``, the number of a round of the item's own ``repeat``."""

    volume: bool = False
    source: bool = False
    round: bool = False


_NOTHING = ConditionReads()


def condition_reads(item: Item) -> ConditionReads:
    """What the condition of an item depends on."""
    if item.when is None or not isinstance(item.when.value, str):
        return _NOTHING
    reads = reads_volume(item.when)
    in_rounds = item.repeat is not None and any(COUNTER in each.names for each in expressions(item.when))
    return ConditionReads(reads, reads and item.source is not None, in_rounds)


def reads_volume(scalar: Scalar) -> bool:
    """Whether a value depends on the input volume."""
    return any(each.reads_volume for each in expressions(scalar))


def expressions(scalar: Scalar) -> tuple[ParsedExpression, ...]:
    """The expressions in a scalar; none where they cannot be read, which is reported when they are evaluated."""
    if not isinstance(scalar.value, str) or "$" not in scalar.value:
        return ()
    from archspec.syntax.expressions import ExpressionError, template  # noqa: PLC0415 - many specs have no expression

    try:
        found = template(scalar.value)
    except ExpressionError:
        return ()
    return found.expressions if found else ()
