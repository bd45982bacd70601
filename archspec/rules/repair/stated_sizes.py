"""What gives a layer the output that is stated: where its size departs from it, and what restores it."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING

from archspec.analysis.infer import inference_until, inputs_at
from archspec.graph.changes import Change
from archspec.ops._sliding import Sliding
from archspec.rules._branches import way_to
from archspec.rules.repair.branch_differences import changing_at_borders
from archspec.rules.repair.branch_strides import strides_of
from archspec.rules.repair.candidates import Candidate, together
from archspec.rules.repair.network_inputs import do_for_all
from archspec.rules.repair.roundings import changes_text
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Label
    from archspec.graph.changes import Changes
    from archspec.graph.model import Graph, Node

_MOST = 24
"""Changes that are tried."""
_LARGEST = 4_096
"""The largest input that is tried."""
_CALLS = 1_000_000
"""Layers of a network times the largest input that is tried."""


def departing(name: str, wanted: Volume, graph: Graph) -> Label | str | None:
    """The first layer on the way to another one at which a size is no longer the stated one, if it was before."""
    step = next((step for step in way_to(name, graph) if _departs(step, wanted)), None)
    if step is None or step.volume is None or step.output is None:
        return None
    return step.label(f"{step.name} turns {sizes(step.volume.spatial)} into {sizes(step.output.spatial)}")


def _departs(step: Node, wanted: Volume) -> bool:
    is_known = step.volume is not None and step.output is not None and bool(_at_borders([step]))
    return is_known and step.volume.spatial == wanted.spatial != step.output.spatial  # type: ignore[union-attr]


def restoring(name: str, wanted: Volume, graph: Graph) -> Iterator[Candidate]:
    """Changes that may give a layer the output that is stated: channels, padding, strides, and an input."""
    steps = way_to(name, graph)
    output = graph.volume(name)
    if output is None or len(output.spatial) != len(wanted.spatial):
        return
    channels = _channels(steps, wanted.channels) if output.channels != wanted.channels else {}
    if output.spatial == wanted.spatial:
        yield Candidate(changes_text(channels, graph), channels)
        return
    for changes in islice(_sizes(steps), _MOST):
        both = together(Candidate("", changes), Candidate("", channels))
        yield both._replace(text=changes_text(both.changes, graph))
    if not channels:
        yield from _inputs(steps, wanted, graph)


def _channels(steps: list[Node], channels: int) -> Changes:
    """The last layer that chooses channels, with so many."""
    for step in reversed(steps):
        if step.traits.channels_argument is not None:
            return {step.name: Change({step.traits.channels_argument: channels})}
    return {}


def _sizes(steps: list[Node]) -> Iterator[Changes]:
    """Padding at layers that change a size at its borders, one or all; less stride, and more output."""
    same = {step.name: Change({"padding": "same"}) for step in _at_borders(steps)}
    yield from ({name: change} for name, change in same.items())
    if len(same) > 1:
        yield same
    for step in reversed(steps):
        if isinstance(step.operator, Sliding) and set(strides_of(step)) != {1}:
            yield {step.name: Change({"stride": 1})}
        if step.traits.is_transposed:
            yield from ({step.name: Change({"output_padding": extra})} for extra in range(1, max(strides_of(step))))


def _at_borders(steps: list[Node]) -> list[Node]:
    return [step for step in steps if changing_at_borders([step], range(len(step.windows or ())))]


def _inputs(steps: list[Node], wanted: Volume, graph: Graph) -> Iterator[Candidate]:
    """The smallest square input that gives the size, if the network fits it."""
    first = next(iter(graph.inputs.values()), None)
    if first is None or not first.spatial or not steps or steps[0].inputs[0] not in graph.inputs:
        return
    inference = inference_until(graph, steps[-1])

    def side(size: int) -> int:
        inputs = inputs_at(graph, (size,) * len(first.spatial))
        output = inference.output([inputs[name] for name in inference.names[: inference.given]])
        return 0 if output is None or not output.spatial else output.spatial[0]

    largest = min(_LARGEST, max(_CALLS // len(inference.layers), 1))
    size = bisect_left(range(largest), wanted.spatial[0], lo=1, key=side)
    spatial = (size,) * len(first.spatial)
    if size < largest and do_for_all(graph, [sizes(spatial)]):
        text = f"an input of {Volume(spatial, first.channels)}"
        yield Candidate(text, inputs=inputs_at(graph, spatial))
