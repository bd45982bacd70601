"""hidden-parameter: a name that hides another one of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Label, Severity
from archspec.rules._base import FamilyRule, Group
from archspec.spec.items import Call, Loop, Merge, all_items
from archspec.spec.items import Group as Items
from archspec.syntax.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Sequence as Several

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.items import Block, Item
    from archspec.spec.models import Spec
    from archspec.syntax.nodes import Node

    Names = dict[str, Scalar]
    """Visible names, and where each is defined."""


class HiddenParameter(FamilyRule):
    """A parameter of a block, or a value of a `for` row, hides an outer parameter of the same name.

    Where the outer one is always handed on (`width: $width`), both mean the same, and nothing is reported.

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
        calls = _calls_of_blocks(spec) if of_file else {}
        yield from self._in_items(spec.layers, of_file)
        for name, block in spec.blocks.items():
            own = _of_block(block)
            hiding = {each: key for each, key in own.items() if not _is_handed_on(each, block, calls.get(name, []))}
            yield from self._hiding(hiding, of_file, f"the parameter of block {name}")
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


def _of_block(block: Block) -> Names:
    return _by_name(key for key, _ in block.params)


def _of_rows(loop: Loop) -> Names:
    """The values that rows written out give, but for those that are all handed on."""
    rows = loop.rows.items if isinstance(loop.rows, Sequence) else ()
    entries = [entry for row in reversed(rows) if isinstance(row, Mapping) for entry in row.entries]
    return _by_name(entry.key for entry in entries if not _reads_alone(entry.key.text, entry.value))


def _is_handed_on(name: str, block: Block, calls: list[Call]) -> bool:
    """Whether a parameter of a block always gets the value of the outer one of its name."""
    default = next(value for key, value in block.params if key.text == name)
    given = [_argument(name, call, block) for call in calls] or [default]
    return all(_reads_alone(name, default if value is None else value) for value in given)


def _argument(name: str, call: Call, block: Block) -> Node | None:
    """What a call gives a parameter; None if its default."""
    if isinstance(call.arguments, Mapping):
        return call.arguments.get(name)
    return call.arguments if block.params[0][0].text == name else None


def _reads_alone(name: str, value: Node | None) -> bool:
    """Whether a value is that of a parameter, unchanged."""
    return isinstance(value, Scalar) and str(value.value).strip() in {f"${name}", f"$({name})"}


def _calls_of_blocks(spec: Spec) -> dict[str, list[Call]]:
    """The items of a file that expand a block, by its name."""
    found: dict[str, list[Call]] = {}
    for items in (spec.layers, *(block.items for block in spec.blocks.values())):
        for item in all_items(items):
            if isinstance(item, Call) and item.word in spec.blocks:
                found.setdefault(item.word, []).append(item)
    return found
