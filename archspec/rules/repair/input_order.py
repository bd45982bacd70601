"""Whether a volume looks like channels x height x width, the habit of PyTorch, and what its axes exchanged repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis.infer import infer
from archspec.rules.repair.candidates import Candidate, try_candidates
from archspec.spec.volumes import other_order
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node


def channels_first_hint(node: Node, graph: Graph, fault: str) -> tuple[str, ...]:
    """Help for a layer whose fault goes when an input that seems to have its channels first has them last."""
    return tuple(offer.text for offer in try_candidates(graph, node, fault, _channels_last_candidates(graph)))


def _channels_last_candidates(graph: Graph) -> Iterator[Candidate]:
    """The first input that looks as if its channels were not last, in our order."""
    for name, volume in graph.inputs.items():
        order = other_order(volume.shape) if volume else None
        if order is not None:
            last = Volume(order.shape[:-1], order.shape[-1])
            ours = " x ".join((*last.axes, "channels"))
            text = f"{volume} looks like {order.words}; archspec writes {ours}: {last}"
            yield Candidate(text, inputs={name: last})
            return


def axes_exchanged(node: Node, graph: Graph, fault: str, note: str = "") -> tuple[str, ...]:
    """Help for a layer whose fault goes when length and channels of the sequence that it reads are exchanged."""
    volume = node.volume
    if volume is None or node.inputs[0] not in graph.inputs or len(volume.spatial) != 1:
        return ()
    exchanged = Volume((volume.channels,), volume.spatial[0])
    written = f"{{length: {volume.channels}, channels: {volume.spatial[0]}}}"
    text = f"{note}if the axes are exchanged, the input is `{written}`"
    candidates = [Candidate(text, inputs={node.inputs[0]: exchanged})]
    return tuple(offer.text for offer in try_candidates(graph, node, fault, candidates))


def with_channels_last(graph: Graph) -> Graph | None:
    """The network with the axes of its one input exchanged, if they look as if they were to be."""
    candidate = next(_channels_last_candidates(graph), None)
    if candidate is None or len(graph.inputs) != 1:
        return None
    return infer(graph, inputs=candidate.inputs).graph
