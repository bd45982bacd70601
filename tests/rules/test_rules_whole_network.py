"""Inputs that a finding says fit the whole network: each is written into the spec, and the spec checked again."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis import infer
from archspec.diagnostics import Diagnostic, Severity
from archspec.graph.build import build
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.diagnostics import Sink
    from archspec.graph.changes import Changes
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec

_OFFER = re.compile(r"input ([\dx]+)(?: or ([\dx]+))? fits the whole network(?: \((.*)\))?")
_CLASS = re.compile(r"(\d+)(?:\.\.(\d+))? \+ (\d*)k")


def errors(spec: archspec.Spec) -> list[Diagnostic]:
    return [found for found in archspec.check(spec) if found.severity is Severity.ERROR]


def resized(spec: archspec.Spec, spatial: tuple[int, ...]) -> archspec.Spec:
    channels = next(iter((spec.input or {}).values())).channels
    return spec.model_copy(update={"input": {"input": Volume(spatial, channels)}})


def offers(found: list[Diagnostic]) -> list[tuple[list[tuple[int, ...]], str]]:
    matches = [match for each in found for line in each.help if (match := _OFFER.search(line))]
    sizes = [[tuple(map(int, size.split("x"))) for size in match.groups()[:2] if size] for match in matches]
    return [(each, match[3] or "") for each, match in zip(sizes, matches, strict=True)]


@st.composite
def networks(draw: st.DrawFn) -> str:
    """An encoder, a merge, and a decoder or not, on an input that need not be square."""
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 3))
        fit = draw(st.sampled_from(["", "", ", fit: crop"]))
        layers.append(f"conv: {{filters: 2, kernel: {kernel}, stride: {stride}{fit}}}")
    if draw(st.booleans()):
        layers.append("add: [[{max_pool: {kernel: 2, fit: crop}}, {upsample: 2}], []]")
    height, width = draw(st.integers(8, 40)), draw(st.integers(8, 40))
    volume = f"{height}x{draw(st.sampled_from([height, width]))}x2"
    return f"name: a\ninput: {volume}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)


@given(text=networks())
@settings(max_examples=60)
def test_every_input_that_is_offered_fits(text: str) -> None:
    spec = archspec.load(text)
    found = offers(errors(spec))
    assume(found)
    for spatial, classes in found:
        for each in spatial:
            assert errors(resized(spec, each)) == []
        for first, last, step in _CLASS.findall(classes):
            for size in range(int(first), int(last or first) + 1):
                square = (size + 2 * int(step or 1),) * 2
                assert errors(resized(spec, square)) == []
    assert len(found) <= 1 + sum(each.rule == "merge-mismatch" for each in errors(spec))


DEEP = (
    "name: a\ninput: 224x224x3\nlayers:\n  - conv: {filters: 96, kernel: 11, stride: 4}\n"
    "  - max_pool: {kernel: 3, stride: 2}\n  - max_pool: {kernel: 3, stride: 2}\n  - max_pool: {kernel: 3, stride: 2}\n"
)


def test_the_first_layer_that_does_not_fit_tells_it_once() -> None:
    (first,) = errors(archspec.load(DEEP))
    (line,) = first.help
    assert line.count("input") == 1
    assert "input 227x227 or 195x195 fits the whole network (67 + 32k)" in line.split("; ")


def test_a_deep_layer_offers_the_networks_input() -> None:
    """At the layer that reads the input nothing is wrong; 56 behind it is what does not fit.

    With a padding of 1 there, or a kernel of 2, the next pool would not fit.
    """
    text = DEEP.replace("input: 224x224x3", "input: 231x231x3")
    (found, *_) = errors(archspec.load(text))
    assert found.layer == "max_pool1"
    assert found.help[0].startswith("input 227x227 or 259x259 fits the whole network (67 + 32k); kernel 4 fits ")


def test_inputs_of_the_first_layer_stay_where_all_of_the_network_fits_them() -> None:
    (found,) = errors(archspec.load("name: a\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"))
    assert found.help == (
        (
            "padding 1 fits (5x5); input 9x9 or 11x11 fits (4x4, 5x5); stride 1 fits (8x8); "
            "kernel 2 or 4 fits (5x5, 4x4); or accept the loss with `fit: crop`"
        ),
    )


def test_nothing_is_offered_where_another_mistake_remains() -> None:
    text = DEEP + "  - conv: {filters: 4, kernel: 1, in_channels: 3}\n"
    assert offers(errors(archspec.load(text))) == []


def test_the_smallest_input_suits_what_comes_behind() -> None:
    """Behind the pool that nothing is left for, a stride must fit too."""
    text = (
        "name: a\ninput: {length: 6, channels: 1}\nlayers:\n  - conv: {filters: 1, kernel: 5}\n"
        "  - conv: {filters: 1, kernel: 5}\n  - conv: {filters: 1, kernel: 3, stride: 2}\n"
        "  - add: [[{max_pool: {kernel: 2, fit: crop}}, {upsample: 2}], []]\n"
    )
    spec = archspec.load(text)
    found = next(each for each in errors(spec) if each.rule == "kernel-too-large")
    match = re.search(r"an input of (\d+) is the smallest that works", found.help[-1])
    assert match is not None
    fitting = [size for size in range(1, 60) if not errors(resized(spec, (size,)))]
    assert int(match[1]) == fitting[0]


@pytest.mark.parametrize("count", [6_000])
def test_nothing_is_said_of_huge_networks(count: int) -> None:
    text = f"{DEEP}  - {{relu: , repeat: {count}}}\n"
    assert offers(errors(archspec.load(text))) == []


def test_a_network_that_fits_does_not_pay() -> None:
    code = (
        "import sys, archspec\narchspec.check('zoo:unet')\n"
        "print([name for name in sys.modules if name.startswith('archspec.analysis') and 'siz' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_what_no_input_mends_is_not_built_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """No input is offered that mends the merge alone; of a large network hardly another graph is built to find out."""
    layers = (
        "  - {repeat: 1500, layers: [{conv: {filters: 16, kernel: 3, padding: 1}}, relu]}\n"
        "  - add: [[{conv: {filters: 16, kernel: 3, stride: 2, padding: 1}}, {conv: {filters: 16, kernel: 3}}],"
        " [{max_pool: 2}]]\n"
        "  - {conv: {filters: 16, kernel: 400}}\n"
    )
    built: list[Graph] = []

    def counting(spec: Spec, sink: Sink, max_nodes: int, changes: Changes) -> Graph:
        built.append(build(spec, sink, max_nodes, changes))
        return built[-1]

    monkeypatch.setattr(infer, "build", counting)
    found = archspec.check(f"name: a\ninput: 224x224x16\nlayers:\n{layers}")
    assert len(built) <= 2
    assert [each.help for each in found if each.rule == "merge-mismatch"] == [
        ("`padding: 1` at branch1.conv2 (line 5) would make the sizes equal",)
    ]
