"""The memory a network will need, estimated from its graph and its plan before anything is allocated."""

from __future__ import annotations

from heapq import nlargest
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.memory import peak
from archspec.engine.errors import CompileError
from archspec.engine.initialize import drawing_bytes
from archspec.engine.machine import default_limit
from archspec.engine.parameters import stored_weights
from archspec.engine.planned_memory import UNLIMITED, BeyondLimitError, StepMemory, scratch_total, step_memory
from archspec.engine.scratch import allocated_bytes

if TYPE_CHECKING:
    from archspec.engine.plan import Plan
    from archspec.graph.model import Graph

CHUNK_BYTES = 256 * 2**20
"""Bytes of the arena up to which a batch is run in one go, where the limit leaves so much."""
_SMALL, _STEP, _NODE = 2**16, 8 * 2**10, 3 * 2**10
"""Bytes, about, of Python's objects: of a network, of a step and of a layer."""
_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


class MemoryEstimate(NamedTuple):
    """Bytes by their owners.

    ``weights`` are all arrays of the network, ``packed`` what each kernel stores of them in another order, ``packing``
    what it needs meanwhile, ``drawing`` what drawing weights needs. ``volumes`` is the arena for the samples that run
    at once, ``outputs`` each layer's part of it; ``results`` are returned to the caller. ``scratch`` is the memory that
    all kernels share, ``forward`` what one allocates for itself, ``working`` both by layer. ``calls`` are the calls of
    NumPy that a run consists of, and ``rest`` is what does not depend on sizes.
    """

    batch: int
    chunk: int
    weights: dict[str, int]
    packed: dict[str, int]
    packing: dict[str, int]
    drawing: int
    volumes: int
    outputs: dict[str, int]
    results: int
    scratch: int
    forward: int
    working: dict[str, int]
    calls: dict[str, int]
    rest: int

    @property
    def fixed(self) -> int:
        """What is there whatever the batch."""
        return sum(self.weights.values()) + sum(self.packed.values()) + self.rest

    @property
    def total(self) -> int:
        """The most that is needed at once, while weights are packed or while the network runs."""
        running = self.volumes + self.scratch + self.forward + sum(self.calls.values())
        packing = self._packing_peak - sum(self.packed.values())
        return self.fixed + max(self.results + max(running, packing), self.drawing - sum(self.packed.values()))

    @property
    def _packing_peak(self) -> int:
        """The most that packing holds at once: what is packed so far, and what the next kernel needs for it."""
        so_far = accumulate(self.packed.values())
        return max((size + needed for size, needed in zip(so_far, self.packing.values(), strict=True)), default=0)

    @property
    def largest(self) -> list[tuple[str, int]]:
        """The three largest contributors, in words."""
        owners = [(f"weights `{name}`", size) for name, size in self.weights.items()]
        owners += [(f"weights of `{name}` in another order", size) for name, size in self.packed.items()]
        owners += [(f"the output of `{name}`", size) for name, size in self.outputs.items()]
        owners += [(f"the calls of `{name}`", size) for name, size in self.calls.items()]
        owners += nlargest(1, ((f"working space of `{n}`", size) for n, size in self.working.items()), key=_size)
        return nlargest(3, owners, key=_size)


def estimate_memory(plan: Plan, chunk: int = 1, limit: int = UNLIMITED) -> MemoryEstimate:
    """The memory of a network that runs ``chunk`` samples at once and gets batches of the spec's size.

    A step that needs more than ``limit`` bytes is the last that is looked at: the total is beyond the limit then.
    """
    least = _least_memory(plan.graph, plan.dtype.itemsize)
    steps = _step_memories(plan, chunk, limit)
    volumes = plan.arena_bytes * chunk
    spare = allocated_bytes(volumes) - volumes
    return least._replace(
        chunk=chunk,
        packed={name: step.packed for name, step in steps.items()},
        packing={
            step.group.name: step.kernel.packing_size() * plan.dtype.itemsize
            for step in plan.steps
            if step.group.name in steps
        },
        drawing=drawing_bytes(plan.graph),
        volumes=volumes,
        outputs={name: size * chunk for name, size in least.outputs.items()},
        scratch=scratch_total(steps.values()),
        forward=max((step.forward for step in steps.values()), default=0),
        working={name: step.working for name, step in steps.items()},
        calls={name: step.calls for name, step in steps.items()},
        rest=_SMALL + _STEP * len(plan.steps) + _NODE * len(plan.graph.nodes) + spare,
    )


def _step_memories(plan: Plan, chunk: int, limit: int) -> dict[str, StepMemory]:
    steps: dict[str, StepMemory] = {}
    owners: dict[int, object] = {}
    for step in plan.steps:
        try:
            steps[step.group.name] = step_memory(plan, step, chunk, owners, limit)
        except BeyondLimitError as error:
            steps[step.group.name] = StepMemory(0, (int(str(error)), *(0,) * (plan.threads - 1)), 0, 0)
            break
    return steps


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
    most = max(1, CHUNK_BYTES // max(1, plan.arena_bytes))
    chunk = min(most, plan.graph.header.batch)
    estimate = estimate_memory(plan, chunk, limit_bytes)
    while chunk > 1 and estimate.total > limit_bytes:
        chunk //= 2
        estimate = estimate_memory(plan, chunk, limit_bytes)
    if estimate.total > limit_bytes:
        is_whole = len(estimate.working) == len(plan.steps)
        advice = f"To compile it anyway, pass memory_limit={estimate.total}, in bytes; a" if is_whole else "A"
        raise CompileError(
            f"network `{plan.graph.header.name}` needs {'about' if is_whole else 'more than'} "
            f"{size_text(estimate.total)} of memory at batch {estimate.batch}: {_parts_text(estimate)}. "
            f"{_limit_text(estimate, limit)} {advice} smaller batch or input needs less."
        )
    if chunk < plan.graph.header.batch:
        return chunk
    per_chunk = max(1, estimate.total - estimate.fixed)  # a larger batch needs at most in proportion
    return max(chunk, min(most, chunk * (limit_bytes - estimate.fixed) // per_chunk))


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
        packing={},
        drawing=0,
        volumes=peak(graph) * itemsize,
        outputs={node.name: node.output.size * itemsize for node in graph.nodes if node.output},
        results=sum(_size_of(graph, name) for name in graph.outputs) * graph.header.batch * itemsize,
        scratch=0,
        forward=0,
        working={},
        calls={},
        rest=0,
    )


def _size_of(graph: Graph, name: str) -> int:
    """Elements of a volume; an output may be an input."""
    volume = graph.volume(name)
    return volume.size if volume else 0


def _limit_bytes(limit: int | None) -> int:
    return default_limit() if limit is None else limit


def _parts_text(estimate: MemoryEstimate) -> str:
    """``1.0 MB of parameters and buffers, ... and 2.0 MB of volumes``, with the parts that are estimated."""
    weights = f"{size_text(sum(estimate.weights.values()))} of parameters and buffers"
    volumes = f"{size_text(estimate.volumes + estimate.results)} of volumes"
    if not estimate.working:
        return f"{weights} and {volumes}"
    stored = sum(estimate.weights.values()) + sum(estimate.packed.values()) + estimate.volumes + estimate.results
    packed = f"{size_text(sum(estimate.packed.values()))} of weights in another order"
    return f"{weights}, {packed}, {volumes} and {size_text(estimate.total - stored)} of working space"


def _limit_text(estimate: MemoryEstimate, limit: int | None) -> str:
    source = "half of this machine's memory" if limit is None else "as given"
    largest = ", ".join(f"{owner} ({size_text(size)})" for owner, size in estimate.largest)
    return f"The limit is {size_text(_limit_bytes(limit))}, {source}. The largest are {largest}."


def _size(owner: tuple[str, int]) -> int:
    return owner[1]
