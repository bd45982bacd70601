"""unused-parameter: a parameter that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import FamilyRule, Group
from archspec.rules._names_read import names_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec
    from archspec.syntax.nodes import Scalar


class UnusedParameter(FamilyRule):
    """No expression reads a parameter of the file or of a block.

    Why: setting it has no effect, which is easily overlooked.

    Source: docs/language.md, on parameters and blocks.

    Bad:
        input: 8x8x3
        params: {classes: 10}
        layers:
          - fc: 100

    Good:
        input: 8x8x3
        params: {classes: 10}
        layers:
          - fc: $classes
    """

    name: ClassVar[str] = "unused-parameter"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_family(self, spec: Spec, graphs: Sequence[Graph]) -> Iterator[Diagnostic]:  # noqa: ARG002 - the text tells
        """A finding for each parameter."""
        read = set(names_read(spec.tree))
        for key, _ in spec.defaults:
            if key.text not in read:
                yield self._unread(f"the parameter `{key.text}` is never read", key)
        for name, block in spec.blocks.items():
            own = set(names_read(block.node))
            for key, _ in block.params:
                if key.text not in own:
                    yield self._unread(f"block {name} never reads its parameter `{key.text}`", key)

    def _unread(self, message: str, key: Scalar) -> Diagnostic:
        return self.finding(message, key.span, help=(f"write `${key.text}` where it is meant, or remove it",))
