"""``fc:10`` and ``fc 10`` are one text to YAML: a finding where a key and its value were surely meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Sink
from archspec.source import Span
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar
from archspec.syntax.quoting import in_backticks
from archspec.syntax.scalars import core

if TYPE_CHECKING:
    from collections.abc import Iterable

_JOINED = re.compile(r"([A-Za-z_]\w*):([^\s/\\:].*)", re.DOTALL)  # neither https://... nor C:\...
_APART = re.compile(r"([A-Za-z_]\w*) +([^\s:]+)")


def split_items(items: Iterable[Node | None], sink: Sink) -> list[Node | None]:
    """The items of a list, ``- fc:10`` as the mapping that it should be."""
    return [_split_item(item, sink) if isinstance(item, Scalar) else item for item in items]


def split_keys(items: list[Node | None], sink: Sink) -> list[Node | None]:
    """Alternating keys and values: ``{fc:10}`` and ``{fc 10}`` as ``{fc: 10}``, but a key with a value as it is."""
    found = list(items)
    for at in range(0, len(found), 2):
        key, value = found[at : at + 2]
        if isinstance(key, Scalar) and isinstance(value, Scalar) and not value.span.text:
            found[at : at + 2] = _split(key, sink) or _split_apart(key, sink) or (key, value)
    return found


def _split_item(item: Scalar, sink: Sink) -> Node:
    parts = _split(item, sink)
    return Mapping((Entry(*parts),), item.span) if parts else item


def _split(scalar: Scalar, sink: Sink) -> tuple[Scalar, Scalar] | None:
    match = _JOINED.fullmatch(scalar.span.text) if scalar.plain else None
    if match is None:
        return None
    middle = scalar.span.start + match.end(1)
    sink(missing_space(Span(scalar.span.source, middle, middle + 1), scalar.span.text))
    return _parts(scalar, match)


def _split_apart(scalar: Scalar, sink: Sink) -> tuple[Scalar, Scalar] | None:
    match = _APART.fullmatch(scalar.span.text) if scalar.plain else None
    if match is None:
        return None
    sink(missing_colon(scalar.span))
    return _parts(scalar, match)


def _parts(scalar: Scalar, match: re.Match[str]) -> tuple[Scalar, Scalar]:
    source, start = scalar.span.source, scalar.span.start
    key = Scalar(match[1], Span(source, start, start + match.end(1)))
    return key, Scalar(core(match[2]), Span(source, start + match.start(2), scalar.span.end))


def missing_colon(span: Span) -> Diagnostic:
    """The finding on a key with no colon after it."""
    word, _, rest = span.text.partition(" ")
    end = span.start + len(word)
    return Diagnostic(
        rule="yaml-syntax",
        message=f"a colon is missing in {in_backticks(span.text)}",
        span=span,
        label="a key and its value belong here",
        help=(f"write {in_backticks(f'{word}: {rest.lstrip()}'.rstrip())}",),
        fix=Fix("insert a colon", (Edit(Span(span.source, end, end), ":"),)),
    )


def missing_space(colon: Span, text: str) -> Diagnostic:
    """The finding on a colon without a space after it."""
    return Diagnostic(
        rule="yaml-syntax",
        message=f"a space is missing after the colon in {in_backticks(text)}",
        span=colon,
        label="without a space this is not a key",
        help=(f"write {in_backticks(text.replace(':', ': ', 1))}",),
        fix=Fix("insert a space", (Edit(Span(colon.source, colon.end, colon.end), " "),), safe=True),
    )
