"""hidden-parameter: a name that hides another one of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Label, Severity
from archspec.rules._base import FamilyRule, Group
from archspec.spec.items import Group as Items
from archspec.spec.items import Loop, Merge
from archspec.syntax.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Sequence as Several

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.items import Item
    from archspec.spec.models import Spec
    from archspec.syntax.nodes import Scalar

    Names = dict[str, Scalar]
    """Visible names, and where each is defined."""


class HiddenParameter(FamilyRule):
    """A parameter of a block, or a value of a `for` row, hides an outer parameter of the same name.

    Why: inside, the name means the inner value; setting the outer one has no effect there, which is easily
    overlooked.

    Source: docs/language.md, "Blocks" (blocks see the file's parameters).

    Bad:
        input: 8x8x3
        params: {width: 16}
        blocks: {pair: {params: {width: 8}, layers: [{fc: $width}, relu]}}
        layers: [{fc: $width}, relu, pair]

    Good:
        input: 8x8x3
        params: {width: 16}
        blocks: {pair: {params: {inner: 8}, layers: [{fc: $inner}, relu]}}
        layers: [{fc: $width}, relu, pair]
    """

    name: ClassVar[str] = "hidden-parameter"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_family(self, spec: Spec, graphs: Several[Graph]) -> Iterator[Diagnostic]:  # noqa: ARG002 - the text tells
        """A finding for each name that hides one."""
        of_file = _by_name(key for key, _ in spec.defaults)
        yield from self._in_items(spec.layers, of_file)
        for name, block in spec.blocks.items():
            own = _by_name(key for key, _ in block.params)
            yield from self._hiding(own, of_file, f"the parameter of block {name}")
            yield from self._in_items(block.items, {**of_file, **own})

    def _in_items(self, items: Iterable[Item], visible: Names) -> Iterator[Diagnostic]:
        for item in items:
            inner = visible
            if isinstance(item, Loop):
                own = _of_rows(item)
                yield from self._hiding(own, visible, "the value of this `for`")
                inner = {**visible, **own}
            if isinstance(item, Loop | Items):
                yield from self._in_items(item.items, inner)
            elif isinstance(item, Merge):
                for branch in item.branches:
                    yield from self._in_items(branch.items, visible)

    def _hiding(self, own: Names, visible: Names, what: str) -> Iterator[Diagnostic]:
        for name in own.keys() & visible.keys():
            yield self.finding(
                f"{what} called `{name}` hides the parameter `{name}`",
                own[name].span,
                label="here it means this value",
                labels=(Label(visible[name].span, "outside it means this one"),),
                help=("give one of them another name",),
            )


def _by_name(keys: Iterable[Scalar]) -> Names:
    return {key.text: key for key in keys}


def _of_rows(loop: Loop) -> Names:
    """The values that rows written out give."""
    rows = loop.rows.items if isinstance(loop.rows, Sequence) else ()
    return _by_name(entry.key for row in reversed(rows) if isinstance(row, Mapping) for entry in row.entries)
