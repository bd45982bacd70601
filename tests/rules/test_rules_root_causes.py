"""A finding is left out only for one that is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from archspec.diagnostics import Diagnostic, Severity
from archspec.examination import examine
from archspec.rules._root_causes import without_explained

if TYPE_CHECKING:
    from archspec.rules._root_causes import Finding

NAMES = st.sampled_from("abcdefgh")
EDGES = st.lists(st.tuples(NAMES, NAMES), max_size=20)
SEVERITIES = st.lists(st.sampled_from(Severity), min_size=8, max_size=8)


@given(edges=EDGES, severities=SEVERITIES)
def test_what_is_left_out_has_a_cause_that_is_left(edges: list[tuple[str, str]], severities: list[Severity]) -> None:
    pairs = zip("abcdefgh", severities, strict=True)
    found = [Diagnostic(rule=name, message="", severity=severity) for name, severity in pairs]
    weight = dict(zip("abcdefgh", map(list(Severity).index, severities), strict=True))
    explained: list[tuple[Finding, Finding]] = [((a, None), (b, None)) for a, b in edges]
    reported = without_explained(found, explained)
    left = {each.rule for each in reported}
    assert left
    results = [result.rule for each in reported for result in each.results]
    assert sorted([*left, *results]) == list("abcdefgh"), "each is reported, or once the result of one that is"
    assert min(weight[name] for name in left) == min(weight.values()), "the gravest is left out for a lighter one"
    reached = set(left)
    allowed = [(a, b) for a, b in edges if weight[a] <= weight[b]]
    for _ in found:
        reached |= {b for a, b in allowed if a in reached}
    assert reached == set("abcdefgh"), "left out, but nothing that is reported explains it"
    assert all(a == b or b not in left or a not in left or b in _circle(a, allowed) for a, b in allowed)


def _circle(name: str, edges: list[tuple[str, str]]) -> set[str]:
    """What leads to a name."""
    found = {name}
    for _ in edges:
        found |= {a for a, b in edges if b in found}
    return found


def test_channels_first_has_an_error() -> None:
    """Of findings that explain each other, one is left, with what explains them all."""
    conv, pool = "conv: {filters: 8, kernel: 3, padding: 1}", "max_pool: 2"
    text = f"name: n\ninput: 3x96x64\nlayers: [{conv}, {pool}, relu, {pool}, fc: 10]\n"
    seen = examine(text)
    assert len(seen.errors) == 1
    assert any("looks like channels x height x width" in help_ for help_ in seen.errors[0].help)
    assert seen.graph is not None
    assert not seen.graph.is_known


def test_another_channels_first_network_has_an_error() -> None:
    seen = examine("name: e\ninput: 3x224x224\nlayers: [max_pool: 2, conv: {filters: 32, kernel: 3}]\n")
    assert len(seen.errors) == 1
    assert any("224x224x3" in help_ for help_ in seen.errors[0].help)
