"""The memory a network will need, estimated from its graph and its plan before anything is allocated."""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.memory import peak
from archspec.engine.errors import CompileError
from archspec.engine.machine import default_limit
from archspec.engine.parameters import stored_weights

if TYPE_CHECKING:
    from archspec.engine.plan import Plan
    from archspec.graph.model import Graph

CHUNK_BYTES = 256 * 2**20
"""Bytes of the arena up to which a batch is run in one go, where the limit leaves so much."""
_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


class MemoryEstimate(NamedTuple):
    """Bytes by their owners.

    ``weights`` are all arrays of the network, ``packed`` what each kernel stores of them in another order. ``volumes``
    is the arena for the samples that run at once, ``outputs`` each layer's part of it; ``results`` are returned to the
    caller. ``working`` is what each kernel takes besides; all kernels use the same memory for it.
    """

    batch: int
    chunk: int
    weights: dict[str, int]
    packed: dict[str, int]
    volumes: int
    outputs: dict[str, int]
    results: int
    working: dict[str, int]

    @property
    def total(self) -> int:
        """The most that is needed at once: of all working space only the largest counts."""
        weight_bytes = sum(self.weights.values()) + sum(self.packed.values())
        return weight_bytes + self.volumes + self.results + max(self.working.values(), default=0)

    @property
    def largest(self) -> list[tuple[str, int]]:
        """The three largest contributors, in words."""
        owners = [(f"weights `{name}`", size) for name, size in self.weights.items()]
        owners += [(f"weights of `{name}` in another order", size) for name, size in self.packed.items()]
        owners += [(f"the output of `{name}`", size) for name, size in self.outputs.items()]
        owners += nlargest(1, ((f"working space of `{n}`", size) for n, size in self.working.items()), key=_size)
        return nlargest(3, owners, key=_size)


def estimate_memory(plan: Plan, chunk: int = 1) -> MemoryEstimate:
    """The memory of a network that runs ``chunk`` samples at once and gets batches of the spec's size."""
    least = _least_memory(plan.graph, plan.dtype.itemsize)
    itemsize = plan.dtype.itemsize
    return least._replace(
        chunk=chunk,
        packed={step.group.name: step.kernel.packed_size * itemsize for step in plan.steps},
        volumes=plan.arena_bytes * chunk,
        outputs={name: size * chunk for name, size in least.outputs.items()},
        working={step.group.name: step.kernel.working_size(chunk, plan.threads) * itemsize for step in plan.steps},
    )


def check_graph(graph: Graph, itemsize: int, limit: int | None) -> None:
    """Refuse a graph whose weights and volumes alone need more than ``limit`` bytes: its plan might be endless.

    Raises:
        CompileError: they do. The limit is by default half of the machine's memory.

    """
    estimate = _least_memory(graph, itemsize)
    if estimate.total > _limit_bytes(limit):
        raise CompileError(
            f"network `{graph.header.name}` needs more than {size_text(estimate.total)} of memory at batch "
            f"{estimate.batch}: {_parts_text(estimate)}. {_limit_text(estimate, limit)} A smaller batch or input "
            "needs less."
        )


def chunk_within(plan: Plan, limit: int | None) -> int:
    """How many samples may run at once for all to stay below ``limit`` bytes.

    Raises:
        CompileError: not even one. The limit is by default half of the machine's memory.

    """
    limit_bytes = _limit_bytes(limit)
    chunk = max(1, CHUNK_BYTES // max(1, plan.arena_bytes))
    while chunk > 1 and estimate_memory(plan, chunk).total > limit_bytes:
        chunk //= 2
    estimate = estimate_memory(plan, chunk)
    if estimate.total > limit_bytes:
        raise CompileError(
            f"network `{plan.graph.header.name}` needs about {size_text(estimate.total)} of memory at batch "
            f"{estimate.batch}: {_parts_text(estimate)}. {_limit_text(estimate, limit)} To compile it anyway, "
            f"pass memory_limit={estimate.total}, in bytes; a smaller batch or input needs less."
        )
    return chunk


def size_text(size: int) -> str:
    """Bytes as text, in units of 1000: ``4.1 GB``. In integers throughout: a spec may ask for any size."""
    power = min((len(str(size)) - 1) // 3, len(_SIZE_UNITS) - 1)
    whole, tenth = divmod(size * 10 // 1000**power, 10)
    return f"{whole:,}.{tenth} {_SIZE_UNITS[power]}" if power else f"{size} B"


def _least_memory(graph: Graph, itemsize: int) -> MemoryEstimate:
    """Weights, the volumes of one sample, and the results of a batch."""
    return MemoryEstimate(
        batch=graph.header.batch,
        chunk=1,
        weights={name: weight.size * itemsize for name, weight in stored_weights(graph).items()},
        packed={},
        volumes=peak(graph) * itemsize,
        outputs={node.name: node.output.size * itemsize for node in graph.nodes if node.output},
        results=sum(graph.by_name[name].call.size for name in graph.outputs) * graph.header.batch * itemsize,
        working={},
    )


def _limit_bytes(limit: int | None) -> int:
    return default_limit() if limit is None else limit


def _parts_text(estimate: MemoryEstimate) -> str:
    """``1.0 MB of parameters and buffers, ... and 2.0 MB of volumes``, with the parts that are estimated."""
    weights = f"{size_text(sum(estimate.weights.values()))} of parameters and buffers"
    volumes = f"{size_text(estimate.volumes + estimate.results)} of volumes"
    if not estimate.working:
        return f"{weights} and {volumes}"
    packed = f"{size_text(sum(estimate.packed.values()))} of weights in another order"
    return f"{weights}, {packed}, {volumes} and {size_text(max(estimate.working.values()))} of working space"


def _limit_text(estimate: MemoryEstimate, limit: int | None) -> str:
    source = "half of this machine's memory" if limit is None else "as given"
    largest = ", ".join(f"{owner} ({size_text(size)})" for owner, size in estimate.largest)
    return f"The limit is {size_text(_limit_bytes(limit))}, {source}. The largest are {largest}."


def _size(owner: tuple[str, int]) -> int:
    return owner[1]
