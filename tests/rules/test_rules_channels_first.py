"""channels-first: inputs in the order of PyTorch, and volumes that only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

CONV = "conv: {filters: 8, kernel: 3, padding: 1}"
NET = (CONV, "relu", CONV, "relu", "fc: 10")


def check(volume: str, *layers: str, header: str = "") -> list[Diagnostic]:
    lines = "".join(f"  - {layer}\n" for layer in layers or NET)
    return archspec.check(f"name: a\ninput: {volume}\n{header}layers:\n{lines}")


def warned(volume: str, *layers: str, header: str = "") -> bool:
    return "channels-first" in {each.rule for each in check(volume, *layers, header=header)}


@pytest.mark.parametrize(
    ("volume", "words", "right"),
    [
        ("1x28x28", "channels x height x width", "28x28x1"),
        ("3x224x224", "channels x height x width", "224x224x3"),
        ("4x33x33", "channels x height x width", "33x33x4"),
        ("1x64x64x64", "channels x depth x height x width", "64x64x64x1"),
        ("3x16x112x112", "channels x depth x height x width", "16x112x112x3"),
        ("16x3x112x112", "depth x channels x height x width", "16x112x112x3"),
        ("1x3x224x224", "batch x channels x height x width", "224x224x3"),
        ("120x3x120", "height x channels x width", "120x120x3"),
        ("{length: 1, channels: 16000}", "channels x length", "{length: 16000, channels: 1}"),
        ("{length: 4, channels: 1000}", "channels x length", "{length: 1000, channels: 4}"),
    ],
)
def test_channels_that_are_not_last(volume: str, words: str, right: str) -> None:
    (found,) = (each for each in check(volume) if each.severity != "info")
    assert (found.rule, found.severity) == ("channels-first", "warning")
    assert f"looks like {words}, but means" in found.message
    assert found.help == (f"`{right}` has the channels last",)


def test_after_a_norm_or_a_border() -> None:
    assert warned("3x64x64", "batch_norm", *NET)
    assert warned("3x64x64", "pad: 1", *NET)
    assert warned("3x64x64", "max_pool: {kernel: 3, stride: 1, padding: 1}", *NET)


@pytest.mark.parametrize(
    ("volume", "layers"),
    [
        ("28x28x1", NET),
        ("4x4x512", NET),
        ("3x4x4", NET),
        ("1x32x100", NET),
        ("1x128x128", ("conv: {filters: 8, kernel: [1, 5]}", "relu", "fc: 10")),
        ("128x1x128", ("conv: {filters: 8, kernel: [5, 1]}", "relu", "fc: 10")),
        ("1x64x64", ("conv: {filters: 8, kernel: 1}", "relu", "fc: 10")),
        ("3x64x64", ("fc: 10",)),
        ("1x1x100", ("conv_transpose: {filters: 8, kernel: 4}", "relu")),
        ("16x112x112x3", NET),
        ("{length: 16000, channels: 1}", NET),
        ("{length: 4, channels: 64}", NET),
        ("{length: 1, channels: 512}", ("conv: {filters: 8, kernel: 1}", "relu", "fc: 10")),
    ],
)
def test_volumes_that_only_look_so(volume: str, layers: tuple[str, ...]) -> None:
    assert not warned(volume, *layers)


def test_what_the_file_states_shows_that_it_is_meant() -> None:
    claim = "conv: {filters: 8, kernel: 3, padding: 1, in_channels: 64}"
    assert not warned("4x64x64", claim, "relu", "fc: 10")
    assert not warned("4x64x64", "conv: {filters: 8, kernel: 3, padding: 1, groups: 8}", "relu", "fc: 10")
    assert not warned("4x64x64", CONV, header="expect: {output: 4x64x8}\n")


@pytest.mark.parametrize("layers", [("conv: {filters: 8, kernel: 5}",), (CONV, "max_pool: 2", "max_pool: 2", "fc: 10")])
def test_an_error_that_says_it_is_enough(layers: tuple[str, ...]) -> None:
    found = [each for each in check("3x96x96", *layers) if each.severity != "info"]
    assert [each.severity for each in found] == ["error"]
    assert any("channels x height x width" in text for text in found[0].help)


def test_an_error_about_something_else_hides_nothing() -> None:
    found = check("3x96x96", CONV, "relu", "group_norm: {groups: 3}", "relu", "fc: 10")
    assert {each.rule for each in found if each.severity != "info"} == {"channels-first", "indivisible-groups"}


def test_filters_beyond_one_row_follow_from_it() -> None:
    assert [each.rule for each in check("1x28x28") if each.severity != "info"] == ["channels-first"]
    assert "kernel-in-padding" in {each.rule for each in check("1x28x100") if each.severity != "info"}


def test_lists_in_the_order_of_pytorch() -> None:
    for written, right in (("[3, 32, 32]", "32x32x3"), ("[1, 3, 224, 224]", "224x224x3"), ("[8, 8, 3]", "8x8x3")):
        (found,) = check(written)
        assert f"a volume is written {right}" in found.message
