"""A network that is not fully known has an error, whatever hides what: over random networks, channels-first too."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import yaml

from archspec.diagnostics import Severity
from archspec.examination import examine, examine_family, explained
from archspec.rules._settings import Settings


def conv(random: Random) -> Any:
    padding = random.choice([0, 0, 1, 2, "same"])
    return {"conv": {"filters": random.choice([3, 4, 8, 16]), "kernel": random.choice([1, 2, 3, 5, 7]),
                     "stride": random.choice([1, 1, 2, 3]), "padding": padding}}  # fmt: skip


def pool(random: Random) -> Any:
    return {random.choice(["max_pool", "avg_pool"]): random.choice([2, 3, {"kernel": 3, "stride": 2}])}


def chain(random: Random, most: int) -> list[Any]:
    makers = (conv, conv, pool, lambda _: "relu", lambda _: "batch_norm", merge, transposed)
    return [random.choice(makers)(random) for _ in range(random.randint(1, most))]


def merge(random: Random) -> Any:
    branches = [chain(random, 2) if random.random() < 0.7 else [] for _ in range(2)]
    return {random.choice(["add", "concat", "multiply"]): branches}


def transposed(random: Random) -> Any:
    return {"conv_transpose": {"filters": 4, "kernel": random.choice([2, 3, 4]), "stride": 2}}


def network(random: Random) -> str:
    first, second = random.choice([16, 31, 64, 96, 224]), random.choice([16, 31, 64, 100, 224])
    shape = random.choice([(3, first, second), (1, first, second), (first, second, 3), (5, 7, 3)])
    layers = chain(random, 7)
    if random.random() < 0.5:
        layers.append({"fc": {"filters": 10, "in_features": random.choice([64, 100])}})
    ignoring = random.random() < 0.2
    if ignoring and isinstance(layers[0], dict):
        layers[0] = {**layers[0], "ignore": ["kernel-too-large", "merge-mismatch"]}
    return yaml.dump({"name": "n", "input": "x".join(map(str, shape)), "layers": layers})


@pytest.mark.parametrize("seed", range(20))
def test_random_networks(seed: int) -> None:
    check_networks(Random(seed), 15)  # noqa: S311 - no secret is made of it


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(100, 110), *(pytest.param(n, marks=pytest.mark.proof) for n in range(110, 140))]
)
def test_more_random_networks(seed: int) -> None:
    check_networks(Random(seed), 200)  # noqa: S311 - see above


def check_networks(random: Random, count: int) -> None:
    """The invariant is asserted where networks are examined; here what a user sees of it is."""
    for _ in range(count):
        text = network(random)
        seen = examine(text)
        assert seen.graph is not None
        ignores = any(node.ignored for node in seen.graph.nodes)
        assert seen.graph.is_known or seen.errors or ignores, text
        quiet = examine_family(text, settings=Settings(selected=frozenset()))[0]
        assert quiet.diagnostics == []
        assert quiet.is_known == seen.is_known


def test_the_networks_fail_in_many_ways() -> None:
    random = Random(1)  # noqa: S311 - see above
    seen = [examine(network(random)) for _ in range(200)]
    assert 40 < sum(each.is_known for each in seen) < 160
    rules = {found.rule for each in seen for found in each.errors}
    assert {"fractional-output", "kernel-too-large", "merge-mismatch"} <= rules


def test_a_network_without_a_reason_is_a_failure_of_archspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """If all else fails, what is unknown is reported as a fault of the program."""
    monkeypatch.setattr(explained.Checks, "are_on", False)
    monkeypatch.setattr(explained, "all_errors", lambda _: [])
    seen = examine("name: n\ninput: 4x4x3\nlayers: [{conv: {filters: 2, kernel: 9}, ignore: kernel-too-large}]\n")
    (found,) = seen.diagnostics
    assert (found.rule, found.severity, found.unusable) == ("internal-error", Severity.ERROR, True)
    assert "`conv1`" in found.message


def test_the_check_notices_what_is_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explained, "all_errors", lambda _: [])
    with pytest.raises(explained.Unexplained):
        examine("name: n\ninput: 4x4x3\nlayers: [{conv: {filters: 2, kernel: 9}}]\n")
