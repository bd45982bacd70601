"""What the YAML parsers' messages mean: the only place that reads libyaml's and PyYAML's English.

Each parser and each version words a problem in its own way. The explanations ask for a :class:`Problem` and a
:class:`Context`; a message that no row knows is ``UNKNOWN``, and the finding then shows it as it is.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TypeVar


class Problem(Enum):
    """What the parser could not do."""

    NO_COLON = auto()
    """A line began like a key, and no colon came."""
    COLON = auto()
    """A colon where no key can be."""
    DASH = auto()
    """The dash of an item where no list can begin."""
    QUESTION_MARK = auto()
    """A question mark where no key can begin."""
    LONE_COLON = auto()
    """A colon in a flow mapping directly before a comma or bracket."""
    NO_VALUE = auto()
    """Something else where a value should begin."""
    NOT_ENDED = auto()
    """A list, a mapping or the file should have ended, or gone on with an item of its own."""
    NO_COMMA = auto()
    """Neither a comma nor the closing bracket."""
    UNFINISHED = auto()
    """The file, or a document of it, ends within a text in quotes."""
    FORBIDDEN = auto()
    """A character that begins no value."""
    TAG_HANDLE = auto()
    """A tag whose handle is not defined."""
    UNKNOWN = auto()
    """None of these."""


class Context(Enum):
    """What the parser was reading."""

    FLOW = auto()
    """A list or a mapping in brackets."""
    KEY = auto()
    """What may be a key."""
    QUOTED = auto()
    """A text in quotes."""
    BLOCK_TEXT = auto()
    """A text after ``|`` or ``>``."""
    NAME = auto()
    """The name of an anchor or alias."""
    TAG = auto()
    """A tag."""
    UNKNOWN = auto()
    """None of these."""


PROBLEMS = {
    "could not find expected ':'": Problem.NO_COLON,
    "mapping values are not allowed": Problem.COLON,
    "entries are not allowed": Problem.DASH,
    "mapping keys are not allowed": Problem.QUESTION_MARK,
    "unexpected ':'": Problem.LONE_COLON,
    "node content": Problem.NO_VALUE,
    "did not find expected key": Problem.NOT_ENDED,
    "<block end>": Problem.NOT_ENDED,
    "expected '-' indicator": Problem.NOT_ENDED,
    "<document start>": Problem.NOT_ENDED,
    "expected ',' or": Problem.NO_COMMA,
    "end of stream": Problem.UNFINISHED,
    "document indicator": Problem.UNFINISHED,
    "document separator": Problem.UNFINISHED,
    "cannot start any token": Problem.FORBIDDEN,
    "undefined tag handle": Problem.TAG_HANDLE,
}
"""Part of a message -> what it means."""

CONTEXTS = {
    "flow mapping": Context.FLOW,
    "flow sequence": Context.FLOW,
    "simple key": Context.KEY,
    "quoted scalar": Context.QUOTED,
    "block scalar": Context.BLOCK_TEXT,
    "an anchor": Context.NAME,
    "an alias": Context.NAME,
    "tag": Context.TAG,
}

K = TypeVar("K", Problem, Context)


def problem(message: str | None) -> Problem:
    """What the parser could not do, from its message."""
    return _first(message, PROBLEMS, Problem.UNKNOWN)


def context(message: str | None) -> Context:
    """What the parser was reading, from the context of its message."""
    return _first(message, CONTEXTS, Context.UNKNOWN)


def _first(message: str | None, table: dict[str, K], unknown: K) -> K:
    return next((kind for words, kind in table.items() if words in (message or "")), unknown)
