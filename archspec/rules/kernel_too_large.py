"""kernel-too-large: a window that is larger than what it slides over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from archspec.ops._sliding import Sliding
from archspec.ops._window import Window
from archspec.rules._base import AppliedRule
from archspec.rules._channels_first import channels_first_hint
from archspec.rules._wording import by_axis, shape
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node


class KernelTooLarge(AppliedRule):
    """The dilated kernel is larger than the padded input, so that no output exists.

    Why: the layers before have shrunk the volume too far, or the kernel was meant for a larger input.

    Source: CS231n, Convolutional Networks, "Spatial arrangement" (the output size formula).

    Bad:
        input: 4x4x3
        layers:
          - conv: {filters: 8, kernel: 5}

    Good:
        input: 5x5x3
        layers:
          - conv: {filters: 8, kernel: 5}
    """

    name: ClassVar[str] = "kernel-too-large"

    def check_node(self, node: Node, graph: Graph) -> Iterator[Diagnostic]:
        """One finding at the first layer that no longer fits, with the sizes that led there."""
        windows, volume = node.windows, node.volume
        if windows is None or volume is None or all(window.reach >= 0 for window in windows):
            return
        chosen = [window.reach < 0 for window in windows]
        texts = [
            f"{window.extent} > {window.size} + {window.near} + {window.far}"
            if window.near or window.far
            else f"{window.extent} > {window.size}"
            for window in windows
        ]
        yield self.finding(
            f"{shape(windows)} is larger than {volume}: {by_axis(volume.axes, windows, texts, chosen)}",
            node.place,
            label=f"{node.name} gets {volume}",
            notes=_chain_notes(node, graph),
            help=(*channels_first_hint(graph), *_help(node, windows, graph)),
            layer=node.name,
        )


def _chain(node: Node, graph: Graph) -> list[Node]:
    """The nodes from the input down to this one, along first inputs."""
    chain = [node]
    while chain[-1].inputs[0] in graph.by_name:
        chain.append(graph.by_name[chain[-1].inputs[0]])
    return chain[::-1]


def _chain_notes(node: Node, graph: Graph) -> tuple[str, ...]:
    """The sizes on the way: ``28x28 -> 14x14 -> 7x7``; nothing when the input itself is too small."""
    seen = [sizes(step.volume.spatial) for step in _chain(node, graph) if step.volume]
    changes = [size for before, size in zip(["", *seen], seen, strict=False) if size != before]
    return (f"on the way here: {' -> '.join(changes)}",) if len(changes) > 1 else ()


def _help(node: Node, windows: tuple[Window, ...], graph: Graph) -> tuple[str, ...]:
    smallest = _smallest_input(node, graph)
    grow = (f"an input of {sizes(smallest)} is the smallest that works",) if smallest else ()
    room = tuple(window.size + window.near + window.far for window in windows)
    dilated = any(window.dilation > 1 for window in windows)
    shrink = f"a {'dilated kernel' if dilated else 'kernel'} of at most {sizes(room)} fits"
    return ("; ".join((*grow, shrink)),)


def _smallest_input(node: Node, graph: Graph) -> tuple[int, ...] | None:
    """The smallest network input for which every window down to this node goes in; an axis that does is left alone.

    None when no input helps: behind a dense layer or a global pool there is one position, whatever came in.
    """
    steps = _chain(node, graph)
    chain = [step.windows for step in steps]
    if any(windows is None or len(windows) != len(chain[0] or ()) for windows in chain):
        return None
    if any(
        not isinstance(step.operator, Sliding) and step.output and step.output.positions == 1 for step in steps[:-1]
    ):
        return None
    columns = zip(*(windows for windows in chain if windows is not None), strict=True)
    found = tuple(column[0].size if _goes_through(column, column[0].size) else _smallest(column) for column in columns)
    return None if None in found else found  # type: ignore[return-value]  # no None is left


def _smallest(chain: tuple[Window, ...]) -> int | None:
    """The smallest size of one axis: worked out backwards, then tried."""
    wanted = 1
    for window in reversed(chain):
        padding = 0 if window.same else window.near + window.far
        wanted = max(1, (wanted - 1) * window.stride + (1 if window.same else window.extent) - padding)
    tries = range(wanted, wanted + 1000)
    return next((size for size in tries if _goes_through(chain, size)), None)


def _goes_through(chain: tuple[Window, ...], size: int) -> bool:
    for window in chain:
        if window.same:
            moved = Window.same_padded(size, window.kernel, window.stride, window.dilation)
        else:
            moved = window._replace(size=size)
        if moved.output is None:
            return False
        size = moved.output
    return True
