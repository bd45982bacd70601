"""Names of layers and branches: one check for those in a file and for those that an expression makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from archspec.diagnostics import Diagnostic

if TYPE_CHECKING:
    from archspec.source import Span

_SEPARATORS = frozenset(". /\\:")
"""They separate names in paths, here or in file names."""


def is_layer_name(word: object) -> TypeGuard[str]:
    """Whether a name is one word: text that can be printed, with nothing in it that separates."""
    return isinstance(word, str) and bool(word) and word.isprintable() and _SEPARATORS.isdisjoint(word)


def no_layer_name(shown: str, place: Span) -> Diagnostic:
    """The finding about a name that is none."""
    return Diagnostic(
        rule="invalid-value",
        message=f"a layer's name must be one word without dots, spaces and slashes, not {shown}",
        span=place,
        help=("names become paths such as `stage1.conv2`; write `stem` or `conv1_1`",),
    )
