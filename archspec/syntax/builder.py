"""From events to the tree. It has a stack of its own, so that no depth of nesting can exhaust Python's."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from archspec.diagnostics import Diagnostic, Sink
from archspec.source import Source, Span
from archspec.syntax.anchors import Anchor, Anchors, alias_copy, depth_limit
from archspec.syntax.limits import Halt, Limits
from archspec.syntax.nesting import first_beyond
from archspec.syntax.nodes import Node, Scalar
from archspec.syntax.open_collection import OpenCollection
from archspec.syntax.properties import properties, tag_finding
from archspec.syntax.scalar_reader import ScalarReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Event = Any
"""An event of PyYAML, whose type information does not know that marks are always there."""


class Builder:
    """Puts one document together. Whatever is wrong goes to ``sink``; Halt when reading cannot go on."""

    def __init__(self, source: Source, sink: Sink, limits: Limits) -> None:
        self._source = source
        self._sink = sink
        self._limits = limits
        self._scalars = ScalarReader(sink, limits)
        self._anchors = Anchors(sink, limits)
        self._outer: list[OpenCollection] = []
        self._collection = OpenCollection(is_mapping=False, is_flow=False, start=0)
        self._documents = 0
        self._end = 0

    def build(self, events: Iterable[Event]) -> Node | None:
        """The tree of the first document; None when there is none."""
        handlers, values, source = self._handlers(), self._scalars.sound, self._source
        event: Event = None  # the last one, whether the loop ends by itself or by an error of the parser
        try:
            for event in islice(events, self._limits.nodes):
                kind = type(event)
                if kind is ScalarEvent and not event.style and event.anchor is None and event.tag is None:
                    text = event.value
                    if text in values:  # most of a file: plain scalars that were read before
                        scalar = Scalar(values[text], Span(source, event.start_mark.index, event.end_mark.index))
                        self._collection.items.append(scalar)
                        continue
                handlers[kind](event)
                if self._documents > 1:
                    break
            else:
                self._check_end(event)
        finally:
            self._end = event.end_mark.index if event else 0
        self._anchors.report_unused()
        return self._root()

    @property
    def bracket(self) -> int | None:
        """Offset of the innermost bracket that is open."""
        flows = (collection.start for collection in [self._collection, *reversed(self._outer)] if collection.is_flow)
        return next((start for start in flows if self._source.text[start] in "[{"), None)

    def check_depth(self, text: str, stop: int) -> None:
        """Halt if the brackets up to where the parser stopped, without an event for them yet, are too deep."""
        most = self._limits.depth
        if (start := first_beyond(text, self._end, stop, most - len(self._outer))) is not None:
            self._halt_at(start)

    def give_up(self) -> None:
        """Report what is wrong with the mappings that are still open."""
        for collection in [self._collection, *reversed(self._outer)]:
            if collection.is_mapping:
                collection.drop_lone_key()
                collection.node(self._source, None, self._sink)

    def _handlers(self) -> dict[type, Callable[[Event], None]]:
        return {
            ScalarEvent: self._add_scalar,
            AliasEvent: self._add_alias,
            SequenceStartEvent: self._begin,
            MappingStartEvent: self._begin,
            SequenceEndEvent: self._close,
            MappingEndEvent: self._close,
            DocumentStartEvent: self._start_document,
            DocumentEndEvent: _ignore,
            StreamStartEvent: _ignore,
            StreamEndEvent: _ignore,
        }

    def _start_document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            self._sink(_several(self._span(event)))

    def _root(self) -> Node | None:
        items = self._collection.items
        if items and not _is_blank(items[0]):
            return items[0]
        self._sink(_empty(self._source))
        return None

    def _check_end(self, last: Event) -> None:
        """Check that the events ended, and not only the limit."""
        if type(last) is not StreamEndEvent:
            self._sink(_node_limit(self._span(last), self._limits.nodes))
            raise Halt

    def _add_scalar(self, event: Event) -> None:
        start, anchor, tag = self._properties(event)
        is_text = event.style or (tag is not None and tag.text == "!!str")
        node = self._text(event, start) if is_text else self._plain(event, start)
        if tag:
            self._sink(tag_finding(tag, node.span))
        if anchor:
            anchor.node = node
        self._collection.items.append(node)

    def _plain(self, event: Event, start: int) -> Scalar:
        collection = self._collection
        collection.may_lack_colon = collection.may_lack_colon or ":" in event.value or " " in event.value
        span = Span(self._source, start, event.end_mark.index)
        return Scalar(
            self._scalars.plain(event.value, span, is_key=collection.awaits_key, is_flow=collection.is_flow), span
        )

    def _text(self, event: Event, start: int) -> Scalar:
        """A scalar in quotes, or a block of text, whose place ends with its last character that shows."""
        end = event.end_mark.index
        if event.style in ("|", ">"):
            end = start + len(self._source.text[start:end].rstrip())
        span = Span(self._source, start, end)
        return Scalar(self._scalars.quoted_text(event.value, span), span, plain=False)

    def _add_alias(self, event: Event) -> None:
        span = self._span(event)
        if anchor := self._anchors.use(event.anchor, span, len(self._outer)):
            self._collection.add(alias_copy(anchor, span), anchor.size, anchor.height)
        else:
            self._collection.leave_out(span)

    def _begin(self, event: Event) -> None:
        start, anchor, tag = self._properties(event)
        if tag:
            self._sink(tag_finding(tag))
        if len(self._outer) >= self._limits.depth:
            self._halt_at(start)
        self._outer.append(self._collection)
        self._collection = OpenCollection(type(event) is MappingStartEvent, event.flow_style, start, anchor)

    def _halt_at(self, start: int) -> NoReturn:
        """End reading at a list or mapping that is too deep."""
        self._sink(depth_limit(Span(self._source, start, start + 1), self._limits.depth, "one level too deep"))
        raise Halt

    def _close(self, event: Event) -> None:
        collection, self._collection = self._collection, self._outer.pop()
        start, end = event.start_mark.index, event.end_mark.index
        node = collection.node(self._source, end if start < end else None, self._sink)
        size, height = collection.size, collection.height + 1
        if collection.anchor:
            collection.anchor.node, collection.anchor.size, collection.anchor.height = node, size, height
        self._collection.add(node, size, height)

    def _properties(self, event: Event) -> tuple[int, Anchor | None, Span | None]:
        """Where a value begins, and the anchor and the tag that are before it."""
        if event.anchor is None and event.tag is None:
            return event.start_mark.index, None, None
        found = properties(self._source, event.start_mark.index, event.end_mark.index)
        return found.start, self._anchors.define(found.anchor) if found.anchor else None, found.tag

    def _span(self, event: Event) -> Span:
        return Span(self._source, event.start_mark.index, event.end_mark.index)


def _ignore(_: Event) -> None:
    """An event without meaning for the tree."""


def _is_blank(root: Node | None) -> bool:
    """Whether a document has no content; an alias that was left out has been reported."""
    return isinstance(root, Scalar) and root.plain and not root.span.text


def _empty(source: Source) -> Diagnostic:
    return Diagnostic(
        rule="empty-file",
        message="the file has no spec" + (", only comments" if source.text.strip() else ": it is empty"),
        span=Span(source, 0, 0),
        help=("a spec begins with `name:`, `input:` and `layers:`",),
    )


def _several(span: Span) -> Diagnostic:
    return Diagnostic(
        rule="several-documents",
        message="the file has several YAML documents, but a spec is only one",
        span=span,
        label="everything from here on is ignored",
        help=("put each network in a file of its own, or a family of them under `variants:`",),
    )


def _node_limit(span: Span, most: int) -> Diagnostic:
    return Diagnostic(
        rule="node-limit",
        message=f"the file has more than {most:,} keys, values and brackets",
        span=span,
        label="reading ends here",
        help=("write repeated parts once, under `repeat:` or `for:`",),
    )
