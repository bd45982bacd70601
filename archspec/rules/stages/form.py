"""Findings about the keys and values of a spec."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class SpecForm(StageFinding):
    """A list, a mapping or a single value is where another of these is expected.

    Why: it can't be read as a part of a spec. Often a ``- `` is missing, or arguments are not indented deeper than
    their operator.

    Source: docs/language.md, "Layers".

    Bad:
        name: example
        input: 8x8x3
        layers:
          conv: {filters: 8, kernel: 3}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3}
    """

    name: ClassVar[str] = "spec-form"


class MissingKey(StageFinding):
    """A required key, argument or parameter is missing.

    Why: it has no default: archspec does not guess which value another library would use.

    Source: docs/language.md, "The file" and the tables of operators.

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3}
    """

    name: ClassVar[str] = "missing-key"


class UnknownKey(StageFinding):
    """A key is not known at this place.

    Why: it would have no effect, and the default would be used instead. A misspelt key, or the word that
    another library has for it, is named in the help.

    Source: docs/language.md, "The file" and the tables of operators.

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3, strides: 1}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3, stride: 1}
    """

    name: ClassVar[str] = "unknown-key"


class InvalidValue(StageFinding):
    """A value has the wrong type, is out of range, or is not one of the allowed words.

    Why: there is no network with it, or it is ambiguous which one.

    Source: docs/language.md, the tables of operators.

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 0}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 1}
    """

    name: ClassVar[str] = "invalid-value"


class Expression(StageFinding):
    """A ``$name`` or ``$(expression)`` has no value: an unknown name, or invalid arithmetic.

    Why: the value is unknown, and so is everything that depends on it.

    Source: docs/language.md, "Expressions".

    Bad:
        name: example
        input: 8x8x3
        params: {width: 8}
        layers:
          - conv: {filters: $(2 * wide), kernel: 3}
          - relu
          - fc: $width

    Good:
        name: example
        input: 8x8x3
        params: {width: 8}
        layers:
          - conv: {filters: $(2 * width), kernel: 3}
          - relu
          - fc: $width
    """

    name: ClassVar[str] = "expression"
