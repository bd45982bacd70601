"""The directives in comments of a file: which rules are suppressed, and where."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from archspec.source import Span
from archspec.suppression.comments import Comment, comments
from archspec.syntax import parse
from archspec.syntax.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.source import Source

_FORM = re.compile(r"(?P<word>ignore(?:-file)?)[ \t]*(?:\[(?P<names>[^\[\]]*)\])?(?P<rest>.*)")
_NAME = re.compile(r"[^\s,]+(?:[ \t]+[^\s,]+)*")


class Directive(NamedTuple):
    """One comment: ``names`` of rules, none when it is not of the form, and the lines it is about."""

    comment: Comment
    names: tuple[Span, ...]
    begin: int
    end: int

    @property
    def is_of_items(self) -> bool:
        """Whether it is about list items and keys, or the file, and not about a line."""
        return self.comment.is_alone or self.begin == 0

    def is_about(self, found: Diagnostic) -> bool:
        """Whether the directive applies to a finding."""
        span = found.span
        return span is not None and span.source is self.comment.span.source and self.begin <= span.start < self.end


def directives(source: Source) -> list[Directive]:
    """The directives of a file, in order."""
    found = comments(source)
    parts = sorted(_parts(source)) if any(comment.is_alone for comment in found) else []
    return [_directive(comment, parts) for comment in found]


def _directive(comment: Comment, parts: list[tuple[int, int]]) -> Directive:
    source, text = comment.span.source, comment.text
    match = _FORM.match(text.text)
    names: tuple[Span, ...] = ()
    if match and match["names"]:
        at = text.start + match.start("names")
        names = tuple(Span(source, at + each.start(), at + each.end()) for each in _NAME.finditer(match["names"]))
    if match and match["word"] == "ignore-file":
        return Directive(comment, names, 0, len(source.text) + 1)
    if not comment.is_alone:
        return Directive(comment, names, source.text.rfind("\n", 0, comment.span.start) + 1, comment.span.start)
    at = bisect_left(parts, (comment.span.end, 0))
    begin = parts[at][0] if at < len(parts) else len(source.text)
    end = max((end for _, end in takewhile(lambda part: part[0] == begin, islice(parts, at, None))), default=begin)
    return Directive(comment, names, begin, end)


def _parts(source: Source) -> Iterator[tuple[int, int]]:
    """Where each list item, and each key with its value, begins and ends."""
    tree = parse(source, _ignore)
    waiting = [tree] if tree else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sequence):
            yield from ((item.span.start, item.span.end) for item in node.items)
            waiting += node.items
        elif isinstance(node, Mapping):
            yield from ((entry.key.span.start, entry.value.span.end) for entry in node.entries)
            waiting += [entry.value for entry in node.entries]


def _ignore(_: Diagnostic) -> None:
    """What is wrong with the file was reported when it was read."""
