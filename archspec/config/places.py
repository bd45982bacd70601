"""Where keys and values are in a TOML file, which tomllib does not say.

The text has been read by tomllib before, so it is TOML, and its structure is all that is looked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from archspec.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

Way = tuple[str | int, ...]
"""The keys and positions in lists that lead to a value."""


class Place(NamedTuple):
    """The last key that leads to a value, and the value; of a table with a header, the header's key is both."""

    key: Span
    value: Span


_SPACE = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\r\n]*[^,\]}#\r\n \t]")


def places(source: Source) -> dict[Way, Place]:
    """The place of every key and value of a TOML file."""
    scanner = _Scanner(source, source.text)
    scanner.document()
    return scanner.found


class RepeatedKeyError(Exception):
    """A key or a table is defined twice, which TOML forbids; both keys have their places."""

    def __init__(self, first: Span, second: Span) -> None:
        super().__init__(f"`{second.text}` is defined twice")
        self.first, self.second = first, second


def repeated_key(source: Source, end: int) -> RepeatedKeyError | None:
    """The first key that is defined twice before offset ``end``, up to which the text is TOML; None without one."""
    try:
        _Scanner(source, source.text[:end]).document()
    except RepeatedKeyError as error:
        return error
    except (IndexError, ValueError):  # the text ends within a list, an inline table or a quoted key
        return None
    return None


class _Scanner:
    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        self.at = 0
        self.found: dict[Way, Place] = {}
        self.defined: dict[Way, Span] = {}  # keys with a value, and tables with a header of their own
        self.lists: dict[Way, int] = {}  # tables that stand in a list (`[[name]]`) -> how many so far

    def document(self) -> None:
        table: Way = ()
        while self._skip(_BETWEEN) < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Way:
        """The path to the table that a line `[a.b]` or `[[a.b]]` begins."""
        is_listed = self.text.startswith("[[", self.at)
        self.at += 1 + is_listed
        way: Way = ()
        for key, span in self._keys():
            way = (*self._last(way), key)
            self.found.setdefault(way, Place(span, span))
        self._define(way, span)
        self.at += 1 + is_listed
        if is_listed:
            del self.defined[way]
            self.lists[way] = self.lists.get(way, 0) + 1
        return self._last(way)

    def _define(self, way: Way, key: Span) -> None:
        if way in self.defined:
            raise RepeatedKeyError(self.defined[way], key)
        self.defined[way] = key

    def _last(self, way: Way) -> Way:
        """The path into the last table of a list."""
        return (*way, self.lists[way] - 1) if way in self.lists else way

    def _pair(self, table: Way) -> None:
        way = table
        for key, span in self._keys():
            way = (*way, key)
            self.found.setdefault(way, Place(span, span))
        self._define(way, span)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self.found[way] = Place(self.found[way].key, self._value(way))

    def _keys(self) -> Iterator[tuple[str, Span]]:
        """The parts of a key, up to what follows it."""
        while True:
            self._skip(_SPACE)
            start = self.at
            quoted = self._skip(_STRING) > start
            if not quoted:
                self._skip(_BARE)
            span = Span(self.source, start, self.at)
            yield _unquote(span.text) if quoted else span.text, span
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return
            self.at += 1

    def _value(self, way: Way) -> Span:
        start = self.at
        opening = self.text[start : start + 1]
        if opening == "[":
            self._items(way)
        elif opening == "{":
            self._inline(way)
        else:
            self._skip(_STRING if opening in ("'", '"') else _PLAIN)
        return Span(self.source, start, self.at)

    def _items(self, way: Way) -> None:
        self.at += 1
        index = 0
        while self.text[self._skip(_BETWEEN)] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            span = self._value((*way, index))
            self.found[(*way, index)] = Place(span, span)
            index += 1
        self.at += 1

    def _inline(self, way: Way) -> None:
        self.at += 1
        while self.text[self._skip(_BETWEEN)] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(way)
        self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Skip what matches here, if anything does."""
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at


def _unquote(text: str) -> str:
    import tomllib  # noqa: PLC0415 - it knows every escape, and the file has needed it already

    unquoted: str = tomllib.loads(f"key = {text}")["key"]
    return unquoted
