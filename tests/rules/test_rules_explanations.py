"""What findings explain and offer, by kinds of mistakes that outsiders made: each case with its right answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.diagnostics import Severity

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic


def network(volume: str, *layers: str, end: str = "") -> str:
    return f"name: a\ninput: {volume}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers) + end


def errors(text: str) -> list[Diagnostic]:
    return [found for found in archspec.check(text) if found.severity is Severity.ERROR]


def the_error(text: str, rule: str) -> Diagnostic:
    (found,) = errors(text)
    assert found.rule == rule
    return found


def help_of(text: str, rule: str) -> str:
    return "\n".join(the_error(text, rule).help)


# The order in which people choose


ALEXNET = (
    "conv: {filters: 96, kernel: 11, stride: 4}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "conv: {filters: 256, kernel: 5, padding: 2}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "conv: {filters: 384, kernel: 3, padding: 1}",
    "relu",
    "max_pool: {kernel: 3, stride: 2}",
    "fc: 1000",
)


@pytest.mark.parametrize(
    ("volume", "layer", "first"),
    [
        ("90x90x3", "conv: {filters: 8, kernel: 3, stride: 2}", "padding: 1"),
        ("27x27x3", "max_pool: 2", "padding: 1"),
        ("224x224x3", ALEXNET[0], "padding: 2"),
    ],
)
def test_padding_of_which_only_padding_is_lost_comes_first(volume: str, layer: str, first: str) -> None:
    found = the_error(network(volume, layer), "fractional-output")
    assert found.fix is not None
    assert found.fix.title == f"write `{first}`"
    assert found.help[-1].startswith(first.replace(":", "") + " fits")


def test_a_pool_keeps_its_stride_with_another_kernel_and_may_move_by_one() -> None:
    text = help_of(network("27x27x3", "max_pool: 2"), "fractional-output")
    assert "kernel 3 with stride 2 fits (13x13)" in text
    assert "stride 1 fits (26x26)" in text


def test_strides_that_the_first_fix_makes_fit_are_shown_with_it() -> None:
    found = the_error(network("224x224x3", *ALEXNET), "fractional-output")
    assert found.layer == "conv1"
    assert [label.text for label in found.labels] == [
        "max_pool1 does not fit 54x54 either",
        "max_pool2 does not fit 26x26 either",
        "max_pool3 does not fit 12x12 either",
    ]
    assert errors(network("224x224x3", ALEXNET[0].replace("stride: 4", "stride: 4, padding: 2"), *ALEXNET[1:])) == []


def test_one_input_comes_before_padding_that_leaves_other_layers_without_a_fit() -> None:
    layers = ("conv: {filters: 8, kernel: 3, stride: 2}", "max_pool: {kernel: 3, stride: 3}")
    text = help_of(network("10x10x3", *layers), "fractional-output")
    assert text.startswith("input 7x7 or 13x13 fits the whole network")


def test_a_suppressed_first_misfit_explains_no_other() -> None:
    ignored = f"{{{ALEXNET[0]}, ignore: [fractional-output]}}"
    rest = errors(network("224x224x3", ignored, *ALEXNET[1:]))
    assert rest[0].layer == "max_pool1"
    assert all(found.help for found in rest)
