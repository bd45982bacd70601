"""Padding that is allowed: of a pool, and of a border that is made of the input itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.rules._wording import even
from archspec.rules.repair.arguments import with_arguments
from archspec.rules.repair.candidates import try_candidates

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.rules.repair.candidates import Offer


def half_padding(node: Node, graph: Graph) -> list[Offer]:
    """Half of a pool's window on all axes; where the stride does not fit that, the widest padding that it fits."""
    halves = tuple(window.extent // 2 for window in node.windows or ())
    widest = with_arguments([node], {"padding": halves}, f"at most {even(halves)}")
    less = (with_arguments([node], {"padding": sides}, str(sides)) for sides in range(min(halves) - 1, -1, -1))
    return [*try_candidates(graph, node, "padding", [widest])] or [*try_candidates(graph, node, "padding", less)][:1]


def narrower_padding(node: Node, graph: Graph, kept: int) -> list[Offer]:
    """The widest padding that mirrors or repeats no position twice, where ``kept`` of them are not used."""
    windows = node.windows or ()
    most = tuple(window.size - kept for window in windows)
    sides = tuple(
        (min(window.near, least), min(window.far, least)) for window, least in zip(windows, most, strict=True)
    )
    narrower = with_arguments([node], {"padding": sides}, f"by at most {even(most)}")
    return [*try_candidates(graph, node, "padding", [narrower])]


def zero_padding(node: Node, graph: Graph) -> list[Offer]:
    """Zeros for the border."""
    zeros = {"padding_mode": "zeros"}
    candidate = with_arguments([node], zeros, "with `padding_mode: zeros`")
    return [*try_candidates(graph, node, "padding", [candidate])]
