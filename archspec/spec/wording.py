"""Wording of findings about the form of a spec."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Diagnostic
from archspec.syntax.nodes import Mapping, Node, Scalar, Sequence
from archspec.syntax.scalars import core

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Characters of a value that a message repeats."""
_WORDS = {"True": "true", "False": "false", "inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
"""Python's words for values, and YAML's."""


def cut(text: str) -> str:
    """Text on one line, cut if it is long."""
    line = " ".join(text[: LONGEST * 20].split())  # a value may be as long as its file
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def shorten(node: Node) -> str:
    """A value as it is in the file; quoted text in quotes, which set it apart from a number or a boolean."""
    match node:
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=str(text), plain=False):
            return _quote(text)
        case Scalar(value=str(text)):
            return yaml_text(text)
    return cut(node.span.text)


def yaml_text(value: Any) -> str:
    """A value that is in no file as YAML would write it: the result of an expression, or one from a command."""
    match value:
        case None:
            return "nothing"
        case str():
            return cut(value) if _is_plain(value) else _quote(value)
        case dict():
            return cut(_list_text("{", (f"{key}: {yaml_text(item)}" for key, item in value.items()), "}"))
        case tuple() | list():
            return cut(_list_text("[", map(yaml_text, value), "]"))
    is_word = isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value))
    return _WORDS[str(value)] if is_word else cut(str(value))


def _list_text(opening: str, items: Iterable[str], closing: str) -> str:
    """Items in brackets; no more of them than a message repeats, for a list may be of any size."""
    shown: list[str] = []
    length = 0
    for item in items:
        shown.append(item)
        length += len(item)
        if length > LONGEST:
            break
    return f"{opening}{', '.join(shown)}{closing}"


def name_text(value: Any) -> str:
    """The name that a value is, such as the result of an expression."""
    return value if isinstance(value, str) else yaml_text(value)


def _is_plain(text: str) -> bool:
    """Whether text reads as text without quotes."""
    return bool(text) and text == text.strip() and (len(text) > LONGEST or isinstance(core(text), str))


def _quote(text: str) -> str:
    import json  # noqa: PLC0415 - only findings quote

    return json.dumps(text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}...", ensure_ascii=False)


def kind_of(node: Node) -> str:
    """The kind of a node, in words."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(value=str()):
            return f"text, {shorten(node)}"
    return shorten(node)


def form(node: Node, message: str, label: str) -> Diagnostic:
    """The finding for something of the wrong form."""
    return Diagnostic(rule="spec-form", message=message, span=node.span, label=label)
