"""Comments for archspec, found only where the YAML parser sees a comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from archspec.source import Span
from archspec.syntax.events import events
from archspec.syntax.masking import mask

if TYPE_CHECKING:
    from archspec.source import Source

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[ \t]*archspec:[ \t]*(?P<text>[^\r\n]*)", re.MULTILINE)


class Comment(NamedTuple):
    """A comment from its ``#`` on; ``text`` is its content, ``is_alone``: nothing is before it on its line."""

    span: Span
    text: Span
    is_alone: bool


def comments(source: Source) -> list[Comment]:
    """The comments for archspec in a text, in order. A ``#`` in quotes or in a block of text begins none."""
    if "archspec:" not in source.text:
        return []
    texts = _texts(source.text)
    starts = [start for start, _ in texts]
    found = []
    for match in _COMMENT.finditer(source.text.replace("\r", "\n")):
        at = bisect_right(starts, match.start()) - 1
        if at < 0 or match.start() >= texts[at][1]:
            line = source.text.rfind("\n", 0, match.start()) + 1
            is_alone = not source.text[line : match.start()].strip()
            end = match.start("text") + len(match["text"].rstrip(" \t"))
            found.append(Comment(Span(source, match.start(), end), Span(source, match.start("text"), end), is_alone))
    return found


def _texts(text: str) -> list[tuple[int, int]]:
    """The extents of quoted scalars, and of blocks of text without their first line."""
    found: list[tuple[int, int]] = []
    try:
        found.extend(
            _extent(event, text) for event in events(mask(text)) if isinstance(event, yaml.ScalarEvent) and event.style
        )
    except yaml.YAMLError:  # what comes behind a fault was not read, and no finding stands there
        found.append((found[-1][1] if found else 0, len(text)))
    return found


def _extent(event: Any, text: str) -> tuple[int, int]:
    """Where a text begins and ends; PyYAML's type information does not know that marks are always there."""
    start = event.start_mark.index
    return text.find("\n", start) if event.style in "|>" else start, event.end_mark.index
