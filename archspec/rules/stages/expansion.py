"""Findings about blocks and their expansion."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class UnusableFile(StageFinding):
    """A file under ``use`` lies outside of the spec's folder, or uses itself.

    Why: checking a spec that someone else sent should not read other files on this machine.

    Source: docs/language.md, "Blocks of other files".

    Bad:
        name: example
        input: 8x8x3
        use: ../common.yaml
        layers: [relu]

    Good:
        name: example
        input: 8x8x3
        blocks: {twice: [relu, batch_norm]}
        layers: [twice]
    """

    name: ClassVar[str] = "unusable-file"


class RecursiveBlock(StageFinding):
    """A block uses itself, directly or through others.

    Why: the network would be infinite. Repetition is written with ``repeat`` or ``for``.

    Source: docs/language.md, "Blocks".

    Bad:
        name: example
        input: 8x8x3
        blocks: {twice: [relu, twice]}
        layers: [twice]

    Good:
        name: example
        input: 8x8x3
        blocks: {twice: [relu, batch_norm]}
        layers: [twice]
    """

    name: ClassVar[str] = "recursive-block"


class ExpansionLimit(StageFinding):
    """A spec expands to more than 200,000 layers, or to blocks nested more than 64 deep.

    Why: a mistake in ``repeat`` or ``for`` should not fill the memory. ``--max-nodes`` raises the first limit.

    Source: docs/language.md, "Limits of networks".

    Bad:
        name: example
        input: 8x8x3
        layers:
          - relu
          - layers: [fc: 8, relu]
            repeat: 1000000

    Good:
        name: example
        input: 8x8x3
        layers:
          - relu
          - layers: [fc: 8, relu]
            repeat: 10
    """

    name: ClassVar[str] = "expansion-limit"


class WorkLimit(StageFinding):
    """A file takes more work than its size and its layers explain.

    Why: a few words can ask for hours of computing: loops of no layers, variants that are counted in thousands, an
    expression over a long list that each layer computes again. Work is counted, not timed, so that the answer is the
    same on every machine. ``--max-nodes`` raises this limit too.

    Source: CWE-400, "Uncontrolled Resource Consumption".

    Bad:
        name: example
        input: 8x8x3
        layers:
          - relu
          - repeat: 1000
            layers:
              - relu:
                repeat: 1000
                when: $(i < 0)

    Good:
        name: example
        input: 8x8x3
        layers:
          - repeat: 1000
            layers:
              - conv: {filters: 8, kernel: 1}
              - relu
    """

    name: ClassVar[str] = "work-limit"
