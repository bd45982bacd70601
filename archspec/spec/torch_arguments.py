"""Positional arguments of PyTorch's layers, written by the names of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.diagnostics import Edit, Fix
from archspec.ops import OPERATORS, operator
from archspec.spec.foreign import is_same_operator
from archspec.spec.validate import required_names
from archspec.syntax.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from archspec.source import Span
    from archspec.syntax.nodes import Node

_CLASS = re.compile(r"(?:torch\.)?(?:nn\.)?[A-Z]\w*(?<![123]D)")


def positional_fix(place: Span, near: str, value: Node, *, safe: bool) -> Fix | None:
    """The fix of a class of PyTorch with its positional arguments; None where they cannot be said here."""
    parts = value.items if isinstance(value, Sequence) else (value,)
    arguments = _by_name(near, parts)
    if arguments is None:
        return None
    span = value.span
    if not arguments:
        edit = Edit(span._replace(start=place.end), "")
    elif len(arguments) == 1 and operator(near).main in arguments:
        edit = Edit(span, next(iter(arguments.values())))
    else:
        edit = Edit(span, f"{{{', '.join(f'{name}: {text}' for name, text in arguments.items())}}}")
    text = f"{near}: {edit.text}" if edit.text else near
    return Fix(f"write `{text}`", (Edit(place, near), edit), safe)


def is_torch_class(word: str, near: str) -> bool:
    """Whether a word is PyTorch's name of one of our operators, whose positional arguments are known."""
    is_class = near in OPERATORS and bool(_CLASS.fullmatch(word)) and is_same_operator(word)  # Keras writes `Conv2D`
    return is_class and bool(operator(near).torch_arguments)


def is_positional(value: Node | None) -> bool:
    """Whether a value is arguments without their names."""
    return isinstance(value, Sequence) or (isinstance(value, Scalar) and value.value is not None)


def _by_name(near: str, parts: tuple[Node, ...]) -> dict[str, str] | None:
    """Texts by the names here."""
    names = operator(near).torch_arguments.split()
    if len(parts) > len(names) or any(isinstance(part, Mapping) or "\n" in part.span.text for part in parts):
        return None
    pairs = [
        (name, part.span.text)
        for name, part in zip(names, parts, strict=False)
        if name != "-" and not (isinstance(part, Scalar) and part.value in (None, "None"))
    ]
    found = dict(pairs)
    return found if "?" not in found and found.keys() >= {*required_names(operator(near))} else None
