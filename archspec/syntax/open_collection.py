"""Lists and mappings while they are being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archspec.source import Source, Span
from archspec.syntax.mappings import entries
from archspec.syntax.missing_space import split_items, split_keys
from archspec.syntax.nodes import Mapping, Node, Sequence

if TYPE_CHECKING:
    from archspec.diagnostics import Sink
    from archspec.syntax.anchors import Anchor


@dataclass(slots=True, eq=False)
class OpenCollection:
    """A list or mapping so far; a mapping's keys and values alternate in ``items``.

    None among the items stands for what was left out after a finding, and ``end`` is where that ended.
    ``may_lack_colon`` says that a scalar among them may be a key and a value run together. ``inner``
    counts the nodes within the items, aliases written out, and ``height`` the levels of the highest item.
    """

    is_mapping: bool
    is_flow: bool
    start: int
    anchor: Anchor | None = None
    items: list[Node | None] = field(default_factory=list)
    may_lack_colon: bool = False
    end: int = 0
    inner: int = 0
    height: int = 0

    @property
    def awaits_key(self) -> bool:
        """Whether what comes next is a key."""
        return self.is_mapping and len(self.items) % 2 == 0

    def add(self, node: Node | None, size: int, height: int) -> None:
        """Take an item of so many nodes, itself among them, and so many levels."""
        self.items.append(node)
        self.inner += size - 1
        self.height = max(self.height, height)

    def leave_out(self, span: Span) -> None:
        """Count an item that cannot be kept."""
        self.items.append(None)
        self.end = span.end

    def drop_lone_key(self) -> None:
        """Forget a key whose value was never read."""
        if len(self.items) % 2:
            self.items.pop()

    @property
    def size(self) -> int:
        """Nodes in the whole, itself among them."""
        return 1 + len(self.items) + self.inner

    def node(self, source: Source, bracket_end: int | None, sink: Sink) -> Node:
        """The finished list or mapping; ``bracket_end`` is the offset after its bracket when it has one."""
        span = Span(source, self.start, self._last_end() if bracket_end is None else bracket_end)
        items = self.items
        if self.is_mapping:
            return Mapping(entries(split_keys(items, sink) if self.may_lack_colon else items, sink), span)
        if self.may_lack_colon and not self.is_flow:
            items = split_items(items, sink)
        return Sequence(tuple(item for item in items if item is not None), span)

    def _last_end(self) -> int:
        """Where the last item ends: the parser sees a block end only where the next thing begins."""
        last = next((item for item in reversed(self.items) if item is not None), None)
        return max(last.span.end if last else self.start, self.end)
