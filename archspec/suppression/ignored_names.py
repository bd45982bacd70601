"""Names of rules under the ``ignore`` of layers, checked: the reader of specs takes any text, for it knows no rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.rules import RULES
from archspec.spec.validate import rename
from archspec.syntax import nearest, only_candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.spec.items import Item
    from archspec.syntax.nodes import Scalar


def unknown_ignored_rules(items: Iterable[Item]) -> Iterator[Diagnostic]:
    """A finding for each name that no rule has."""
    for item in items:
        yield from (_unknown(name) for name in item.ignore if name.value not in RULES)


def _unknown(name: Scalar) -> Diagnostic:
    near = nearest(str(name.value), RULES)
    return Diagnostic(
        rule="unknown-rule",
        message=f"there is no rule `{name.value:.60}`" + (f"; did you mean `{near}`?" if near else ""),
        span=name.span,
        help=(f"write `{near}`" if near else f"rules of layers are {', '.join(RULES)}",),
        fix=rename(name.span, near, safe=only_candidate(str(name.value), RULES) is not None) if near else None,
    )
