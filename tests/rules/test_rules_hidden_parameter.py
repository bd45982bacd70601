"""hidden-parameter: names that mean something else inside, and those that are handed on."""

from __future__ import annotations

import pytest

import archspec

BLOCK = "{{params: {{width: {default}}}, layers: [{{fc: $width}}, relu]}}"
HEAD = "name: a\ninput: 8x8x3\nparams: {width: 16}\n"


def hidden(text: str) -> int:
    found = archspec.check(HEAD + text)
    assert not [each for each in found if each.severity == "error"]
    return sum(each.rule == "hidden-parameter" for each in found)


@pytest.mark.parametrize(
    ("default", "call", "count"),
    [
        ("$width", "pair", 0),
        ("$(width)", "pair", 0),
        ("$width", "{pair: {width: $width}}", 0),
        ("", "{pair: {width: $width}}", 0),
        ("8", "{pair: {width: $width}}", 0),
        ("8", "pair", 1),
        ("$width", "{pair: {width: 8}}", 1),
        ("$width", "{pair: 8}", 1),
        ("", "{pair: $width}", 0),
        ("$(width * 2)", "pair", 1),
        ("", "{pair: {width: $(width // 2)}}", 1),
    ],
)
def test_parameter_that_is_handed_on(default: str, call: str, count: int) -> None:
    blocks = f"blocks: {{pair: {BLOCK.format(default=default)}}}\n"
    assert hidden(f"{blocks}layers: [{{fc: $width}}, relu, {call}]\n") == count


def test_all_calls_have_to_hand_it_on() -> None:
    blocks = f"blocks: {{pair: {BLOCK.format(default='')}}}\n"
    calls = "{pair: {width: $width}}, {add: [[{pair: {width: $width}}], [{fc: $width}]]}"
    assert hidden(f"{blocks}layers: [{{fc: $width}}, {calls}]\n") == 0
    assert hidden(f"{blocks}layers: [{{fc: $width}}, {calls}, {{repeat: 2, layers: [{{pair: {{width: 4}}}}]}}]\n") == 1


def test_blocks_that_hand_on_to_each_other() -> None:
    outer = "{params: {width: }, layers: [{pair: {width: $width}}]}"
    blocks = f"blocks: {{pair: {BLOCK.format(default='')}, outer: {outer}}}\n"
    assert hidden(f"{blocks}layers: [{{fc: $width}}, {{outer: {{width: $width}}}}]\n") == 0


def test_rows_that_hand_it_on() -> None:
    row = "{{for: [{{width: {value}, depth: 1}}], layers: [{{fc: $width}}, {{repeat: $depth, layers: [relu]}}]}}"
    assert hidden(f"layers: [{{fc: $width}}, {row.format(value='$width')}]\n") == 0
    assert hidden(f"layers: [{{fc: $width}}, {row.format(value='8')}]\n") == 1
