"""What the kernels are held against: the operators' own forward in float64, with the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import yaml

from archspec.engine.grades import TOLERANCE, Grade
from archspec.engine.kernels import KERNELS, kernel_class
from archspec.engine.kernels._base import Setting
from archspec.engine.network import Network
from archspec.engine.parameters import stored_weights
from archspec.engine.plan import PlanStep, make_plan
from archspec.ops import operator
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.graph.model import Graph
    from archspec.ops._numpy import Array

EXACT = {"float32": 4e-6, "float64": 1e-12}
"""The largest error at the grade exact, relative to the largest output; a single one may be near 0 by chance."""


def layers(*calls: str | tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """``"relu"``, ``("conv", {...})`` or ``("add", {}, ("input", "conv1"))`` with names for a graph, counted from 1."""
    found: list[tuple[Any, ...]] = []
    for number, call in enumerate(calls, 1):
        kind, arguments, *reads = (call, {}) if isinstance(call, str) else call
        found.append((f"{kind}{number}", operator(kind).model_validate(arguments), *reads))
    return found


class Case(NamedTuple):
    """The kernel that is to be chosen, the input, the operator and its arguments."""

    kernel: str
    volume: Volume
    kind: str
    arguments: dict[str, Any]

    @classmethod
    def read(cls, line: str) -> Case:
        """``im2col 9x7x3 conv: {filters: 5, kernel: 3}``."""
        kernel, sizes, text = line.split(maxsplit=2)
        *spatial, channels = map(int, sizes.split("x"))
        call = yaml.safe_load(text)
        ((kind, arguments),) = call.items() if isinstance(call, dict) else ((call, {}),)
        return cls(kernel, Volume(tuple(spatial), channels), kind, arguments)

    @property
    def call(self) -> tuple[str, dict[str, Any]]:
        """What a trial takes."""
        return self.kind, self.arguments

    @property
    def grade(self) -> Grade:
        """At which the kernel is chosen."""
        return Grade.FAST if self.kernel == "winograd-f4" else Grade.EXACT

    @property
    def mixes(self) -> bool:
        """Whether its products mix numbers that the forward keeps apart: of a tile, or of groups side by side."""
        grouped = self.kind == "depthwise_conv" or self.arguments.get("groups", 1) > 1
        return self.kernel.startswith("winograd") or (self.kernel == "im2col" and grouped)


_LINES = [
    line
    for line in (Path(__file__).parent / "cases.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a ``case`` is one for each of them."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", list(map(Case.read, _LINES)), ids=[" ".join(line.split()) for line in _LINES])


@pytest.fixture
def cases() -> list[Case]:
    return [Case.read(line) for line in _LINES]


class Trial:
    """A small network of some layers with drawn weights, at any grade, dtype and number of threads."""

    def __init__(self, graph_of: Callable[..., Graph], inputs: Volume | dict[str, Volume], *calls: Any) -> None:
        self.graph_of, self.inputs, self.calls = graph_of, inputs, calls
        self.names = inputs if isinstance(inputs, dict) else {"input": inputs}

    def network(
        self, dtype: str = "float32", grade: Grade = Grade.EXACT, threads: int = 1, kernel: str | None = None
    ) -> Network:
        """As it is planned, or with one kernel for the first step, whatever the plan would choose."""
        graph = self.graph_of(self.inputs, *layers(*self.calls), dtype=dtype)
        rng = np.random.default_rng(7)
        arrays = {}
        for name, weight in stored_weights(graph).items():
            drawn = rng.standard_normal(weight.shape) / max(1, weight.fan_in) ** 0.5
            arrays[name] = (np.abs(drawn) + 0.5 if name.endswith("variance") else drawn).astype("float32").astype(dtype)
        plan = make_plan(graph, grade, np.dtype(dtype), threads)
        if kernel:
            first, *others = plan.steps
            setting = Setting(grade, np.dtype(dtype), threads, repeats=True)
            forced = PlanStep(first.group, kernel_class(kernel)(first.group, setting), "as the test says")
            plan = plan._replace(steps=(forced, *others))
        return Network(plan, arrays)

    def applying(self) -> list[str]:
        """The kernels that can compute the first step."""
        graph = self.graph_of(self.inputs, *layers(*self.calls))
        group = make_plan(graph, Grade.EXACT, np.dtype("float32")).steps[0].group
        return [name for name in KERNELS if kernel_class(name).applies(group)]

    def drawn(self, batch: int = 1, dtype: str = "float32") -> dict[str, Array]:
        rng = np.random.default_rng(batch)
        return {
            name: rng.standard_normal((batch, *volume.shape)).astype("float32").astype(dtype)
            for name, volume in self.names.items()
        }

    def result(self, network: Network, x: dict[str, Array]) -> Array:
        y = network(x)
        assert isinstance(y, np.ndarray)
        return y

    def agrees(self, batch: int = 1, dtype: str = "float32", grade: Grade = Grade.EXACT, threads: int = 1) -> Network:
        """Whether the largest error is as small as it has to be; the network that ran."""
        network = self.network(dtype, grade, threads)
        self.matches(network, self.wanted(batch), batch, dtype, grade)
        return network

    def wanted(self, batch: int) -> Array:
        """What the operators' own forward gives in float64."""
        return self.result(self.network("float64", Grade.REFERENCE), self.drawn(batch, "float64"))

    def all_agree(self, batch: int, dtype: str, threads: int) -> None:
        """Whether every kernel that applies gives what the forward gives, also those that the plan would not choose."""
        wanted = self.wanted(batch)
        for name in self.applying():
            grade = Grade.FAST if name == "winograd-f4" else Grade.EXACT
            self.matches(self.network(dtype, grade, threads, name), wanted, batch, dtype, grade)

    def matches(self, network: Network, wanted: Array, batch: int, dtype: str, grade: Grade) -> None:
        """Whether a network gives a result, up to the errors of its grade."""
        ours = self.result(network, self.drawn(batch, dtype))
        assert (ours.shape, ours.dtype) == (wanted.shape, np.dtype(dtype))
        bound = EXACT[dtype] if grade is Grade.EXACT or dtype == "float64" else TOLERANCE
        largest = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.1))  # a maximum of padding alone is -inf
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=bound * largest)


@pytest.fixture(scope="session")
def trial(graph_of: Callable[..., Graph]) -> Callable[..., Trial]:
    def make(inputs: Volume | dict[str, Volume], *calls: Any) -> Trial:
        return Trial(graph_of, inputs, *calls)

    return make
