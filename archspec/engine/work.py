"""The work of a step: multiply-accumulates, and bytes that it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.engine.fused_group import require_known
from archspec.engine.parameters import full_name

if TYPE_CHECKING:
    from archspec.engine.fused_group import FusedGroup
    from archspec.graph.model import Graph


class Work(NamedTuple):
    """For a batch: ``macs`` as the analysis counts them, whatever the kernel saves; bytes ``read`` and ``written``.

    Bytes read are the input volumes and the layers' arrays, each once; bytes written are the output. A kernel's own
    blocks stay in the cache and are not counted.
    """

    macs: int
    read: int
    written: int

    @property
    def flops(self) -> int:
        """Two operations for each multiply-accumulate."""
        return 2 * self.macs

    @property
    def bytes_moved(self) -> int:
        """Bytes read and written."""
        return self.read + self.written

    @property
    def intensity(self) -> float:
        """Operations for each byte moved."""
        return self.flops / self.bytes_moved if self.bytes_moved else 0.0


def work_of(graph: Graph, group: FusedGroup, itemsize: int, batch: int) -> Work:
    """The work of a group on ``batch`` samples of elements of ``itemsize`` bytes."""
    if group.is_view:
        return Work(0, 0, 0)
    arrays = {full_name(node, weight): weight.size for node in group.nodes for weight in node.weights}
    inputs = sum(require_known(graph.volume(name)).size for name in group.reads)
    read = batch * inputs + sum(arrays.values())
    return Work(batch * group.macs, itemsize * read, itemsize * batch * group.output.size)
