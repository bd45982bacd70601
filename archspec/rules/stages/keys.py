"""Findings about the keys of a mapping."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class DuplicateKey(StageFinding):
    """A key occurs twice in one mapping.

    Why: one of the two values is ignored, and most libraries silently take the last.

    Source: YAML 1.2.2, section 3.2.1.3 (keys of a mapping are unique).

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3, filters: 16}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: {filters: 8, kernel: 3}
    """

    name: ClassVar[str] = "duplicate-key"


class ComplexKey(StageFinding):
    """A key is a list, a mapping or null instead of a name.

    Why: YAML allows it and JSON does not; in a spec it is always a mistake, such as brackets around a single word.

    Source: docs/language.md, "YAML".

    Bad:
        name: example
        input: 8x8x3
        [source]: "a paper"
        layers: [relu]

    Good:
        name: example
        input: 8x8x3
        source: "a paper"
        layers: [relu]
    """

    name: ClassVar[str] = "complex-key"


class MergeKey(StageFinding):
    """A mapping includes another one by ``<<``.

    Why: merge keys are a habit of YAML 1.1 libraries; YAML 1.2 has none, so another program would see a key ``<<``.
    Blocks with parameters do the same, and name what differs.

    Source: https://yaml.org/type/merge.html; docs/language.md, "YAML".

    Bad:
        name: example
        input: 8x8x3
        layers:
          - conv: &wide {filters: 8, kernel: 3}
          - relu
          - conv: {<<: *wide, stride: 1}

    Good:
        name: example
        input: 8x8x3
        layers:
          - conv: &wide {filters: 8, kernel: 3}
          - relu
          - conv: *wide
    """

    name: ClassVar[str] = "merge-key"
