"""Findings about anchors and aliases."""

from __future__ import annotations

from typing import ClassVar

from archspec.diagnostics import Severity
from archspec.rules.stages._base import StageFinding


class UndefinedAlias(StageFinding):
    """An alias names an anchor that is not defined above it.

    Why: there is nothing to repeat; usually one of the two is misspelt.

    Source: YAML 1.2.2, section 7.1 (alias nodes).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - &wide {conv: {filters: 8, kernel: 3}}
          - relu
          - *wide
          - *narrow

    Good:
        name: example
        input: 8x8x3
        layers:
          - &wide {conv: {filters: 8, kernel: 3}}
          - relu
          - *wide
    """

    name: ClassVar[str] = "undefined-alias"


class RecursiveAlias(StageFinding):
    """An alias is inside the value that it repeats.

    Why: the value would be infinite. Layers that occur several times are repeated with ``repeat`` or a block.

    Source: YAML 1.2.2, section 3.2.2.2 (anchors and aliases); docs/language.md, "Groups and loops".

    Bad:
        name: example
        input: 8x8x3
        layers: &all
          - relu
          - *all

    Good:
        name: example
        input: 8x8x3
        layers:
          - relu
          - max_pool: 2
    """

    name: ClassVar[str] = "recursive-alias"


class UnusedAnchor(StageFinding):
    """No alias uses an anchor.

    Why: it was forgotten, or an alias that was meant to use it is missing.

    Source: YAML 1.2.2, section 6.9.2 (node anchors).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: &wide {filters: 8, kernel: 3}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3}
    """

    name: ClassVar[str] = "unused-anchor"
    severity: ClassVar[Severity] = Severity.WARNING
