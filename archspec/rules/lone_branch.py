"""lone-branch: a merge of a single branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Edit, Fix, Severity
from archspec.rules._base import Group, NodeRule
from archspec.source import Span
from archspec.syntax.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class LoneBranch(NodeRule):
    """A merge has a single branch, which it returns as it is.

    Why: nothing is joined. The volume before the merge is not a branch unless the list has it, as ``[]``; so a shortcut
    is missing here, or the merge is.

    Source: docs/language.md, "Branches" (what a branch is, and that ``[]`` is the volume itself).

    Bad:
        input: 8x8x3
        layers:
          - add: [[relu]]

    Good:
        input: 8x8x3
        layers:
          - add: [[relu], []]
    """

    name: ClassVar[str] = "lone-branch"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:  # noqa: ARG002 - as all rules
        """One finding."""
        if len(node.inputs) != 1:
            return
        fix = _with_the_volume_before(node)
        yield self.finding(
            f"{node.kind} has one branch, {node.inputs[0]}, and returns it as it is",
            node.place,
            label="nothing is joined",
            help=("write the other branch, `[]` for the volume before the merge, or leave the merge out",),
            layer=node.name,
            fix=fix,
        )


def _with_the_volume_before(node: Node) -> Fix | None:
    """The fix that adds the volume before as a branch, to a list in brackets."""
    item = node.origin.node if node.origin else None
    branches = item.get(node.kind) if isinstance(item, Mapping) else None
    if not isinstance(branches, Sequence) or len(branches.items) != 1 or not branches.span.text.startswith("["):
        return None
    end = branches.items[0].span.end
    text = f"{branches.span.source.text[branches.span.start : end]}, []]"
    return Fix(f"write `{node.kind}: {text}`", (Edit(Span(branches.span.source, end, end), ", []"),))
