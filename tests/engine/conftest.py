"""Graphs put together by hand, so that these tests need neither parser nor builder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from archspec.engine import session
from archspec.engine.network import Network, compile_graph
from archspec.graph.model import Graph, NetworkHeader, Node
from archspec.graph.operator_call import OperatorCall

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.ops._base import Operator
    from archspec.spec.models import DType
    from archspec.volume import Volume


def make_graph(
    inputs: Volume | dict[str, Volume],
    *layers: tuple[str, Operator] | tuple[str, Operator, tuple[str, ...]],
    outputs: tuple[str, ...] = (),
    dtype: DType = "float32",
    batch: int = 1,
) -> Graph:
    """A graph of layers ``(name, operator)`` in a chain; a third entry names what a layer reads instead."""
    entering = inputs if isinstance(inputs, dict) else {"input": inputs}
    volumes: dict[str, Volume | None] = dict(entering)
    nodes = []
    for name, operator, *reads in layers:
        sources = reads[0] if reads else (list(volumes)[-1],)
        received = tuple(volumes[source] for source in sources)
        call = OperatorCall.of(operator, received)
        volumes[name] = call.output
        kind = re.sub(r"\d+$", "", name)
        nodes.append(Node(name, kind, sources, call))
    header = NetworkHeader("net", dtype=dtype, batch=batch)
    return Graph(header, dict(entering), tuple(nodes), outputs or (list(volumes)[-1],))


@pytest.fixture(autouse=True)
def _threads_for_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of tests are too small for several threads to pay off: here all threads work on every step."""
    monkeypatch.setattr(session, "_PAYS_OFF", -1)


@pytest.fixture(scope="session")
def graph_of() -> Callable[..., Graph]:
    return make_graph


@pytest.fixture(scope="session")
def network_of() -> Callable[..., Network]:
    def make(*arguments: object, seed: int = 0, **options: object) -> Network:
        return compile_graph(make_graph(*arguments, **options), seed)  # type: ignore[arg-type] # passed through

    return make
