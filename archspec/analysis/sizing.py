"""Whether a network fits other input sizes: one by one, and proven for whole classes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.congruences import Congruence, Prover, period
from archspec.analysis.fitting import FittingInference, SizeRun
from archspec.analysis.infer import infer, inputs_at, volume_reads
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archspec.analysis.infer import InferredShapes
    from archspec.analysis.misfit import Fitting
    from archspec.graph.model import Graph
    from archspec.volume import Volume

WORK = 2_000_000
"""How often layers may be asked for a proof."""
_BEGINNINGS = (64, 256, 1024, 4096)
"""Sizes from which on all classes are tried to be decided, one after the other."""
TRIES = 256
"""Sizes for which a graph is built when the present one's can't be used."""
_NEAR = 64
"""How far from the present size, and from its double, these are."""


class _Unlike(Exception):  # noqa: N818 - not an error: a size has other layers, so that nothing follows for them
    """Raised if the layers depend on the size."""


class Proven(NamedTuple):
    """Classes of sizes that fit; above ``begin`` no other size does."""

    classes: tuple[Congruence, ...]
    begin: int

    def __contains__(self, size: object) -> bool:
        return any(size in each for each in self.classes)

    def next(self, size: int, sign: int) -> int | None:
        """The nearest member above ``size``, or below when the sign is negative."""
        found = [near for each in self.classes if (near := each.next(size, sign)) is not None]
        return min(found, key=lambda near: abs(near - size), default=None)


class Sizing:
    """Whether a network fits when ``axes`` of its input, by number, take another size together.

    ``tries`` is for how many sizes a graph may be built where the present one's has unknown layers.

    Raises:
        LookupError: no graph of the spec can be used, for a layer is faulty.

    """

    def __init__(
        self, graph: Graph, fitting: Fitting, axes: Sequence[int], max_nodes: int = MAX_NODES, tries: int = TRIES
    ) -> None:
        self.fitting, self.axes, self.max_nodes, self.tries = fitting, tuple(axes), max_nodes, tries
        first = next(iter(graph.inputs.values()), None)
        if first is None or not first.spatial or not graph.is_whole:
            raise LookupError
        self.spatial = first.spatial
        self.axis = self.axes[0] if len(self.axes) == 1 and len(self.spatial) > 1 else None
        self.graph, self.reads = graph, volume_reads(graph)
        self.known: dict[int, bool] = {}
        self.runs: dict[int, SizeRun] = {}

    def at(self, size: int) -> tuple[int, ...]:
        """The input's spatial sizes when the axes are of ``size``."""
        return tuple(size if axis in self.axes else present for axis, present in enumerate(self.spatial))

    @cached_property
    def inference(self) -> FittingInference | None:
        """The inference for all sizes; None when every size has a graph of its own, for expressions read the sizes.

        Raises:
            LookupError: a layer is faulty whatever the size.

        """
        if self.reads - {"channels"}:
            return None
        if self._is_usable(self.graph):
            return FittingInference(self.graph, self.fitting, self.axis)
        if any(node.operator is None and not self._depends(node.name) for node in self.graph.nodes):
            raise LookupError
        start = self.spatial[self.axes[0]]
        near = [start + step * sign for step in range(1, _NEAR + 1) for sign in (1, -1) if start + step * sign > 0]
        tried = [*near, *(2 * size for size in near)][: self.tries]
        graphs = (self._shapes_at(self.at(size)).graph for size in tried)
        found = next(filter(self._is_usable, graphs), None)
        if found is None:
            raise LookupError
        return FittingInference(found, self.fitting, self.axis)

    def _shapes_at(self, spatial: tuple[int, ...]) -> InferredShapes:
        """The shapes for these sizes of the input alone."""
        return infer(self.graph, inputs=inputs_at(self.graph, spatial), max_nodes=self.max_nodes)

    def _depends(self, name: str) -> bool:
        """Whether the arguments of a layer may be unknown only for now."""
        return name in self.graph.likes or bool(self.reads)

    def _is_usable(self, graph: Graph) -> bool:
        if self.reads:
            return graph.is_known
        return graph.is_whole and all(node.operator is not None for node in graph.nodes)

    def fits(self, size: int) -> bool:
        """Whether the whole network fits a size."""
        if size not in self.known:
            self.known[size] = size > 0 and self.misfit(self.at(size)) is None
        return self.known[size]

    def misfit(self, spatial: tuple[int, ...]) -> str | None:
        """The first layer that does not fit these sizes of the input; None when all do.

        Empty where the layers cannot be expanded at these sizes: there are too many, or an expression has no value.
        """
        inference = self.inference
        if inference is not None:
            run = inference.fitting_run(tuple(inputs_at(inference.graph, spatial).values()))
            if self._has_the_channels(run):
                return _first_misfit(inference, run)
        shapes = self._shapes_at(spatial)
        try:  # a graph for these sizes alone
            inference = FittingInference(shapes.graph, self.fitting, self.axis)
        except LookupError as error:
            return str(error.args[0])
        if shapes.errors:
            return shapes.errors[0].layer or ""
        return _first_misfit(inference, inference.fitting_run(tuple(inference.graph.inputs.values())))

    def _run_to_the_end(self, size: int) -> SizeRun:
        """Every volume for a size, for the layers of the one inference.

        Raises:
            _Unlike: at this size there are others.

        """
        inference = self.inference
        if inference is None:
            raise _Unlike
        if size not in self.runs:
            inputs = tuple(inputs_at(inference.graph, self.at(size)).values())
            self.runs[size] = inference.fitting_run(inputs, to_the_end=True)
            if not self._has_the_channels(self.runs[size]):
                raise _Unlike
        return self.runs[size]

    def _has_the_channels(self, run: SizeRun) -> bool:
        """Whether expressions that read channels have the values they had, as far as the run goes."""
        if not self.reads:
            return True
        for volume, before in zip(run.volumes, self._present_volumes, strict=False):  # no generator: runs for all sizes
            if volume is not None and before is not None and volume.channels != before.channels:
                return False
        return True

    @cached_property
    def _present_volumes(self) -> list[Volume | None]:
        """The volumes of the graph that all sizes share, by place."""
        return [self.inference.graph.volume(name) for name in self.inference.names] if self.inference else []

    def congruences(self, work: int = WORK) -> Proven | None:
        """All classes of sizes that fit; None when they are not proven within ``work``, in layers asked."""
        try:
            return self._proven(work)
        except _Unlike:
            return None

    def _proven(self, work: int) -> Proven | None:
        if self.inference is None:
            return None
        most = work // (len(self.inference.layers) + 1)
        present = self.spatial[self.axes[0]]
        base = next((size for size in range(present, max(present - most, 0), -1) if self.fits(size)), present)
        step = period(self.inference, self._run_to_the_end, base, most // 4)
        if step is None:
            return None
        prover = Prover(self.inference, self._run_to_the_end, step, len(self.axes))
        for begin in (each for each in _BEGINNINGS if each + 4 * step <= most):
            verdicts = {size: prover.fits(size) for size in range(begin + 1, begin + step + 1)}
            if None not in verdicts.values():
                firsts = [self._from_its_first(size, step) for size, fits in verdicts.items() if fits]
                return Proven(_fold(firsts, step), begin)
        return None

    def _from_its_first(self, size: int, step: int) -> int:
        while self.fits(size - step):
            size -= step
        return size


def _first_misfit(inference: FittingInference, run: SizeRun) -> str | None:
    return None if run.misfit is None else inference.names[run.misfit]


def _fold(firsts: list[int], step: int) -> tuple[Congruence, ...]:
    """Classes of the smallest step that says the same; a few first members may be left out by that."""
    residues = {first % step for first in firsts}
    for smaller in (each for each in range(1, step + 1) if step % each == 0):
        if all((residue + smaller) % step in residues for residue in residues):
            groups: dict[int, list[int]] = {}
            for first in firsts:
                groups.setdefault(first % smaller, []).append(first)
            return tuple(sorted(Congruence(_joint_first(group, step, smaller), smaller) for group in groups.values()))
    return ()


def _joint_first(firsts: Iterable[int], step: int, smaller: int) -> int:
    """The first member from which on nothing of several classes of ``step`` is missing in one of a smaller step."""
    after = max(first - step for first in firsts) + smaller
    return after if after > 0 else (after - 1) % smaller + 1
