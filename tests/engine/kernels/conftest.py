"""What the kernels are held against: the operators' own forward in float64, with the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archspec.engine.grades import TOLERANCE, Grade
from archspec.engine.network import Network
from archspec.engine.parameters import kept
from archspec.ops import operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.graph.model import Graph
    from archspec.ops._numpy import Array
    from archspec.volume import Volume

EXACT = {"float32": 4e-6, "float64": 1e-12}
"""The largest error at the grade exact, relative to the largest output."""


def layers(*calls: str | tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """``"relu"``, ``("conv", {...})`` or ``("add", {}, ("input", "conv1"))`` with names for a graph, counted from 1."""
    found: list[tuple[Any, ...]] = []
    for number, call in enumerate(calls, 1):
        kind, arguments, *reads = (call, {}) if isinstance(call, str) else call
        found.append((f"{kind}{number}", operator(kind).model_validate(arguments), *reads))
    return found


class Trial:
    """A small network of some layers with drawn weights, at any grade, dtype and number of threads."""

    def __init__(self, graph_of: Callable[..., Graph], inputs: Volume | dict[str, Volume], *calls: Any) -> None:
        self.graph_of, self.inputs, self.calls = graph_of, inputs, calls
        self.names = inputs if isinstance(inputs, dict) else {"input": inputs}

    def network(self, dtype: str = "float32", grade: Grade = Grade.EXACT, threads: int = 1) -> Network:
        graph = self.graph_of(self.inputs, *layers(*self.calls), dtype=dtype)
        rng = np.random.default_rng(7)
        arrays = {}
        for name, weight in kept(graph).items():
            drawn = rng.standard_normal(weight.shape) / max(1, weight.fan_in) ** 0.5
            arrays[name] = (np.abs(drawn) + 0.5 if name.endswith("variance") else drawn).astype("float32").astype(dtype)
        return Network(graph, arrays, grade, threads)

    def drawn(self, batch: int = 1, dtype: str = "float32") -> dict[str, Array]:
        rng = np.random.default_rng(batch)
        return {
            name: rng.standard_normal((batch, *volume.shape)).astype("float32").astype(dtype)
            for name, volume in self.names.items()
        }

    def agrees(self, batch: int = 1, dtype: str = "float32", grade: Grade = Grade.EXACT, threads: int = 1) -> Network:
        """Whether the largest error is as small as it has to be; the network that ran."""
        network = self.network(dtype, grade, threads)
        ours = network(self.drawn(batch, dtype))
        wanted = self.network("float64", Grade.REFERENCE)(self.drawn(batch, "float64"))
        assert isinstance(ours, np.ndarray)
        assert isinstance(wanted, np.ndarray)
        assert (ours.shape, ours.dtype) == (wanted.shape, np.dtype(dtype))
        bound = EXACT[dtype] if grade is Grade.EXACT or dtype == "float64" else TOLERANCE
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=bound * float(np.abs(wanted).max(initial=1e-3)))
        return network


@pytest.fixture
def trial(graph_of: Callable[..., Graph]) -> Callable[..., Trial]:
    def make(inputs: Volume | dict[str, Volume], *calls: Any) -> Trial:
        return Trial(graph_of, inputs, *calls)

    return make
