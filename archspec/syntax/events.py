"""The events of a YAML text: from libyaml where PyYAML was built with it, else from PyYAML's own parser.

Events keep what a loader throws away: where an alias is used, how a scalar is written, and all places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HALF = re.compile("[\ud800-\udfff]")
_VERSIONS = ((1, 1), (1, 2))


class PurePython(Reader, Scanner, Parser):
    """PyYAML's parser in Python, which takes twenty times as long; here it is as strict as libyaml."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Skip what is between tokens; tabs too, as libyaml does where no indentation is intended."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> Any:
        """What is between the words of a plain scalar; a tab too, which PyYAML takes for its end."""
        length = 0
        while self.peek(length) in ("\t", " "):
            length += 1
        blanks = self.prefix(length)
        if "\t" not in blanks:
            return super().scan_plain_spaces(indent, start_mark)
        self.forward(length)
        return super().scan_plain_spaces(indent, start_mark) if self.peek() in "\0\r\n" else [blanks]

    def scan_flow_scalar(self, style: str) -> Any:
        """A scalar in quotes; its escapes must make characters."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
        except (ValueError, OverflowError):  # from chr()
            token = None
        if token is None or _HALF.search(token.value):
            problem = "found invalid Unicode character escape code"
            raise ScannerError("while parsing a quoted scalar", start, problem, self.get_mark())
        return token

    def scan_directive(self) -> Any:
        """A line that begins with ``%``; PyYAML takes any name, and any version 1."""
        start = self.get_mark()
        token = super().scan_directive()
        if token.name != "TAG" and (token.name != "YAML" or token.value not in _VERSIONS):
            raise ScannerError("while scanning a directive", start, "found unknown directive name", start)
        return token


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    parser_class: type = CParser
else:
    parser_class = PurePython


def events(text: str) -> Iterator[yaml.Event]:
    """All events of the text; YAMLError at the first fault."""
    return iter(parser_class(text).get_event, None)
