"""The finding for a word that is neither an operator nor a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix
from archspec.ops import OPERATORS
from archspec.source import Span
from archspec.spec.foreign import our_operator
from archspec.spec.operator_meaning import operator_meaning
from archspec.spec.validate import rename
from archspec.spec.wording import shorten
from archspec.syntax.nodes import Scalar, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.spec.items import Item
    from archspec.syntax.nodes import Node


def unknown_operator(item: Item, layer: str, blocks: Iterable[str]) -> Diagnostic:
    """The finding, with the word that was probably meant, or why there is no such operator."""
    names = [*blocks]
    if _makes_a_map(item):
        return _no_reshape(item, layer)
    meaning = operator_meaning(item.word, names)
    word, near = shorten(item.key), meaning.word
    return Diagnostic(
        rule="unknown-operator",
        message=f"there is no operator{' or block' if names and not meaning.reason else ''} `{word}`{meaning.ending}",
        span=item.place,
        layer=layer,
        notes=(f"`{word}` in other libraries is `{near}` here",) if meaning.is_foreign else (),
        help=meaning.help,
        fix=rename(item.place, near, safe=meaning.is_sure) if near else _named_by_its_value(item),
    )


def _named_by_its_value(item: Item) -> Fix | None:
    """The fix of ``activation: relu``, whose value names the operator; None for another value."""
    value = getattr(item, "arguments", None)
    if not (isinstance(value, Scalar) and isinstance(value.value, str) and value.span.line == item.place.line):
        return None
    word = value.value if value.value in OPERATORS else our_operator(value.value)
    place = Span(item.place.source, item.place.start, value.span.end)
    return Fix(f"write `{word}`", (Edit(place, word),)) if word else None


def _makes_a_map(item: Item) -> bool:
    """Whether an item is another library's reshape to a size of its own, which `flatten` does not give."""
    arguments = getattr(item, "arguments", None)
    return item.word.lower() in ("reshape", "unflatten", "view") and arguments is not None and _is_given(arguments)


def _is_given(arguments: Node) -> bool:
    return plain(arguments) not in (None, -1, (-1,), {})


def _no_reshape(item: Item, layer: str) -> Diagnostic:
    return Diagnostic(
        rule="unknown-operator",
        message=f"there is no operator `{shorten(item.key)}`: a volume has the size that its layers give it",
        span=item.place,
        layer=layer,
        help=(
            "`flatten` turns a map into a vector",
            "`conv_transpose: {filters: C, kernel: K}`, in place of `fc` and this, turns a vector into a map of KxKxC",
        ),
    )
