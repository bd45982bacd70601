"""What can be wrong with blocks, and with what becomes of them."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class UnusableFile(StageFinding):
    """A file under ``use`` lies outside of the spec's folder, or uses itself.

    Why: whoever checks a spec that somebody sent should not have it read other files of theirs.

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
    """A block uses itself, directly or by way of others.

    Why: the network would have no end. What repeats is written with ``repeat`` or ``for``.

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

    Why: a slip in ``repeat`` or ``for`` should not fill the memory. ``--max-nodes`` raises the first limit.

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
