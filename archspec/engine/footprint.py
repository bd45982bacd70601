"""The memory a network will need, reckoned from its graph and its plan before anything is allocated."""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.memory import peak
from archspec.engine.errors import CompileError
from archspec.engine.machine import default_limit
from archspec.engine.parameters import kept

if TYPE_CHECKING:
    from archspec.engine.plan import Plan
    from archspec.graph.model import Graph

CHUNK_BYTES = 256 * 2**20
"""Bytes of the arena up to which a batch is run in one go, where the limit leaves so much."""
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


class Footprint(NamedTuple):
    """Bytes by their owners.

    ``weights`` has every array kept, ``laid`` what each kernel keeps of them in another order. ``volumes`` is the
    arena for the samples that run at once, ``outputs`` each layer's share in it; ``results`` are the caller's.
    ``working`` is what each kernel takes besides; it is the same memory for all.
    """

    batch: int
    chunk: int
    weights: dict[str, int]
    laid: dict[str, int]
    volumes: int
    outputs: dict[str, int]
    results: int
    working: dict[str, int]

    @property
    def total(self) -> int:
        """The most that is needed at once: the hungriest kernel counts alone."""
        kept_bytes = sum(self.weights.values()) + sum(self.laid.values())
        return kept_bytes + self.volumes + self.results + max(self.working.values(), default=0)

    @property
    def largest(self) -> list[tuple[str, int]]:
        """The three largest contributors, in words."""
        owners = [(f"weights `{name}`", size) for name, size in self.weights.items()]
        owners += [(f"weights of `{name}` in another order", size) for name, size in self.laid.items()]
        owners += [(f"the output of `{name}`", size) for name, size in self.outputs.items()]
        owners += nlargest(1, ((f"working space of `{n}`", size) for n, size in self.working.items()), key=_size)
        return nlargest(3, owners, key=_size)


def footprint(plan: Plan, chunk: int = 1) -> Footprint:
    """What a network will need that runs ``chunk`` samples at once and is given batches of the spec's size."""
    alone = _least(plan.graph, plan.dtype.itemsize)
    each = plan.dtype.itemsize
    return alone._replace(
        chunk=chunk,
        laid={step.unit.name: step.kernel.laid_size * each for step in plan.steps},
        volumes=plan.arena_bytes * chunk,
        outputs={name: size * chunk for name, size in alone.outputs.items()},
        working={step.unit.name: step.kernel.working_size(chunk, plan.threads) * each for step in plan.steps},
    )


def check_graph(graph: Graph, itemsize: int, limit: int | None) -> None:
    """Refuse a graph whose weights and volumes alone need more than ``limit`` bytes: a plan of it may be endless.

    Raises:
        CompileError: they do. The limit is by default half of the machine's memory.

    """
    needed = _least(graph, itemsize)
    if needed.total > _allowed(limit):
        raise CompileError(
            f"network `{graph.spec.title}` needs more than {said(needed.total)} of memory at batch {needed.batch}: "
            f"{_kept_words(needed)} and {said(needed.volumes + needed.results)} of volumes. {_why(needed, limit)} "
            "A smaller batch or input needs less."
        )


def chunk_within(plan: Plan, limit: int | None) -> int:
    """How many samples may run at once for all to stay below ``limit`` bytes.

    Raises:
        CompileError: not even one. The limit is by default half of the machine's memory.

    """
    allowed = _allowed(limit)
    chunk = max(1, CHUNK_BYTES // max(1, plan.arena_bytes))
    while chunk > 1 and footprint(plan, chunk).total > allowed:
        chunk //= 2
    needed = footprint(plan, chunk)
    if needed.total > allowed:
        raise CompileError(
            f"network `{plan.graph.spec.title}` needs about {said(needed.total)} of memory at batch {needed.batch}: "
            f"{_kept_words(needed)}, {said(sum(needed.laid.values()))} of weights in another order, "
            f"{said(needed.volumes + needed.results)} of volumes and {said(max(needed.working.values()))} of working "
            f"space. {_why(needed, limit)} To compile it all the same, pass memory_limit={needed.total}, in bytes; "
            "a smaller batch or input needs less."
        )
    return chunk


def said(size: int) -> str:
    """Bytes as text, in units of 1000: ``4.1 GB``. Whole numbers throughout: a spec may ask for any size."""
    power = min((len(str(size)) - 1) // 3, len(_UNITS) - 1)
    whole, tenth = divmod(size * 10 // 1000**power, 10)
    return f"{whole:,}.{tenth} {_UNITS[power]}" if power else f"{size} B"


def _least(graph: Graph, itemsize: int) -> Footprint:
    """Weights, the volumes of one sample, and the results of a batch."""
    return Footprint(
        batch=graph.spec.batch,
        chunk=1,
        weights={name: weight.size * itemsize for name, weight in kept(graph).items()},
        laid={},
        volumes=peak(graph) * itemsize,
        outputs={node.name: node.output.size * itemsize for node in graph.nodes if node.output},
        results=sum(graph.by_name[name].call.size for name in graph.outputs) * graph.spec.batch * itemsize,
        working={},
    )


def _allowed(limit: int | None) -> int:
    return default_limit() if limit is None else limit


def _kept_words(needed: Footprint) -> str:
    return f"{said(sum(needed.weights.values()))} of parameters and buffers"


def _why(needed: Footprint, limit: int | None) -> str:
    source = "half of this machine's memory" if limit is None else "as given"
    largest = ", ".join(f"{owner} ({said(size)})" for owner, size in needed.largest)
    return f"The limit is {said(_allowed(limit))}, {source}. The largest are {largest}."


def _size(owner: tuple[str, int]) -> int:
    return owner[1]
