"""Channels with which the branches of a merge fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.graph.changes import Change
from archspec.rules.repair.branch import all_of, convolution, inserted
from archspec.rules.repair.candidates import Candidate
from archspec.rules.repair.roundings import changes_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.branch import MergeBranch

_TWO = 2
"""Branches of which a projection of the other one suffices too."""


def channel_candidates(node: Node, branches: list[MergeBranch], graph: Graph) -> Iterator[Candidate]:
    """``filters`` or ``units`` for the branches whose channels differ, or projections to the most channels."""
    channels = _leading(node, branches).volume.channels
    differing = [branch for branch in branches if branch.volume.channels != channels]
    changes = [_last_choice_of_channels(branch, channels) for branch in differing]
    if all(changes):
        every = {name: change for each in changes for name, change in each.items()}
        yield Candidate(changes_text(every, graph), every)
    yield from _projections(node, branches)


def _last_choice_of_channels(branch: MergeBranch, channels: int) -> dict[str, Change]:
    """The last layer of a branch that chooses channels, with as many as these."""
    for step in reversed(branch.steps):
        if step.traits.channels_argument is not None:
            return {step.name: Change({step.traits.channels_argument: channels})}
    return {}


def _leading(node: Node, branches: list[MergeBranch]) -> MergeBranch:
    """The branch that others should follow: what is gated, comes by unchanged, or is made by the most layers."""
    if node.traits.merge == "product":
        return max(branches, key=lambda branch: branch.volume.positions)
    unchanged = (branch for branch in branches if not branch.steps)
    return next(unchanged, max(branches, key=lambda branch: len(branch.steps)))


def _projections(node: Node, branches: list[MergeBranch]) -> Iterator[Candidate]:
    """1x1 convolutions on all branches but those of the most channels."""
    most = max(branch.volume.channels for branch in branches)
    narrow = [branch for branch in branches if branch.volume.channels < most]
    where = "the other branch" if len(narrow) == 1 else "the other branches"
    text = f"a 1x1 convolution of {most} filters on {where}"
    projections = [inserted(branch, convolution(most, kernel=1, stride=1), node, text) for branch in narrow]
    yield all_of(projections)._replace(text=text)


def plain_projections(node: Node, branches: list[MergeBranch]) -> Iterator[Candidate]:
    """A projection of the branch without layers, of two that are added: what residual networks have."""
    plain = [branch for branch in branches if not branch.steps]
    if node.traits.merge == "sum" and len(branches) == _TWO and len(plain) == 1:
        channels = next(branch.volume.channels for branch in branches if branch.steps)
        text = f"a 1x1 convolution of {channels} filters on the other branch"
        yield inserted(plain[0], convolution(channels, kernel=1, stride=1), node, text)


def strided_projections(node: Node, branches: list[MergeBranch]) -> Iterator[Candidate]:
    """One convolution on the branch without layers, of two that are added, for its size and its channels at once."""
    plain = [branch for branch in branches if not branch.steps]
    if node.traits.merge != "sum" or len(branches) != _TWO or len(plain) != 1:
        return
    wanted = next(branch.volume for branch in branches if branch.steps)
    pairs = zip(plain[0].volume.spatial, wanted.spatial, strict=False)
    strides = {-(-size // other) for size, other in pairs}
    if len(strides) == 1 and (stride := strides.pop()) > 1:
        yield inserted(plain[0], convolution(wanted.channels, kernel=1, stride=stride), node)
