"""Findings about the YAML syntax of a file, and about its values."""

from __future__ import annotations

from typing import ClassVar

from archspec.diagnostics import Severity
from archspec.rules.stages._base import StageFinding


class YamlSyntax(StageFinding):
    """The file is not YAML: a bracket or quote is left open, a line is indented wrongly, a colon lacks its space.

    Why: nothing after the place can be read. The finding says what was most likely intended, not what the parser
    expected.

    Source: YAML 1.2.2 (https://yaml.org/spec/1.2.2/).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3
          - relu

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3}
          - relu
    """

    name: ClassVar[str] = "yaml-syntax"


class YamlAmbiguity(StageFinding):
    """YAML 1.1 and YAML 1.2 read a value differently: ``no``, ``on``, ``012``, ``1_000``, ``1:30``, dates.

    Why: archspec reads YAML 1.2, but most libraries read 1.1 to this day. A spec that two programs read differently is
    two networks.

    Source: https://yaml.org/type/ (the types of YAML 1.1); YAML 1.2.2, section 10.3.2 (tag resolution).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3, bias: no}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3, bias: false}
    """

    name: ClassVar[str] = "yaml-ambiguity"


class YamlExponent(StageFinding):
    """A number has an exponent without a point or a sign, such as ``1e-3`` or ``1.5e6``, which YAML 1.1 takes for text.

    Why: archspec reads such a number as YAML 1.2 does. PyYAML and other readers of YAML 1.1 return the text ``1e-3``,
    so a script that reads the same file computes with a word, or fails. Many specs are read by archspec alone.

    Source: https://yaml.org/type/float.html (a float of YAML 1.1 has a point, and a sign in its exponent); YAML 1.2.2,
    section 10.3.2 (tag resolution).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - batch_norm: {eps: 1e-3}

    Good:
        name: example
        input: 8x8x3
        layers:
          - batch_norm: {eps: 1.0e-3}
    """

    name: ClassVar[str] = "yaml-exponent"
    severity: ClassVar[Severity] = Severity.INFO
    default: ClassVar[bool] = False


class YamlTag(StageFinding):
    """A value has a tag, such as ``!!str`` or ``!python/object``.

    Why: a value is what it looks like. Tags of other programs have no meaning here, and some run code there.

    Source: YAML 1.2.2, section 6.9.1 (node tags).

    Bad:
        name: !!str 2012
        input: 8x8x3
        layers: [relu]

    Good:
        name: "2012"
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "yaml-tag"


class NumberRange(StageFinding):
    """A number is too large or too small for a float, or has too many digits.

    Why: it would silently become infinite or zero.

    Source: IEEE 754, the range of binary64.

    Bad:
        name: example
        input: 8x8x3
        layers:
          - batch_norm: {eps: 1e-400}

    Good:
        name: example
        input: 8x8x3
        layers:
          - batch_norm: {eps: 1e-4}
    """

    name: ClassVar[str] = "number-range"
