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
    """A stride for layers that have none in branches that are larger by a whole factor; less stride in the other one.

    At last a multiple of the stride that a layer has.
    """
    small = smallest([branch.volume for branch in branches])
    larger = [(branch, times) for branch in branches if (times := factor(branch.volume, small)) > 1]
    choices = [[*_change_stride(node, branch, times, graph)] for branch, times in larger]
    tried = [*islice(product(*choices), _MOST)] if larger else []
    yield from (all_of(choice) for choice in tried if not any(map(_multiplies, choice)))
    if len(branches) == _TWO and len(larger) == 1:
        other = next(branch for branch in branches if branch is not larger[0][0])
        yield from _less_stride(other, larger[0][1], graph)
    yield from (all_of(choice) for choice in tried if any(map(_multiplies, choice)))


class _Multiple(Candidate):
    """A multiple of a stride that a layer has: it skips more."""


def _multiplies(candidate: Candidate) -> bool:
    return isinstance(candidate, _Multiple)


def _change_stride(node: Node, branch: MergeBranch, times: int, graph: Graph) -> Iterator[Candidate]:
    """The last layer of a branch that slides with a stride of so many, or so many times its own; else another layer."""
    step = next((step for step in reversed(branch.steps) if isinstance(step.operator, Sliding)), None)
    if step is None:
        yield inserted(branch, convolution(branch.volume.channels, kernel=times, stride=times), node)
        return
    present = set(strides_of(step))
    for stride in (times, times * present.pop()) if len(present) == 1 else (times,):
        changes = {step.name: Change({"stride": stride})}
        kind = Candidate if set(strides_of(step)) == {1} else _Multiple
        yield kind(changes_text(changes, graph), changes)


def _less_stride(branch: MergeBranch, times: int, graph: Graph) -> Iterator[Candidate]:
    """A stride less by a factor for one layer of a branch, the last one first."""
    for step in reversed(branch.steps):
        strides = set(strides_of(step)) if isinstance(step.operator, Sliding) else {1}
        if len(strides) == 1 and (stride := strides.pop()) > 1 and stride % times == 0:
            changes = {step.name: Change({"stride": stride // times})}
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
