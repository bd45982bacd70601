"""The finding for a name that no volume has: what was meant by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Label
from archspec.ops import MERGES, OPERATORS, operator
from archspec.spec.foreign import our_operator
from archspec.spec.validate import rename, required_names
from archspec.syntax import nearest, only_candidate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.syntax.nodes import Node, Scalar

_MOST = 8
"""Names that a help lists."""
_BEFORE = 40
"""Characters before a name in which the key of a merge is looked for."""


def no_volume(place: Node, name: str, visible: list[str], explicit: Mapping[str, Scalar]) -> Diagnostic:
    """The finding for a name of no volume, or of one that comes later."""
    later = explicit.get(name)
    if later is not None and later.span.start > place.span.start:
        return Diagnostic(
            rule="unknown-volume",
            message=f"`{name}` is used before it exists",
            span=place.span,
            labels=(Label(later.span, "named here"),),
            help=("a layer can only read a layer above it",),
        )
    if numbered := _with_numbers(name, visible):
        return _several(place, name, numbered)
    near = nearest(name, visible)
    return Diagnostic(
        rule="unknown-volume",
        message=f"there is no volume `{name:.60}` here" + (f"; did you mean `{near}`?" if near else ""),
        span=place.span,
        help=(f"write `{near}`" if near else _visible_names(visible),),
        fix=_respelt(place, name, near, visible) if near else None,
    )


def no_branch(place: Node, name: str, finding: Diagnostic) -> Diagnostic:
    """The finding for a branch that names no volume: it may name an operator."""
    word = name if name in OPERATORS else our_operator(name)
    if word is None or word in MERGES or finding.labels:
        return finding
    needed = required_names(operator(word))
    item = f"{word}: {{{', '.join(f'{key}: ...' for key in needed)}}}" if needed else word
    before = place.span.source.text[max(place.span.start - _BEFORE, 0) : place.span.start].rstrip()
    is_alone = any(before.endswith(f"{merge}:") for merge in MERGES)
    text = f"[[], [{item}]]" if is_alone else f"[{item}]"
    is_written = not needed and getattr(place, "value", None) == name
    return finding._replace(
        message=f"there is no volume `{name:.60}` here; a branch of one operator is a list",
        help=(f"write `{text}`",),
        fix=Fix(f"write `{text}`", (Edit(place.span, text),)) if is_written else None,
    )


def names_nothing(source: Scalar) -> Diagnostic:
    """An expression that gives nothing where a name belongs."""
    return Diagnostic(
        rule="unknown-volume",
        message=f"this names no layer: `{source.span.text:.60}` gives nothing",
        span=source.span,
        help=("leave the key out where there is nothing to name",),
    )


def _with_numbers(name: str, visible: list[str]) -> list[str]:
    """Volumes that have a name with a number, as the rounds of a repeated layer have."""
    form = re.compile(rf"{re.escape(name)}(\d+)", re.ASCII)
    found = [each for each in visible if form.fullmatch(each)]
    return found if len(found) > 1 else []


def _several(place: Node, name: str, numbered: list[str]) -> Diagnostic:
    last = numbered[-1]
    return Diagnostic(
        rule="unknown-volume",
        message=f"there is no volume `{name:.60}` here: layers of that name are numbered, `{numbered[0]}` to `{last}`",
        span=place.span,
        help=(f"write `{last}`",),
        fix=rename(place.span, last, safe=False) if getattr(place, "value", None) == name else None,
    )


def _visible_names(visible: list[str]) -> str:
    more = f" and {len(visible) - _MOST} more" if len(visible) > _MOST else ""
    return f"known names are {', '.join(visible[-_MOST:])}{more}"


def _respelt(place: Node, name: str, near: str, visible: list[str]) -> Fix | None:
    """The fix of a misspelled name of a volume; None if an expression gave it."""
    if getattr(place, "value", None) != name:
        return None
    return rename(place.span, near, safe=only_candidate(name, visible) is not None)
