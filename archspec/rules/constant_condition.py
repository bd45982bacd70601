"""constant-condition: a condition that never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import FamilyRule, Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec
    from archspec.syntax.nodes import Scalar


class ConstantCondition(FamilyRule):
    """A ``when`` is always true, or always false, in all networks of the file.

    Why: the item does not need the condition, or can be removed; usually the condition tests the wrong thing.

    Source: docs/language.md, on conditions and variants.

    Bad:
        input: 8x8x3
        layers:
          - {when: $(in.channels == 3), relu: }

    Good:
        input: 8x8x3
        layers:
          - {relu: }
    """

    name: ClassVar[str] = "constant-condition"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_family(self, spec: Spec, graphs: Sequence[Graph]) -> Iterator[Diagnostic]:  # noqa: ARG002 - the graphs tell
        """A finding for each condition that was evaluated."""
        seen: dict[Scalar, set[bool]] = {}
        for graph in graphs:
            for scalar, values in graph.conditions.items():
                seen.setdefault(scalar, set()).update(values)
        for scalar, values in seen.items():
            if len(values) == 1:
                always = True in values
                help_ = "remove `when`" if always else "remove the item, or correct the condition"
                message = f"this condition is {'always' if always else 'never'} true"
                yield self.finding(message, scalar.span, help=(help_,))
