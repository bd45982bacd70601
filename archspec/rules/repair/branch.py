"""One branch of a merge, and changes at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.rules.repair.candidates import Candidate, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.graph.model import Node
    from archspec.ops._base import Operator
    from archspec.volume import Volume


class MergeBranch(NamedTuple):
    """One branch of a merge: its number, the volume that the merge receives from it, and its own layers in order."""

    number: int
    volume: Volume
    steps: list[Node]


def inserted(text: str, branch: MergeBranch, new: Operator, node: Node) -> Candidate:
    """An operator between the end of a branch and the merge."""
    return Candidate(text, {node.name: Change(inserted={branch.number: new})})


def convolution(filters: int, *, kernel: int, stride: int) -> Operator:
    """A convolution without padding."""
    return operator("conv").model_validate({"filters": filters, "kernel": kernel, "stride": stride})


def all_of(candidates: Sequence[Candidate]) -> Candidate:
    """All candidates at once."""
    first, *others = candidates
    for each in others:
        first = together(first, each)
    return first
