"""Findings about the names in a spec."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class UnknownOperator(StageFinding):
    """A layer's type is neither an operator nor a block of the file.

    Why: the layer is unknown, so nothing after it can be computed. A misspelt word, or the one that
    another library has for it, is named in the help.

    Source: docs/language.md, "Operators".

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv2d: {filters: 8, kernel: 3}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3}
    """

    name: ClassVar[str] = "unknown-operator"


class UnknownVolume(StageFinding):
    """A ``from``, a branch or ``outputs`` names a layer that does not exist, or not yet.

    Why: there is no such volume. Layers are computed in their order, so a name can only be used below the layer that
    has it.

    Source: docs/language.md, "Layers" (what a layer goes on from).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - {conv: {filters: 3, kernel: 1}, name: stem}
          - add: steam

    Good:
        name: example
        input: 8x8x3
        layers:
          - {conv: {filters: 3, kernel: 1}, name: stem}
          - add: input
    """

    name: ClassVar[str] = "unknown-volume"


class UnknownRule(StageFinding):
    """A layer's ``ignore``, or a comment that suppresses findings, does not name a rule.

    Why: it suppresses nothing, so the intended finding is still reported.

    Source: docs/language.md, "Layers"; docs/silencing.md; `archspec rules` lists the names.

    Bad:
        name: example
        input: 10x10x3
        fit: crop
        layers:
          - {conv: {filters: 8, kernel: 3}, ignore: accept-fit}

    Good:
        name: example
        input: 10x10x3
        fit: crop
        layers:
          - {conv: {filters: 8, kernel: 3}, ignore: accepted-fit}
    """

    name: ClassVar[str] = "unknown-rule"


class DuplicateName(StageFinding):
    """Two layers, a layer and an input, or two blocks have the same name.

    Why: a ``from`` with this name would be ambiguous.

    Source: docs/language.md, "Layers".

    Bad:
        name: example
        input: 8x8x3
        layers:
          - {conv: {filters: 8, kernel: 3}, name: stem}
          - {relu: , name: stem}

    Good:
        name: example
        input: 8x8x3
        layers:
          - {conv: {filters: 8, kernel: 3}, name: stem}
          - {relu: , name: active}
    """

    name: ClassVar[str] = "duplicate-name"


class ShadowedName(StageFinding):
    """A block's name is that of an operator, has another meaning in a layer, or is not a valid name.

    Why: in ``layers`` it would be ambiguous which of the two is meant.

    Source: docs/language.md, "Blocks".

    Bad:
        name: example
        input: 8x8x3
        blocks: {add: [relu, batch_norm]}
        layers: [relu]

    Good:
        name: example
        input: 8x8x3
        blocks: {twice: [relu, batch_norm]}
        layers: [twice]
    """

    name: ClassVar[str] = "shadowed-name"
