"""Kernels: ways to compute a fused group, chosen by its operator and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from archspec.engine.kernels import KERNELS
from archspec.engine.kernels._epilogue import Epilogue
from archspec.engine.kernels._operations import CHUNK
from archspec.engine.kernels._work_split import distribute, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.grades import Grade
    from archspec.engine.kernels._buffers import Arrays, Buffers
    from archspec.engine.kernels._operations import Operation
    from archspec.engine.scratch import Scratch
    from archspec.engine.stages import Call, Stage
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array

_PASSES = 6e9
"""Elements a second that a simple operation of NumPy goes through in the cache."""
BLOCK = 96 * 1024
"""Elements, about, of the blocks that kernels make for themselves (unfolded windows, products to be spread, scores).

384 KiB of float32, less than half of a common second-level cache, where they are read at once.
"""

_NAMES = {target: name for name, target in KERNELS.items()}


class Setting(NamedTuple):
    """The conditions of a plan, and its number of threads; ``repeats``: the network is called more than once."""

    grade: Grade
    dtype: np.dtype[np.floating]
    threads: int
    repeats: bool


class Kernel:
    """Base of kernels. ``pack_weights`` reorders the weights once; ``bind`` returns the calls of one run.

    ``applies`` is the one place that says which groups a kernel can compute: its results are right for all of them,
    and it refuses all others. Of the kernels that apply the plan takes the first that has a ``reason``.

    Calls work on fixed places in the arena, so that a run neither makes views nor allocates.
    """

    name: ClassVar[str] = ""
    """Its name in the table of kernels."""
    operators: ClassVar[tuple[type[Operator], ...]]
    why: ClassVar[str]
    """Why it is chosen, for a kernel that is the best wherever it applies."""
    folds: ClassVar[bool] = False
    """Whether norms after the first layer are folded into its weights."""
    rate: ClassVar[float] = 45e9
    """Multiply-accumulates a second on one processor of our day, to decide what pays to be split among threads."""

    def __init_subclass__(cls) -> None:
        cls.name = _NAMES.get(f"{cls.__module__.rpartition('.')[2]}:{cls.__name__}", "")

    def __init__(self, group: FusedGroup, setting: Setting) -> None:
        if not self.applies(group):
            raise ValueError(f"kernel {self.name} does not apply to {group.kind}, {group.flow}")
        self.group = group
        self.dtype = setting.dtype
        self.epilogue = Epilogue(group, setting.dtype, folds=self.folds)

    @classmethod
    def applies(cls, group: FusedGroup) -> bool:
        """Whether this kernel can compute a group: its operators, unless a kernel says less."""
        return not group.chain and isinstance(group.operator, cls.operators)

    @classmethod
    def reason(cls, group: FusedGroup, setting: Setting) -> str | None:  # noqa: ARG003 - for kernels that choose
        """Why this kernel is the one for a group that it applies to; None where another one is better."""
        return cls.why

    def seconds(self, samples: int) -> float:
        """About how long one thread takes: the multiplications, and three passes over the output."""
        return samples * (self.group.macs / self.rate + 3 * self.group.output.size / _PASSES)

    def forward_size(self, samples: int) -> int:  # noqa: ARG002 - kernels take theirs from the arena and the scratch
        """Elements that calls allocate for themselves at most at one time."""
        return 0

    def packing_size(self) -> int:
        """Elements that :meth:`pack_weights` needs besides its result: norms in float64, what is on the way to it."""
        return self.epilogue.packing_size

    @property
    def folded_size(self) -> int:
        """Elements of the first layer's weights with norms in them; 0 where they are used as they are."""
        return sum(weight.size for weight in self.group.first.weights) if self.epilogue.folded_norms else 0

    def pack_weights(self, arrays: Arrays) -> Any:
        """The weights in the order that :meth:`bind` wants, and the epilogue's operations; of outlines, outlines."""
        return self.epilogue.operations(arrays)

    def bind(self, buffers: Buffers) -> Iterator[Stage]:
        """The calls of one run: stages one after the other, each with a work item for every thread."""
        raise NotImplementedError

    def epilogue_stage(self, operations: tuple[Operation, ...], buffers: Buffers, source: Array | None = None) -> Stage:
        """A stage that applies the epilogue to all positions, chunk by chunk; they are read from ``source``, if any."""
        if not operations and source is None:
            return []
        channels = buffers.output.shape[-1]
        flat = None if source is None else source.reshape(-1)

        def calls(piece: tuple[int, int], scratch: Scratch) -> Iterator[Call]:
            read = None if flat is None else flat[slice(*(channels * position for position in piece))]
            yield from self.epilogue.calls(operations, buffers, scratch, *piece, source=read)

        chunks = split(buffers.output.size // channels, max(1, CHUNK // channels), len(buffers.scratches))
        return distribute(chunks, buffers.scratches, calls)
