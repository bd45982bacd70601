"""The events of a YAML text: from libyaml where PyYAML was built with it, else from PyYAML's own parser.

Events keep what a loader throws away: where an alias is used, how a scalar is written, and all places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    EventSource = Callable[[], yaml.Event | None]


class PurePython(Reader, Scanner, Parser):
    """PyYAML's parser in Python, which takes twenty times as long."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Skip what stands between tokens; tabs too, as libyaml does where no indentation is meant."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser

    parser_class: type = CParser
else:
    parser_class = PurePython


def events(text: str) -> Iterator[yaml.Event]:
    """All events of the text; YAMLError at the first fault."""
    return iter(parser_class(text).get_event, None)
