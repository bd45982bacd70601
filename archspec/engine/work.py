"""What a step has to do: multiply-accumulates, and bytes that it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.engine.parameters import full_name
from archspec.engine.units import known

if TYPE_CHECKING:
    from archspec.engine.units import Unit
    from archspec.graph.model import Graph


class Work(NamedTuple):
    """For a batch: ``macs`` as the analysis counts them, whatever the kernel saves; bytes ``read`` and ``written``.

    Read are the volumes that arrive and the layers' arrays, each once, written is the volume that leaves. What a kernel
    keeps for itself stays in the cache and is not counted.
    """

    macs: int
    read: int
    written: int

    @property
    def flops(self) -> int:
        """Two operations for each multiply-accumulate."""
        return 2 * self.macs

    @property
    def moved(self) -> int:
        """Bytes read and written."""
        return self.read + self.written

    @property
    def intensity(self) -> float:
        """Operations for each byte moved."""
        return self.flops / self.moved if self.moved else 0.0


def work_of(graph: Graph, unit: Unit, itemsize: int, batch: int) -> Work:
    """The work of a unit on ``batch`` samples of numbers of ``itemsize`` bytes."""
    if unit.is_view:
        return Work(0, 0, 0)
    arrays = {full_name(node, weight): weight.size for node in unit.nodes for weight in node.weights}
    arriving = sum(known(graph.volume(name)).size for name in unit.reads)
    read = batch * arriving + sum(arrays.values())
    return Work(batch * unit.macs, itemsize * read, itemsize * batch * unit.output.size)
