"""Limits on a TOML file, checked before it is parsed: parsing takes long for keys of many parts, and deep nesting."""

from __future__ import annotations

import re
from typing import NamedTuple

from archspec.source import Source, Span

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
    r"|(?P<broken>\"\"\"|''')"
    r'|"(?:[^"\\\n]|\\[^\n])*+"'
    r"|'[^'\n]*+'"
    r"|(?P<space>[ \t\r]++|#[^\n]*+)"
    r"|(?P<bare>[A-Za-z0-9_+-]++)"
    r"|(?P<open>[\[{])"
    r"|(?P<close>[\]}])"
    r"|(?P<dot>\.)"
    r"|(?P<other>.)",
    re.DOTALL,
)


class TomlLimits(NamedTuple):
    """Bounds besides the size: words and texts, brackets or parts of a key within each other, digits."""

    nodes: int = 20_000
    depth: int = 32
    number: int = 100


LIMITS = TomlLimits()
OWN_FILE = "settings can be in a file of their own, archspec.toml"
_MARKED = 40
"""Characters of a long word that an excerpt marks."""


class PassedLimit(NamedTuple):
    """What is too much in a file, and where."""

    message: str
    span: Span


def passed_limit(source: Source) -> PassedLimit | None:
    """The first limit that a file passes; one pass over its words."""
    nodes = brackets = parts = 0
    is_dotted = False
    for token in _TOKEN.finditer(source.text):
        kind = token.lastgroup
        if kind == "broken":  # no TOML: parsing says so, and comes no further
            break
        if kind == "space":
            continue
        brackets += (kind == "open") - (kind == "close")
        if kind in ("bare", None):
            nodes += 1
            parts = parts + 1 if is_dotted else 1
        is_dotted = kind == "dot"
        message = _too_much(nodes, brackets, parts) or _too_long(token[0], is_bare=kind == "bare")
        if message:
            return PassedLimit(message, Span(source, token.start(), min(token.end(), token.start() + _MARKED)))
    return None


def _too_much(nodes: int, brackets: int, parts: int) -> str:
    if nodes > LIMITS.nodes:
        return f"the configuration has more than {LIMITS.nodes:,} keys and values"
    if brackets > LIMITS.depth:
        return "lists and tables are nested too deep"
    return f"this key has more than {LIMITS.depth} parts" if parts > LIMITS.depth else ""


def _too_long(word: str, *, is_bare: bool) -> str:
    if not is_bare or len(word) <= LIMITS.number or not word.lstrip("+-")[:1].isdecimal():
        return ""
    return f"this number has {len(word):,} characters, and the limit is {LIMITS.number}"
