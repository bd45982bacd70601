"""One branch of a merge, and changes at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.rules.repair.arguments import value_text
from archspec.rules.repair.candidates import Candidate, together
from archspec.spec.items import Merge
from archspec.syntax.nodes import Mapping, Scalar

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


def inserted(branch: MergeBranch, new: Operator, node: Node, text: str = "") -> Candidate:
    """An operator between the end of a branch and the merge; the text is what to write, unless there is another one."""
    text = text or insertion_text(node, branch, new)
    return Candidate(text, {node.name: Change(inserted={branch.number: new})})


def insertion_text(node: Node, branch: MergeBranch, new: Operator) -> str:
    """The whole line of a merge with a named volume, an operator put before it; else the operator and its branch."""
    main, arguments = type(new).main, new.model_dump(exclude_unset=True)
    if new.channels_argument in arguments:
        arguments = {new.channels_argument: arguments[new.channels_argument], **arguments}
    pairs = ", ".join(f"{name}: {value_text(value)}" for name, value in arguments.items())
    text = (
        f"{new.name}: {value_text(arguments[main])}" if main and [*arguments] == [main] else f"{new.name}: {{{pairs}}}"
    )
    branches = node.origin.branches if isinstance(node.origin, Merge) else ()
    value = node.origin.node.get(node.kind) if node.origin and isinstance(node.origin.node, Mapping) else None
    if isinstance(value, Scalar):
        named = value.text
        is_named = branches[branch.number].source is not None
        return (
            f"`{node.kind}: [[{{from: {named}, {text}}}], []]`"
            if is_named
            else f"`{node.kind}: [[{{{text}}}], {named}]`"
        )
    is_shortcut = not branch.steps and node.traits.merge == "sum"
    return f"`{text}` on the {'shortcut' if is_shortcut else f'branch of {branch.volume}'}"


def convolution(filters: int, *, kernel: int, stride: int) -> Operator:
    """A convolution without padding."""
    return operator("conv").model_validate({"filters": filters, "kernel": kernel, "stride": stride})


def all_of(candidates: Sequence[Candidate]) -> Candidate:
    """All candidates at once."""
    first, *others = candidates
    for each in others:
        first = together(first, each)
    return first
