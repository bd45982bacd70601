"""Limits that keep a file from exhausting time and memory."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class AliasLimit(StageFinding):
    """The aliases of a file repeat more than 200,000 keys and values.

    Why: a few lines of anchors that repeat each other grow to billions of values and fill the memory.

    Source: CWE-776, "Improper Restriction of Recursive Entity References" (the "billion laughs").

    Bad:
        name: example
        input: 8x8x3
        params:
          a: &a [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
          b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
          c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
          d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
          e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
          f: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
        layers: [relu]

    Good:
        name: example
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "alias-limit"


class DepthLimit(StageFinding):
    """Lists and mappings are nested more than 64 deep.

    Why: no architecture needs it, and programs that read the file by recursion would crash.

    Source: CWE-674, "Uncontrolled Recursion".

    Bad:
        name: example
        input: 8x8x3
        params:
          deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0
        layers: [relu]

    Good:
        name: example
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "depth-limit"


class NodeLimit(StageFinding):
    """The file has more than 3,000,000 keys, values and brackets.

    Why: it would fill the memory. Layers that repeat are written once, under ``repeat`` or ``for``.

    Source: docs/language.md, "Groups and loops".

    Bad: a file that writes out what a program should expand.

    Good: a network of 200,000 layers, each written out, still fits.
    """

    name: ClassVar[str] = "node-limit"


class FindingLimit(StageFinding):
    """More than 1,000 things are wrong with the YAML of one file.

    Why: no one reads that many; the first ones show what went wrong, and the rest usually follows from it.

    Source: docs/language.md, "YAML".

    Bad: a file that another program wrote, with `no` for `false` in each of 1,001 layers.

    Good: the same with `false`.
    """

    name: ClassVar[str] = "finding-limit"
