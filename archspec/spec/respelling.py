"""Values that other languages write otherwise, ``5x5``, ``(3, 3)``, ``"3"``, ``None`` or ``50%``, as fixes."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Edit, Fix
from archspec.source import Span
from archspec.spec.volume_respelling import volume_spellings
from archspec.spec.wording import yaml_text
from archspec.syntax.nodes import Entry, Mapping, Scalar, Sequence
from archspec.syntax.scalars import core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.syntax.nodes import Node

_LONGEST = 40
_LIST = re.compile(r"[(\[{]?\s*\d{1,9}(?:\s*[x\u00d7*,; ]\s*\d{1,9})+\s*,?\s*[)\]}]?", re.ASCII | re.IGNORECASE)
_ONE = re.compile(r"[(\[{]?\s*(\d{1,9})\s*,?\s*[)\]}]?", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:[,_']\d{3})+", re.ASCII)
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,6})?)\s*%", re.ASCII)
_REST = re.compile(r"[\d. ]{1,20}\)?|\)", re.ASCII)
"""What a comma inside braces splits off from ``(3, 3)``."""
_NOTHING = ("none", "null", "~", "nil", "undefined", "default")
_WHOLE = 100
"""Percent."""
_IMAGE_AXES = 2


def respelled(node: Node, is_valid: Callable[[Any], bool], *, is_safe: bool = True) -> Fix | None:
    """The fix that writes a value as archspec does; None when no other spelling of it is valid."""
    takes_any_text = is_valid("text")
    for value, certain in _of_kind(node) if takes_any_text else chain(_of_kind(node), volume_spellings(node)):
        if is_valid(value):
            text = yaml_text(value)
            return Fix(f"write `{text}`", (Edit(node.span, text),), certain and is_safe)
    return None


def means_nothing(node: Node) -> bool:
    """Whether a value is a word for none, in YAML or in another language."""
    return isinstance(node, Scalar) and node.span.text.strip("\"'").lower() in _NOTHING


def left_out(arguments: Mapping, entry: Entry, item: Node | None) -> Fix | None:
    """The fix that takes an argument out; all of the arguments if it is the only one of the list item."""
    edit = deletion(arguments, [entry])
    if edit is None and len(arguments.entries) == 1 and isinstance(item, Mapping):
        edit = _deletion_of_all(arguments, item)
    name = entry.key.span.text if entry.key.span != entry.value.span else str(entry.key.value)
    return Fix(f"leave out `{name:.40}`", (edit,)) if edit else None


def _deletion_of_all(arguments: Mapping, item: Mapping) -> Edit | None:
    """The edit that leaves only the operator of a list item, or an operator without arguments next to other keys."""
    value = arguments.span
    of = next((each for each in item.entries if each.value.span == value and each.key.span.end < value.start), None)
    if of is None or item.span.text.startswith("{"):
        return None
    return Edit(Span(value.source, of.key.span.end + (len(item.entries) > 1), value.end), "")


def deletion(arguments: Mapping, entries: list[Entry]) -> Edit | None:
    """The edit that deletes neighbouring entries, with their commas or lines; None when others are in between."""
    every = arguments.entries
    first, last = every.index(entries[0]), every.index(entries[-1])
    source, start, end = every[first].key.span.source, every[first].key.span.start, _end(every[last])
    is_here = arguments.span.start <= start < end <= arguments.span.end
    if len(entries) == len(every) or last - first + 1 != len(entries) or not is_here:
        return None
    if source.text[arguments.span.start] == "{":
        if last + 1 < len(every):
            return Edit(Span(source, start, every[last + 1].key.span.start), "")
        return Edit(Span(source, _end(every[first - 1]), end), "")
    line = source.text.rfind("\n", 0, start)
    if line < 0 or source.text[line + 1 : start].strip(" "):
        return None
    before = line - (source.text[line - 1] == "\r")
    return Edit(Span(source, before, end_of_line(source.text, end)), "")


def end_of_line(text: str, at: int) -> int:
    """The offset at which the line with an offset ends, before what ends it."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - (text[end - 1] == "\r")


def _end(entry: Entry) -> int:
    return max(entry.key.span.end, entry.value.span.end)


def with_tuples(arguments: Mapping) -> Mapping:
    """Arguments with ``(3, 3)`` and ``1,000`` as one value, which the commas of braces split into several keys."""
    if not any(entry.value.span.start == entry.value.span.end for entry in arguments.entries):
        return arguments
    joined: list[Entry] = []
    for entry in arguments.entries:
        if joined and _is_split_off(joined[-1], entry):
            before = joined.pop()
            span = Span(before.value.span.source, before.value.span.start, entry.key.span.end)
            joined.append(Entry(before.key, Scalar(span.text, span)))
        else:
            joined.append(entry)
    return Mapping(tuple(joined), arguments.span)


def _is_split_off(before: Entry, entry: Entry) -> bool:
    """Whether a key without value is the rest of the value before."""
    rest, value = entry.key.span, before.value.span
    return (
        isinstance(entry.value, Scalar)
        and entry.value.value is None
        and entry.value.span.start == entry.value.span.end
        and value.source is rest.source
        and 0 < rest.end - value.start <= _LONGEST
        and value.text[:1] in tuple("(0123456789")
        and (value.text[0] != "(" or ")" not in value.text)
        and _REST.fullmatch(rest.text) is not None
    )


def _of_kind(node: Node) -> Iterator[tuple[Any, bool]]:
    """What a value may mean, the likeliest first, and whether that is certain."""
    match node:
        case Sequence(items=(Scalar(value=int() | float() as single),)):
            yield single, True
        case Sequence(items=(Scalar(value=str(text)),)) if len(text) <= _LONGEST and "$" not in text:
            yield from _of_text(text.strip())  # `[3 3]`, which lacks its comma
        case Sequence(items=(Sequence() as single,)):
            yield from _of_kind(single)
        case Scalar(value=bool()):
            return
        case Scalar(value=int() | float() as number):
            yield from _of_number(number)
            yield node.span.text, True
        case Scalar(value=str(text)) if len(text) <= _LONGEST and "$" not in text:
            yield from _of_text(text.strip())


def _of_number(number: float) -> Iterator[tuple[Any, bool]]:
    if isinstance(number, float) and number.is_integer():
        yield int(number), True
    if number in (0, 1):
        yield bool(number), True
    if 1 < number < _WHOLE and number % 1 == 0:
        yield number / _WHOLE, False


def _of_text(text: str) -> Iterator[tuple[Any, bool]]:
    value = core(text)
    if not isinstance(value, str):
        yield value, True  # it was written in quotes
        if isinstance(value, float):
            yield from _of_number(value)
    if text.lower() in ("true", "false"):
        yield text.lower() == "true", True
    if match := _ONE.fullmatch(text):
        yield int(match[1]), True
    if _THOUSANDS.fullmatch(text):
        yield int(re.sub(r"\D", "", text)), False
    if match := _PERCENT.fullmatch(text):
        yield float(match[1]) / _WHOLE, True
    if _LIST.fullmatch(text):
        sizes = tuple(map(int, re.findall(r"\d+", text)))
        if len(set(sizes)) == 1:
            yield sizes[0], len(sizes) == _IMAGE_AXES
        yield sizes, len(sizes) == _IMAGE_AXES
    yield text.lower(), True
