"""Networks: compiled from a graph, called on arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.accept import accept
from archspec.engine.errors import CompileError, EngineError, InputError, WeightsError
from archspec.engine.finite import Finiteness, finiteness
from archspec.engine.grades import Grade
from archspec.engine.html import network_table
from archspec.engine.initialize import initialize
from archspec.engine.matching import match_arrays
from archspec.engine.memory_estimate import CHUNK_BYTES, check_graph, chunk_within
from archspec.engine.parameters import expected_arrays, full_name, stored_weights
from archspec.engine.plan import make_plan
from archspec.engine.processors import processors
from archspec.engine.profile import Profile, forecast, measure_profile
from archspec.engine.runner import Runner
from archspec.engine.weights_file import read_weights, write_weights

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from archspec.engine.plan import Plan, PlanStep
    from archspec.engine.session import OnStep
    from archspec.graph.model import Graph
    from archspec.ops._numpy import Array
    from archspec.spec.models import DType

__all__ = [
    "CompileError",
    "EngineError",
    "InputError",
    "Network",
    "WeightsError",
    "compile_graph",
    "plan_graph",
]


def computing_dtype(dtype: DType) -> str:
    """The dtype that a network computes in: NumPy has no bfloat16, and float32 holds all of its values."""
    return "float32" if dtype == "bfloat16" else dtype


def compile_graph(  # noqa: PLR0913 - options, given by name
    graph: Graph,
    seed: int = 0,
    memory_limit: int | None = None,
    grade: Grade = Grade.EXACT,
    threads: int | None = None,
    *,
    repeats: bool = True,
) -> Network:
    """A network with freshly drawn weights (:mod:`archspec.engine.initialize`).

    ``memory_limit`` is in bytes; by default half of the machine's memory. It is needed for all weights, as they are and
    as kernels pack them, the arena of the samples that run at once, the results at the spec's batch and the largest
    working space of a layer (:mod:`archspec.engine.memory_estimate`). A batch for which the limit leaves too little is
    run in chunks.
    ``grade`` says how exact it is (:mod:`archspec.engine.grades`), ``threads`` how many compute; by default as many as
    there are processors. ``repeats=False`` leaves out what pays only when the network is called more than once.

    Raises:
        CompileError: the graph has a faulty layer, or needs more memory; nothing has been allocated then.
        ValueError: the seed is negative, or there are no threads.

    """
    _check_faultless(graph)
    _check_threads(threads)
    dtype = np.dtype(computing_dtype(graph.header.dtype))
    check_graph(graph, dtype.itemsize, memory_limit)
    plan = make_plan(graph, grade, dtype, threads or processors(), repeats=repeats)
    chunk = chunk_within(plan, memory_limit)
    return Network(plan, initialize(graph, seed, dtype.name), chunk)


def plan_graph(graph: Graph, grade: Grade = Grade.EXACT, threads: int | None = None) -> Plan:
    """The plan of the network that :func:`compile_graph` would give, without any array.

    Raises:
        CompileError: the graph has a faulty layer.
        ValueError: there are no threads.

    """
    _check_faultless(graph)
    _check_threads(threads)
    return make_plan(graph, grade, np.dtype(computing_dtype(graph.header.dtype)), threads or processors())


def _check_threads(threads: int | None) -> None:
    if threads is not None and threads < 1:
        raise ValueError(f"threads is a whole number from 1, got {threads}")


def _check_faultless(graph: Graph) -> None:
    if graph.is_known:
        return
    node = graph.unknown_layer
    if node is not None:
        why = f"layer `{node.name}` ({node.kind}) has no output. `archspec check` shows why."
    elif graph.nodes:
        why = "some of its layers are missing. `archspec check` shows why."
    else:
        why = "it has no layers."
    raise CompileError(f"network `{graph.header.name}` cannot be compiled: {why}")


class Network:
    """A network that runs: ``network(x)`` takes arrays (N, spatial ..., C) and returns such arrays.

    A spec with one input takes an array, one with several a dict of arrays by name; likewise one result is an array,
    several are a dict. Arrays have the spec's dtype, bfloat16 computed as float32; floats of another size are cast.
    The weights' arrays are read-only; :meth:`load` replaces them. One network may run in several threads.
    """

    def __init__(self, plan: Plan, arrays: Mapping[str, Array], chunk: int | None = None) -> None:
        self.plan, self.graph, self.grade, self.threads = plan, plan.graph, plan.grade, plan.threads
        self.dtype = plan.dtype
        self._inputs = {name: volume for name, volume in plan.graph.inputs.items() if volume}
        self._budget = plan.arena_bytes * chunk if chunk else CHUNK_BYTES
        self._weights = stored_weights(plan.graph)
        self._install(arrays)

    def __call__(self, inputs: Array | Mapping[str, Array]) -> Array | dict[str, Array]:
        """Run the network on a batch.

        Raises:
            InputError: the inputs are not what the network takes; the message says what to write.

        """
        return self.run(inputs)

    def run(self, inputs: Array | Mapping[str, Array], on_step: OnStep | None = None) -> Array | dict[str, Array]:
        """Like a call; ``on_step`` is called after every step of the plan with the step, its output and its seconds.

        The next step may overwrite the output, so ``on_step`` has to copy what it keeps. In a batch that runs in
        chunks there is a call for every chunk.
        """
        results = self._runner.run(accept(inputs, self._inputs, self.dtype), on_step)
        return next(iter(results.values())) if len(results) == 1 else results

    def trace(self, inputs: Array | Mapping[str, Array]) -> dict[str, Array]:
        """Every layer's output by name, in order; layers are run one by one, without fusion."""
        arrays = accept(inputs, self._inputs, self.dtype)
        samples = len(next(iter(arrays.values())))
        outputs = {
            node.name: np.empty((samples, *node.output.shape), self.dtype) for node in self.graph.nodes if node.output
        }
        begin: Counter[str] = Counter()

        def keep(step: PlanStep, y: Array, _: float) -> None:
            name = step.group.name
            outputs[name][begin[name] : begin[name] + len(y)] = y
            begin[name] += len(y)

        plan = make_plan(self.graph, self.grade, self.dtype, self.threads, fuse=False, repeats=False)
        self._runner_of(plan).run(arrays, keep)
        return outputs

    def profile(
        self,
        inputs: Array | Mapping[str, Array],
        runs: int | None = None,
        on_run: Callable[[int, int], None] | None = None,
    ) -> Profile:
        """How long every step takes, the median of ``runs`` (without: of two seconds), and what this machine could do.

        ``on_run`` is called after each run with the number of runs so far and in all.
        """
        if runs is not None and runs < 1:
            raise ValueError(f"runs is a whole number from 1, got {runs}")
        return measure_profile(self._runner, accept(inputs, self._inputs, self.dtype), runs, on_run)

    def forecast(self, batch: int | None = None) -> Profile:
        """What every step has to do and how long it should take here, for a batch (the spec's); nothing is run."""
        return forecast(self.plan, batch or self.graph.header.batch)

    def check_finite(self, inputs: Array | Mapping[str, Array]) -> Finiteness:
        """Values that are not finite: inputs, weights, and the first layer whose output is not finite.

        Layers are run one by one, without fusion, and no volume is kept.
        """
        arrays = accept(inputs, self._inputs, self.dtype)
        plan = make_plan(self.graph, self.grade, self.dtype, self.threads, fuse=False, repeats=False)
        return finiteness(self.graph, self._runner_of(plan), arrays, self._arrays)

    @property
    def parameters(self) -> Mapping[str, Array]:
        """Learned arrays (and filters fixed by the spec) by name, such as ``conv1.weight``; read-only."""
        return MappingProxyType({n: array for n, array in self._arrays.items() if self._weights[n].role != "buffer"})

    @property
    def buffers(self) -> Mapping[str, Array]:
        """Stored arrays that are not learned, by name, such as ``batch_norm1.mean``; read-only."""
        return MappingProxyType({n: array for n, array in self._arrays.items() if self._weights[n].role == "buffer"})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write parameters and buffers to an .npz file, under their names; whole or not at all.

        Raises:
            OutputError: the file cannot be written.

        """
        write_weights(path, self._arrays)

    def load(self, source: str | os.PathLike[str] | Mapping[str, Array]) -> None:
        """Take all parameters and buffers from an .npz file or from arrays by name.

        Names, shapes and dtypes must be the network's. Nothing changes unless everything fits.

        Raises:
            WeightsError: the file cannot be read, or something does not fit.

        """
        expected = expected_arrays(self.graph, self.dtype.name)
        arrays = match_arrays(source, expected) if isinstance(source, Mapping) else read_weights(source, expected)
        self._check_fixed(arrays)
        self._install(arrays)

    def _check_fixed(self, arrays: Mapping[str, Array]) -> None:
        """Arrays that the spec fixes must have the spec's values."""
        for name, weight in self._weights.items():
            if weight.values is not None and not np.array_equal(arrays[name], self._arrays[name]):
                raise WeightsError(f"`{name}` is fixed by the spec's `weights`, but the loaded array has other values")

    def _install(self, arrays: Mapping[str, Array]) -> None:
        for array in arrays.values():
            array.flags.writeable = False
        self._arrays = dict(arrays)
        self._by_layer = {
            node.name: {weight.name: arrays[full_name(node, weight)] for weight in node.weights}
            for node in self.graph.nodes
        }
        self._runner = self._runner_of(self.plan)

    def _runner_of(self, plan: Plan) -> Runner:
        chunk = max(1, self._budget // max(1, plan.arena_bytes))
        return Runner(plan, self._by_layer, chunk)

    def __setstate__(self, state: dict[str, object]) -> None:
        """Make arrays from a pickle or a copy read-only again."""
        self.__dict__.update(state)
        for array in self._arrays.values():
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.graph.nodes)

    def __repr__(self) -> str:
        header = self.graph.header
        size = sum(array.size for array in self.parameters.values())
        dtype = header.dtype if header.dtype == self.dtype.name else f"{header.dtype} computed as {self.dtype}"
        layers = f"{len(self)} layer{'s' if len(self) > 1 else ''}"
        return f"Network({header.name}: {layers}, {size:,} parameters, {self._flow()}, {dtype})"

    def _repr_html_(self) -> str:
        """A table of the layers, for notebooks."""
        return network_table(self.graph, repr(self))

    def _flow(self) -> str:
        """``32x32x3 -> 1x1x10``, with names where there are several."""
        inputs = dict(self.graph.inputs)
        outputs = {name: self.graph.volume(name) for name in self.graph.outputs}
        return " -> ".join(
            ", ".join(f"{name} {volume}" if len(ends) > 1 else str(volume) for name, volume in ends.items())
            for ends in (inputs, outputs)
        )
