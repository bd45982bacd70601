"""What a step of a plan will take, counted by binding it to outlines: the kernel's own code says it, nothing is run."""

from __future__ import annotations

from sys import getsizeof
from types import BuiltinMethodType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from archspec.engine.outlines import is_outline, outline
from archspec.engine.scratch import Scratch, allocated_bytes
from archspec.engine.session import bind_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archspec.engine.plan import Plan, PlanStep
    from archspec.engine.stages import Call
    from archspec.ops._numpy import Array

UNLIMITED = 2**62
"""Bytes that no machine has."""
_ENTRY = 9
"""Bytes of an entry in a list, with what lists keep in reserve."""
_STRIDED = 720
"""Bytes, about, of what NumPy keeps with an array of ``as_strided``; some of it only measuring sees, hence 8/7."""


class BeyondLimitError(Exception):
    """A step takes more bytes than there may be; the argument says how many at least."""


class StepMemory(NamedTuple):
    """Bytes: packed weights, the scratch of each thread, the forward's own arrays, and the calls with their arrays."""

    packed: int
    scratch: tuple[int, ...]
    forward: int
    calls: int

    @property
    def working(self) -> int:
        """What the step takes while it runs, besides the arena."""
        return sum(self.scratch) + self.forward


class CountingScratch(Scratch):
    """Scratch that counts: what is taken are outlines, and calls are not kept."""

    def __init__(self, limit: int, owners: dict[int, object]) -> None:
        super().__init__()
        self.call_bytes = 0
        self._limit, self._owners = limit, owners
        self._seen: dict[int, object] = {}

    def reset(self) -> None:
        """As there; and the arrays of the calls so far don't come again."""
        super().reset()
        self._seen.clear()

    def take(self, shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> Array:
        """An outline."""
        self._advance(shape, dtype)
        if self.most > self._limit:
            raise BeyondLimitError(self.most)
        return outline(shape, dtype)

    def collect(self, calls: Iterable[Call]) -> list[Call]:
        """No call, but their bytes: of partial functions, their arguments, and arrays that have not been seen."""
        for call in calls:
            self.call_bytes += _ENTRY + getsizeof(call) + sum(map(self._size, _parts(call)))
            if self.call_bytes > self._limit:
                raise BeyondLimitError(self.call_bytes)
        return []

    def _size(self, value: object) -> int:
        if not isinstance(value, np.ndarray):
            return getsizeof(value) if isinstance(value, tuple | dict | BuiltinMethodType) else 0
        if id(value) in self._seen:
            return 0
        self._seen[id(value)] = value
        return getsizeof(value) + self._owner_size(value.base)

    def _owner_size(self, owner: object) -> int:
        """The memory behind a view, counted once for all steps; that of outlines is in the arena and in scratch."""
        if owner is None:
            return 0
        if not isinstance(owner, np.ndarray):
            return _STRIDED
        if not owner.ndim or id(owner) in self._owners:
            return 0
        self._owners[id(owner)] = owner
        return getsizeof(owner)


def step_memory(plan: Plan, step: PlanStep, samples: int, owners: dict[int, object], limit: int) -> StepMemory:
    """What a step takes for so many samples; ``owners`` are arrays that were counted with steps before it.

    Raises:
        BeyondLimitError: more than ``limit`` bytes.

    """
    group, dtype = step.group, plan.dtype
    arrays = {node.name: {each.name: outline(each.shape, dtype) for each in node.weights} for node in group.nodes}
    packed = step.kernel.pack_weights(arrays)
    volumes = {
        name: outline((samples, *volume.shape), dtype)
        for name in (*group.reads, group.name)
        if (volume := plan.graph.volume(name))
    }
    scratches = tuple(CountingScratch(limit, owners) for _ in range(plan.threads))
    bind_step(step, volumes, packed, scratches)
    return StepMemory(
        packed=_packed_bytes(packed, arrays),
        scratch=tuple(scratch.most for scratch in scratches),
        forward=step.kernel.forward_size(samples) * dtype.itemsize,
        calls=sum(scratch.call_bytes for scratch in scratches) * 8 // 7,
    )


def scratch_bytes(plan: Plan, samples: int) -> list[int]:
    """The most that each thread takes of its scratch, of all steps."""
    owners: dict[int, object] = {}
    sizes = [step_memory(plan, step, samples, owners, UNLIMITED).scratch for step in plan.steps]
    return [max(each) for each in zip(*sizes, strict=True)]


def scratch_total(steps: Iterable[StepMemory]) -> int:
    """Bytes of the scratches of all threads, each as large as its largest step takes."""
    return sum(allocated_bytes(max(each)) for each in zip(*(step.scratch for step in steps), strict=True))


def _parts(call: Call) -> Iterator[object]:
    """What a call keeps: its arguments, and the array or ufunc whose method it is."""
    arguments, names = getattr(call, "args", ()), getattr(call, "keywords", {})
    yield from (arguments, names, *arguments, *names.values())
    function = getattr(call, "func", call)
    receiver = getattr(function, "__self__", None)
    if isinstance(receiver, np.ndarray | np.ufunc):
        yield from (function, receiver)


def _packed_bytes(packed: object, stored: dict[str, dict[str, Array]]) -> int:
    """Bytes of what was packed, without views of the weights as they are stored."""
    bases = {id(array.base) for arrays in stored.values() for array in arrays.values()}
    owners = {id(array.base if is_outline(array) else array): array for array in arrays_in(packed)}
    return sum(array.nbytes for base, array in owners.items() if base not in bases)


def arrays_in(packed: Any) -> Iterator[Array]:
    """All arrays of a structure of tuples, lists and dicts."""
    if isinstance(packed, np.ndarray):
        yield packed
    elif isinstance(packed, tuple | list | dict):
        for each in packed.values() if isinstance(packed, dict) else packed:
            yield from arrays_in(each)
