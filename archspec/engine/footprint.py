"""The memory a network will need, reckoned from its graph before anything is allocated."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from archspec.analysis.memory import peak
from archspec.engine.errors import CompileError
from archspec.engine.machine import default_limit
from archspec.engine.parameters import kept

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


@dataclass(frozen=True)
class Footprint:
    """Bytes by their owners.

    ``weights`` has every array kept; ``volumes`` is the inference peak, and the results, which are the caller's;
    ``outputs`` is each layer's share of the peak;
    ``working`` is what each layer's forward allocates besides its output.
    """

    batch: int
    volumes: int
    weights: dict[str, int]
    outputs: dict[str, int]
    working: dict[str, int]

    @property
    def total(self) -> int:
        """The most that is needed at once: weights, volumes and the hungriest layer's working space."""
        return sum(self.weights.values()) + self.volumes + max(self.working.values())

    @property
    def largest(self) -> list[tuple[str, int]]:
        """The three largest contributors, in words."""
        owners = [(f"weights `{name}`", size) for name, size in self.weights.items()]
        owners += [(f"the output of `{name}`", size) for name, size in self.outputs.items()]
        owners += nlargest(1, ((f"working space of `{n}`", size) for n, size in self.working.items()), key=_size)
        return nlargest(3, owners, key=_size)


def footprint(graph: Graph, itemsize: int) -> Footprint:
    """What a known graph will need when every number takes ``itemsize`` bytes."""
    each = graph.spec.batch * itemsize
    return Footprint(
        batch=graph.spec.batch,
        volumes=(peak(graph) + sum(graph.by_name[name].applied.size for name in graph.outputs)) * each,
        weights={name: weight.size * itemsize for name, weight in kept(graph).items()},
        outputs={node.name: node.output.size * each for node in graph.nodes if node.output},
        working={node.name: _unfolded(node) * each + _reordered(node) * itemsize for node in graph.nodes},
    )


def check_memory(graph: Graph, itemsize: int, limit: int | None) -> None:
    """Compare what a graph needs with ``limit`` bytes; by default half of the machine's memory.

    Raises:
        CompileError: it needs more.

    """
    allowed = default_limit() if limit is None else limit
    needed = footprint(graph, itemsize)
    if needed.total > allowed:
        source = "half of this machine's memory" if limit is None else "as given"
        raise CompileError(_refusal(graph.spec.title, needed, f"{said(allowed)}, {source}"))


def said(size: int) -> str:
    """Bytes as text, in units of 1000: ``4.1 GB``. Whole numbers throughout: a spec may ask for any size."""
    power = min((len(str(size)) - 1) // 3, len(_UNITS) - 1)
    whole, tenth = divmod(size * 10 // 1000**power, 10)
    return f"{whole:,}.{tenth} {_UNITS[power]}" if power else f"{size} B"


def _unfolded(node: Node) -> int:
    """Numbers that a reference forward allocates for one sample besides its output.

    That is its inputs padded twice (for ``padding``, then for ``fit``), three more copies of the output (before a bias,
    before groups are joined, before it is where it belongs), and the unfolded windows: a row for each output position
    of all that one filter sees there, which is the layer's MACs divided by its filters.
    """
    if node.operator is None or node.output is None or node.volume is None:
        return 0
    windows = node.windows or ()
    padded = node.volume.channels
    for window in windows:
        padded *= window.size + window.near + window.far + window.overhang
    others = sum(volume.size for volume in node.received[1:] if volume)
    unfolded = node.operator.macs(node.volume, node.output) // node.output.channels
    return 2 * max(padded, node.volume.size) + others + 3 * node.output.size + unfolded


def _reordered(node: Node) -> int:
    """Numbers of the filters that a forward puts in another order for a matrix product: those of convolutions."""
    return sum(weight.size for weight in node.weights if len(weight.shape) > 2)


def _refusal(name: str | None, needed: Footprint, limit: str) -> str:
    parameters = sum(needed.weights.values())
    working = max(needed.working.values())
    largest = ", ".join(f"{owner} ({said(size)})" for owner, size in needed.largest)
    return (
        f"network `{name}` needs about {said(needed.total)} of memory at batch {needed.batch}: "
        f"{said(parameters)} of parameters and buffers, {said(needed.volumes)} of volumes and {said(working)} of "
        f"working space. The limit is {limit}. The largest are {largest}. "
        f"To compile it all the same, pass memory_limit={needed.total}, in bytes; a smaller batch or input needs less."
    )


def _size(owner: tuple[str, int]) -> int:
    return owner[1]
