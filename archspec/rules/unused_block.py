"""unused-block: a block that no network of the file uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules._base import FamilyRule, Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec


class UnusedBlock(FamilyRule):
    """No network of the file uses a block.

    Why: it was forgotten, or its name is misspelt where it should be used.

    Source: docs/language.md, on blocks and files that are used.

    Bad:
        input: 8x8x3
        blocks: {twice: [relu, batch_norm]}
        layers:
          - relu

    Good:
        input: 8x8x3
        blocks: {twice: [relu, batch_norm]}
        layers:
          - twice
    """

    name: ClassVar[str] = "unused-block"
    group: ClassVar[Group] = "design"
    severity: ClassVar[Severity] = Severity.WARNING

    def check_family(self, spec: Spec, graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        """A finding for each block; those of used files may serve others."""
        used = frozenset[str]().union(*(graph.used_blocks for graph in graphs))
        for name, block in spec.blocks.items():
            if name not in used and block.name.span.source is spec.tree.span.source:
                yield self.finding(f"block {name} is never used", block.name.span, help=("use it, or remove it",))
