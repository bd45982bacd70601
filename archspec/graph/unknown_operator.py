"""The finding for a word that is neither an operator nor a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix
from archspec.ops import OPERATORS, operator
from archspec.source import Span
from archspec.spec.foreign import our_operator
from archspec.spec.operator_meaning import operator_meaning
from archspec.spec.torch_arguments import is_positional, is_torch_class, positional_fix
from archspec.spec.validate import rename
from archspec.spec.wording import shorten
from archspec.syntax.nodes import Scalar, Sequence, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.spec.items import Item
    from archspec.spec.operator_meaning import OperatorMeaning
    from archspec.syntax.nodes import Node


_SIZE = re.compile(r"\d+(?:x\d+)+")


def unknown_operator(item: Item, layer: str, blocks: Iterable[str]) -> Diagnostic:
    """The finding, with the word that was probably meant, or why there is no such operator."""
    names = [*blocks]
    if _makes_a_map(item):
        return _no_reshape(item, layer)
    meaning = operator_meaning(item.word, names)
    word, near = shorten(item.key), meaning.word
    fix = _renamed(item, meaning) if near else _named_by_its_value(item)
    return Diagnostic(
        rule="unknown-operator",
        message=f"there is no operator{' or block' if names and not meaning.reason else ''} `{word}`{meaning.ending}",
        span=item.place,
        layer=layer,
        notes=(f"`{word}` in other libraries is `{near}` here",) if meaning.is_foreign else (),
        help=(fix.title,) if fix and near else meaning.help,
        fix=fix,
    )


def _renamed(item: Item, meaning: OperatorMeaning) -> Fix | None:
    """The fix that writes our word: with the positional arguments of another library as this means them, or none.

    One value alone is in Keras and Caffe what it is here: the units of `Dense: 10`, the window of `MaxPooling2D: 2`.
    """
    near, value = meaning.word or "", getattr(item, "arguments", None)
    if value is not None and _is_reshape(item):
        return Fix(f"write `{near}`", (Edit(item.place, near), Edit(value.span._replace(start=item.place.end), "")))
    if meaning.is_foreign and value is not None and is_positional(value):
        if is_torch_class(item.word, near):
            return positional_fix(item.place, near, value, safe=meaning.is_sure)
        if isinstance(value, Sequence) or near not in OPERATORS or not operator(near).main:
            return None
    return _with_colon(item) or rename(item.place, near, safe=meaning.is_sure)


def _with_colon(item: Item) -> Fix | None:
    """The fix of ``max_pool 2`` and ``conv 64 3x3``, whose colon was forgotten; None for another word."""
    word, _, rest = item.word.partition(" ")
    values = rest.split()
    if (
        word not in OPERATORS
        or not values
        or getattr(item, "arguments", None) is not None
        or item.place.text != item.word
    ):
        return None
    kind = operator(word)
    names = [name for name in (kind.main or kind.channels_argument, "kernel") if name in kind.model_fields]
    sizes = ["[" + each.replace("x", ", ") + "]" if _SIZE.fullmatch(each) else each for each in values]
    if len(values) == 1 and kind.main:
        text = sizes[0]
    elif len(values) <= len(names):
        text = "{" + ", ".join(f"{name}: {size}" for name, size in zip(names, sizes, strict=False)) + "}"
    else:
        return None
    return Fix(f"write `{word}: {text}`", (Edit(item.place, f"{word}: {text}"),))


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
    return _is_reshape(item) and arguments is not None and _is_given(arguments)


def _is_reshape(item: Item) -> bool:
    return item.word.lower() in ("reshape", "unflatten", "view")


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
