"""What makes the branches of a merge fit."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from archspec.rules._wording import join
from archspec.rules.repair.branch import MergeBranch
from archspec.rules.repair.branch_channels import channel_candidates, plain_projections, strided_projections
from archspec.rules.repair.branch_sizes import crop_candidates, size_candidates, spread_candidates
from archspec.rules.repair.branch_strides import stride_candidates
from archspec.rules.repair.candidates import together, try_candidates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.graph.model import Graph, Node
    from archspec.volume import Volume


_MOST = 2
"""Changes that are offered."""


def merge_repairs(node: Node, volumes: list[Volume], own: list[list[Node]], graph: Graph) -> Iterator[str]:
    """Help for a merge: changes to arguments with which it fits, then input sizes."""
    branches = [MergeBranch(number, *each) for number, each in enumerate(zip(volumes, own, strict=True))]
    is_gated = node.traits.merge == "product" and any(volume.positions == 1 for volume in volumes)
    sizes_differ = len({volume.spatial for volume in volumes}) > 1 and not is_gated
    channels_differ = node.traits.merge != "concatenation" and len({volume.channels for volume in volumes}) > 1
    if sizes_differ and channels_differ:
        yield from _both(node, branches, graph)
    elif sizes_differ:
        yield from _equal_sizes(node, branches, graph)
    elif channels_differ:
        yield from _equal_channels(node, branches, graph)


def _both(node: Node, branches: list[MergeBranch], graph: Graph) -> Iterator[str]:
    """Where sizes and channels differ: the first pair of changes that makes the merge fit."""
    sizes = [
        *stride_candidates(node, branches, graph),
        *size_candidates(node, branches, graph),
        *crop_candidates(node, branches),
    ]
    pairs = product(sizes, channel_candidates(node, branches, graph))
    both = (*strided_projections(node, branches), *(together(*pair) for pair in pairs))
    for offer in try_candidates(graph, node, "output", both):
        yield f"{offer.text} would make {node.kind} fit"
        return


def _equal_sizes(node: Node, branches: list[MergeBranch], graph: Graph) -> Iterator[str]:
    strides = [*try_candidates(graph, node, "output", stride_candidates(node, branches, graph))]
    offers = strides or [*try_candidates(graph, node, "output", size_candidates(node, branches, graph))]
    offers = offers or [*try_candidates(graph, node, "output", crop_candidates(node, branches))]
    offers = offers or [*try_candidates(graph, node, "output", spread_candidates(node, branches))]
    if offers:
        texts = [*dict.fromkeys(offer.text for offer in offers)][:_MOST]
        yield f"{join(texts, 'or')} would make the sizes equal"
    if not any("stride" in offer.text for offer in offers):
        from archspec.rules.repair.network_inputs import inputs_for_all  # noqa: PLC0415 - other inputs, for sizes only

        found = inputs_for_all(graph, node, "output")
        if found is not None:
            yield found.phrase


def _equal_channels(node: Node, branches: list[MergeBranch], graph: Graph) -> Iterator[str]:
    """The first change that makes the channels equal, and beside a plain branch a projection of that one too."""
    offer = next(try_candidates(graph, node, "output", channel_candidates(node, branches, graph)), None)
    if offer is None:
        return
    projections = plain_projections(node, branches) if node.name not in offer.changes else ()
    projected = "".join(f", or {each.text}," for each in try_candidates(graph, node, "output", projections))
    yield f"{offer.text}{projected} would make {node.kind} fit"
