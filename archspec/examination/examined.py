"""What an examination of a whole file found, and which of its layers could be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.examination.networks import Examination


class Examined(NamedTuple):
    """The findings of a file, and its networks as far as they are known."""

    findings: list[Diagnostic]
    networks: Sequence[Examination] = ()

    @property
    def layers(self) -> int:
        """How many layers all networks have."""
        return sum(len(each.graph.nodes) for each in self.networks if each.graph)

    @property
    def checked_layers(self) -> frozenset[str]:
        """Names of the layers whose operator and inputs are known in all networks that have them."""
        nodes = [node for each in self.networks if each.graph for node in each.graph.nodes]
        return frozenset(node.name for node in nodes) - {node.name for node in nodes if not node.is_checkable}

    @property
    def is_known(self) -> bool:
        """Whether every layer of every network is known, so that nothing is left unchecked."""
        return bool(self.networks) and all(each.graph is not None and each.graph.is_known for each in self.networks)
