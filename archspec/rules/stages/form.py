"""What can be wrong with the keys and values of a spec."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class SpecForm(StageFinding):
    """Something is a list, a mapping or a single value where another of these is wanted.

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
    """A key, an argument or a parameter that must be given is not.

    Why: nothing stands for it: archspec does not guess what another library would take.

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
    """A key is none that is known in its place.

    Why: it would have no effect, and the value that was meant would be the default. A misspelt key, or the word that
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
    """A value is of another type than wanted, out of its range, or none of the words that are allowed.

    Why: there is no network with it, or nobody can tell which.

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
    """A ``$name`` or ``$(expression)`` has no value: a name nobody knows, or arithmetic that can't be done.

    Why: whatever it stands for is unknown, and so is everything that comes after it.

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
