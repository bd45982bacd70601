"""Every offer of every rule: help names no exact text that was not tried, and what was tried holds.

Offers are recorded while a network is checked. Each is applied to the whole graph, and all rules look at that: its
finding is gone, and the layers that it is about have no error that they did not have.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis.infer import infer
from archspec.analysis.misfit import is_fault
from archspec.analysis.report import analyze
from archspec.diagnostics import Severity
from archspec.rules import RULES, run
from archspec.rules._base import Rule
from archspec.rules._documentation import documentation
from archspec.rules._settings import Settings
from archspec.rules.repair import candidates
from archspec.rules.repair.arguments import value_text
from archspec.rules.repair.item_layers import at_all_layers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Operator
    from archspec.rules.repair.candidates import Offer

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("specs", "tests/corpus", "tests/cases") for path in ROOT.glob(f"{folder}/**/*.yaml"))
SELECTED = Settings(frozenset(RULES))
EXACT = re.compile(r"`(\w+): ([^`]+)`")
"""Text to write: an argument or an operator, and its value."""
NO_CHANGE_OF_A_LAYER = {("single-value-norm", "batch: 2")}
"""What is about the file's header, where the rule's own condition says that it holds."""


class Made(NamedTuple):
    """An offer, and the layer that was at fault."""

    graph: Graph
    node: Node
    offer: Offer


class Recorded(NamedTuple):
    """A finding of a rule, and the offers that were made for it."""

    finding: Diagnostic
    offers: list[Made]


@contextmanager
def recording() -> Iterator[list[Recorded]]:
    """All findings of rules that are reported meanwhile."""
    recorded: list[Recorded] = []
    made: list[Made] = []
    try_candidate, finding = candidates.try_candidate, Rule.finding

    def try_and_record(graph: Graph, node: Node, *others: Any) -> Offer | None:
        offer = try_candidate(graph, node, *others)
        if offer is not None:
            made.append(Made(graph, node, offer))
        return offer

    def find_and_record(self: Rule, *arguments: Any, **fields: Any) -> Diagnostic:
        found = finding(self, *arguments, **fields)
        recorded.append(Recorded(found, made.copy()))
        made.clear()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "try_candidate", try_and_record)
        patch.setattr(Rule, "finding", find_and_record)
        yield recorded


def findings_of(spec: str | Path) -> list[Recorded]:
    with recording() as recorded:
        archspec.check(spec, config={"select": ["all"]})
    return recorded


def written_by(offer: Offer) -> Iterator[tuple[str, str]]:
    """The arguments and values that an offer changes, and those of operators that it brings in."""
    for change in offer.changes.values():
        yield from ((name, value_text(value)) for name, value in change.arguments.items())
        for operator in (change.operator, *change.inserted.values()):
            yield from arguments_of(operator) if operator else ()
    for volume in offer.inputs.values():
        if volume is not None and len(volume.spatial) == 1:
            yield "length", f"{volume.spatial[0]}, channels: {volume.channels}"


def arguments_of(operator: Operator) -> Iterator[tuple[str, str]]:
    for name, value in operator:
        yield name, value_text(value)
        if name in (operator.main, "factor"):
            yield operator.name, value_text(value)


def untried(recorded: Recorded) -> list[str]:
    """Exact texts of a finding's help that are not those of an offer that was made for it."""
    tried = {text for made in recorded.offers for text in written_by(made.offer)}
    resized = any(name == "like" for name, _ in tried)  # written by the name of a layer, changed to the size of it
    pairs = [pair for line in recorded.finding.help for pair in EXACT.findall(line)]
    pairs = [(name, value) for name, value in pairs if not (name == "like" and resized)]
    return [
        f"{name}: {value}"
        for name, value in pairs
        if (name, value) not in tried and (recorded.finding.rule, f"{name}: {value}") not in NO_CHANGE_OF_A_LAYER
    ]


def found_in(graph: Graph) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    run(analyze(graph), found.append, SELECTED)
    return found


present_findings = lru_cache(maxsize=4)(found_in)
"""Of a graph as it is, for all its offers."""


def check_offer(finding: Diagnostic, made: Made) -> None:
    """The finding goes, and the layers concerned get no error."""
    graph, node, offer = made
    changes = at_all_layers(offer.changes, graph)
    assert changes is not None
    assert changes or offer.inputs, "it changes nothing"
    before, after = present_findings(graph), found_in(infer(graph, inputs=offer.inputs or None, changes=changes).graph)
    left = [each for each in after if (each.rule, each.layer) == (finding.rule, finding.layer)]
    present = [each for each in before if (each.rule, each.layer) == (finding.rule, finding.layer)]
    assert len(left) < max(len(present), 1), (finding, offer)
    concerned = {node.name, *changes}
    errors = {(each.rule, each.layer) for each in after if each.severity is Severity.ERROR and each.layer in concerned}
    assert errors <= {(each.rule, each.layer) for each in before} | hidden_in(graph), (finding, offer)


def hidden_in(graph: Graph) -> set[tuple[str, str | None]]:
    """Strides that do not fit one axis of a window, where it is too large for another one, which is reported alone."""
    return {
        ("fractional-output", node.name)
        for node in graph.nodes
        if any(window.reach >= 0 and is_fault(window) for window in node.windows or ())
    }


def check_all(spec: str | Path) -> None:
    checked = set()  # an offer for an item holds at all its layers, and mostly in all variants
    for recorded in findings_of(spec):
        assert untried(recorded) == [], recorded.finding
        for made in recorded.offers:
            what = (recorded.finding.rule, made.node.origin, made.offer.text)
            if what not in checked:
                check_offer(recorded.finding, made)
            checked.add(what)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_offers_in_files_hold(path: Path) -> None:
    check_all(path)


@pytest.mark.parametrize("rule", RULES)
def test_offers_for_documented_mistakes_hold(rule: str) -> None:
    check_all(documentation(rule).bad.text)


# Random networks


@st.composite
def layers(draw: st.DrawFn) -> str:
    """One layer with arguments that are often odd or wrong."""
    kernel, stride, padding = (
        draw(st.integers(1, 5)),
        draw(st.integers(1, 4)),
        draw(st.sampled_from([0, 0, 1, 2, "same"])),
    )
    window = f"kernel: {kernel}, stride: {stride}, padding: {padding}"
    filters = draw(st.sampled_from([3, 4, 6, 8]))
    mode = draw(st.sampled_from(["", "", ", padding_mode: reflect", ", padding_mode: circular"]))
    extra = draw(
        st.sampled_from(["", ", dilation: 2", ", groups: 2", ", groups: 3", ", in_channels: 4", ", fit: crop"])
    )
    return draw(
        st.sampled_from(
            [
                f"conv: {{filters: {filters}, {window}{extra}{mode}}}",
                f"conv: {{filters: {filters}, kernel: {kernel}, padding: {kernel // 2}{extra}}}",
                f"conv: {{filters: {filters}, kernel: {kernel}{extra}}}",
                f"max_pool: {{{window}}}",
                f"max_pool: {kernel}",
                f"avg_pool: {{kernel: {kernel + 2}}}",
                f"conv_transpose: {{filters: {filters}, {window}}}",
                f"conv_transpose: {{filters: {filters}, kernel: {kernel}, stride: {stride}, output_padding: 1}}",
                f"adaptive_avg_pool: {kernel}",
                f"group_norm: {{groups: {stride}}}",
                f"linear: {{units: {filters}, in_features: {filters}}}",
                f"pad: {{margin: {kernel}, mode: reflect}}",
                *("batch_norm", "batch_norm", "relu", "relu", "fc: 10", "linear: 10", "dropout"),
            ]
        )
    )


@st.composite
def networks(draw: st.DrawFn) -> str:
    """A chain of layers, some of them in a repetition, on a map of any size."""
    height, channels = draw(st.integers(1, 40)), draw(st.sampled_from([3, 4, 6]))
    width = draw(st.sampled_from([height, height, draw(st.integers(1, 40))]))
    chain = [f"  - {layer}\n" for layer in draw(st.lists(layers(), min_size=1, max_size=5))]
    repeated = draw(st.lists(layers(), max_size=2))
    items = "".join(f"        - {layer}\n" for layer in repeated)
    chain += [f"  - repeat: 2\n    layers:\n{items}"] if repeated else []
    return f"name: a\ninput: {height}x{width}x{channels}\nlayers:\n{''.join(draw(st.permutations(chain)))}"


@given(text=networks())
@settings(max_examples=150)
def test_offers_in_random_networks_hold(text: str) -> None:
    check_all(text)


@pytest.mark.slow
@given(text=networks())
@settings(max_examples=1_000)
def test_offers_in_random_networks_hold_at_length(text: str) -> None:
    check_all(text)


# The test itself


def test_a_text_that_was_not_tried_is_noticed() -> None:
    with recording() as recorded:
        Offered().finding("m", None, help=("write `stride: 1`", "`relu` is a word"))
    assert untried(recorded[0]) == ["stride: 1"]


class Offered(Rule):
    """Unused."""

    name = "unused-layer"


def test_offers_are_made_for_most_rules_that_name_a_text() -> None:
    """What is checked above is not empty."""
    made = {each.finding.rule for rule in RULES for each in findings_of(documentation(rule).bad.text) if each.offers}
    assert len(made) > 20
