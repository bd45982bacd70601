"""Fixes that rules offer: they stand where the argument does, and they hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import archspec
from archspec.diagnostics import Severity
from archspec.examination import examine_family
from archspec.examination.examined import Examined
from archspec.fixing.repair import FixSelection, repair
from archspec.graph.changes import Change
from archspec.rules.repair.candidates import Offer
from archspec.rules.repair.edits import offer_edits

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "name: a\ninput: {size}x3\nlayers:\n"
CONV = "  - conv: {filters: 8, kernel: 3, stride: 2}\n"


def examine(path: str) -> Examined:
    networks = examine_family(path)
    return Examined(networks[0].diagnostics, networks)


@pytest.fixture
def fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A spec with all fixes made that hold."""
    monkeypatch.chdir(tmp_path)

    def run(text: str) -> str:
        Path("net.yaml").write_bytes(text.encode())
        done = repair(["net.yaml"], examine, FixSelection(unsafe=True))
        return done.data[str(Path("net.yaml").resolve())].decode()

    return run


@pytest.mark.parametrize(
    ("size", "before", "after"),
    [
        ("10x10", CONV, CONV.replace("stride: 2", "stride: 2, padding: 1")),
        ("10x9", CONV, CONV.replace("stride: 2", "stride: 2, padding: 1")),
        ("11x11", "  - max_pool: 2 # two\n", "  - max_pool: {kernel: 2, padding: 1} # two\n"),
        (
            "10x10",
            "  - conv: # x\n      filters: 8\n      kernel: 3 # y\n      stride: 2\n",
            "- conv: # x\n      padding: 1\n      filters: 8\n      kernel: 3 # y\n",
        ),
        (
            "10x10",
            "  - conv:\r\n      filters: 8 # x\r\n      kernel: $(3)\r\n      stride: 2\r\n",
            "conv:\r\n      padding: 1\r\n      filters: 8 # x\r\n      kernel: $(3)\r\n",
        ),
        ("7x7", "  - max_pool: {kernel: 3, padding: 3, stride: 3}\n", "padding: 1, stride: 3}"),
        ("8x8", "  - conv: {filters: 7, kernel: 1, groups: 3} # x\n", "filters: 6"),
        ("8x8", "  - conv: {filters: 8, kernel: 1, groups: 3}\n", "filters: 9"),
        ("8x8", "  - conv: {filters: 1, kernel: 1, groups: 3}\n", "filters: 3"),
    ],
)
def test_fixes(fixed: Callable[[str], str], size: str, before: str, after: str) -> None:
    text = fixed(HEAD.format(size=size) + before)
    assert after in text
    assert [found for found in archspec.check(text) if found.severity is Severity.ERROR] == []
    assert text.count("#") == before.count("#")


def test_one_that_breaks_what_follows_gives_way_to_the_next(fixed: Callable[[str], str]) -> None:
    """Padding and a kernel of 2 would make 5x5 of what is claimed to be 4x4, and a stride of 1 even 8x8."""
    text = HEAD.format(size="10x10") + CONV + "  - {fc: {units: 10, in_features: 128}, name: x}\n"
    assert fixed(text) == text.replace("kernel: 3", "kernel: 4")


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: {filters: 8, kernel: $k, stride: 2}\n",
        "  - conv: {filters: 8, kernel: '$(k)', stride: 2}\n",
    ],
)
def test_an_expression_is_never_written_over(fixed: Callable[[str], str], layers: str) -> None:
    text = HEAD.format(size="10x10").replace("layers", "params: {k: 3}\nlayers") + layers
    assert "kernel: $k" in fixed(text) or "'$(k)'" in fixed(text)
    assert archspec.check(fixed(text)) == [] or {found.severity for found in archspec.check(fixed(text))} == {"info"}


def test_what_an_alias_repeats_is_left_alone(fixed: Callable[[str], str]) -> None:
    text = HEAD.format(size="9x9") + "  - conv: &c {filters: 8, kernel: 3, stride: 2}\n  - conv: *c\n"
    told = [found for found in archspec.check(text) if found.rule == "fractional-output"]
    assert told
    assert [found.fix for found in told] == [None] * len(told)
    assert fixed(text) == text


BLOCK = "name: a\ninput: {size}x3\nblocks:\n  b:\n    layers:\n      - {conv}\nlayers: [b, b]\n"


@pytest.mark.parametrize("size", ["22x22", "21x21"])
def test_a_layer_of_a_block_fits_wherever_it_is_used(fixed: Callable[[str], str], size: str) -> None:
    """A padding of 1 fits at both places, whatever it makes of 22x22 or 10x10."""
    text = BLOCK.format(size=size, conv="conv: {filters: 3, kernel: 3, stride: 2}")
    after = fixed(text)
    assert after == text.replace("stride: 2", "stride: 2, padding: 1")
    assert [found for found in archspec.check(after) if found.severity is Severity.ERROR] == []


# Offers as edits


LAYERS = """name: net
input: 17x17x4
layers:
  - conv: {filters: 8, kernel: 3, stride: 2}
  - conv:
      filters: 8
      kernel: 3
  - max_pool: 3
  - relu
"""


@pytest.mark.parametrize(
    ("layer", "arguments", "lines"),
    [
        ("conv1", {"kernel": (2, 2)}, {4: "  - conv: {filters: 8, kernel: 2, stride: 2}"}),
        (
            "conv1",
            {"kernel": 5, "padding": ((0, 1), (0, 1)), "bias": False},
            {4: "  - conv: {filters: 8, kernel: 5, stride: 2, padding: [[0,1],[0,1]], bias: false}"},
        ),
        (
            "conv2",
            {"padding": "same", "stride": 2},
            {6: "      padding: same", 7: "      stride: 2", 8: "      filters: 8", 9: "      kernel: 3"},
        ),
        ("max_pool1", {"kernel": 2}, {8: "  - max_pool: 2"}),
        ("max_pool1", {"kernel": 2, "stride": 2}, {8: "  - max_pool: {kernel: 2, stride: 2}"}),
        ("max_pool1", {"stride": 2}, {8: "  - max_pool: {kernel: 3, stride: 2}"}),
        ("max_pool1", {"stride": None}, {}),
        ("relu1", {"bias": True}, {}),
    ],
)
def test_the_changes_of_an_offer_are_edits(layer: str, arguments: dict[str, Any], lines: dict[int, str]) -> None:
    graph = archspec.analyze(LAYERS).graph
    offer = Offer("", {layer: Change(arguments)}, {}, graph.by_name[layer].call)
    text = LAYERS
    for edit in sorted(offer_edits(offer, graph), key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert (text != LAYERS) == bool(lines)
    for number, line in lines.items():
        assert text.splitlines()[number - 1] == line


def test_other_inputs_and_operators_are_no_edits_yet() -> None:
    graph = archspec.analyze(LAYERS).graph
    call = graph.by_name["relu1"].call
    assert offer_edits(Offer("", {}, {"input": graph.inputs["input"]}, call), graph) == ()
    assert offer_edits(Offer("", {"relu1": Change(operator=call.operator)}, {}, call), graph) == ()
