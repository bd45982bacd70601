"""Strides with which branches get equal sizes."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.ops._sliding import Sliding
from archspec.rules.repair.branch import all_of, convolution, inserted
from archspec.rules.repair.branch_differences import factor, smallest
from archspec.rules.repair.candidates import Candidate
from archspec.rules.repair.roundings import changes_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.branch import MergeBranch

_TWO = 2
"""Branches of which changing the other one suffices too."""
_MOST = 16
"""Choices of strides that are tried: of many branches there are very many."""


def stride_candidates(node: Node, branches: list[MergeBranch], graph: Graph) -> Iterator[Candidate]:
    """Strides for the branches that are larger by a whole factor; or none for the layer that made the other smaller."""
    small = smallest([branch.volume for branch in branches])
    larger = [(branch, times) for branch in branches if (times := factor(branch.volume, small)) > 1]
    choices = product(*([*_change_stride(node, branch, times, graph)] for branch, times in larger))
    if larger:
        yield from (all_of(choice) for choice in islice(choices, _MOST))
    if len(branches) == _TWO and len(larger) == 1:
        other = next(branch for branch in branches if branch is not larger[0][0])
        yield from without_stride(other, graph)


def _change_stride(node: Node, branch: MergeBranch, times: int, graph: Graph) -> Iterator[Candidate]:
    """The last layer of a branch that slides with a stride of so many, or so many times its own; else another layer."""
    step = next((step for step in reversed(branch.steps) if isinstance(step.operator, Sliding)), None)
    if step is None:
        conv = convolution(branch.volume.channels, kernel=times, stride=times)
        yield inserted(f"a convolution with `stride: {times}` on the branch of {branch.volume}", branch, conv, node)
        return
    present = set(strides_of(step))
    for stride in (times, times * present.pop()) if len(present) == 1 else (times,):
        changes = {step.name: Change({"stride": stride})}
        yield Candidate(changes_text(changes, graph), changes)


def without_stride(branch: MergeBranch, graph: Graph) -> Iterator[Candidate]:
    """``stride: 1`` for the only layer of a branch that has another stride."""
    strided = [step for step in branch.steps if isinstance(step.operator, Sliding) and set(strides_of(step)) != {1}]
    if len(strided) == 1:
        changes = {strided[0].name: Change({"stride": 1})}
        yield Candidate(changes_text(changes, graph), changes)


def strides_of(step: Node) -> tuple[int, ...]:
    """The strides of a layer in force, one or one per axis."""
    strides = getattr(step.operator, "strides", None) or getattr(step.operator, "stride", 1)
    return strides if isinstance(strides, tuple) else (strides,)
