"""Keys are names, whatever YAML makes of them: `true`, `1` and `1.5` are keys like others, in every place."""

from __future__ import annotations

import pytest

import archspec
from archspec.examination import examine_family

PLACES = [
    "expect: {KEY: 0}\nlayers: [relu]",
    "budget: {KEY: 0}\nlayers: [relu]",
    "expect: {training_memory: {KEY: 0}}\nlayers: [relu]",
    "budget: {training_memory: {KEY: 0}}\nlayers: [relu]",
    "expect: {output: {KEY: 0}}\nlayers: [relu]",
    "KEY: 0\nlayers: [relu]",
    "layers: [{relu: , expect: {KEY: 1}}]",
    "layers: [{KEY: }]",
    "layers: [{KEY: 3, relu: }]",
    "layers: [{conv: {filters: 3, kernel: 1, KEY: 2}}]",
    "layers: [{conv: {KEY: 3}}]",
    "layers: [{relu: {KEY: 3}}]",
    "layers: [{fc: {KEY: {KEY: 1}}}]",
    "params: {KEY: 3}\nlayers: [relu]",
    "blocks: {KEY: [relu]}\nlayers: [KEY]",
    "blocks: {b: {params: {KEY: 1}, layers: [relu]}}\nlayers: [b]",
    "blocks: {b: {params: {n: 1}, layers: [relu]}}\nlayers: [{b: {KEY: 2}}]",
    "blocks: {b: {KEY: 1, layers: [relu]}}\nlayers: [b]",
    "variants: {v: {KEY: 2}}\nlayers: [relu]",
    "variants: {v: {expect: {KEY: 2}}}\nlayers: [relu]",
    "variants: {v: {input: {KEY: 2}}}\nlayers: [relu]",
    "layers: [{for: [{KEY: 1}], layers: [{fc: $(n)}]}]",
]
KEYS = ["true", "false", "True", "1", "-3", "1.5", "1e3", ".inf", ".nan", "0x1F", "012", "99999999999999999999"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", KEYS)
def test_an_odd_key_is_a_finding(place: str, key: str) -> None:
    """Nothing fails, and nothing is accepted that the name is not."""
    found = archspec.check(f"name: n\ninput: 8x8x3\n{place.replace('KEY', key)}\n")
    assert found
    assert all(each.span is not None for each in found)


@pytest.mark.parametrize(("key", "text"), [("true", "true"), ("False", "false"), ("1", "1"), ("1.5", "1.5")])
def test_a_finding_names_the_key_as_yaml_does(key: str, text: str) -> None:
    found = archspec.check(f"name: n\ninput: 8x8x3\nlayers: [relu]\nexpect: {{{key}: 0}}\n")
    assert [each.message for each in found] == [f"`expect` has no `{text}`"]


def test_numbers_are_names_of_variants_and_branches() -> None:
    text = (
        "name: n\ninput: 8x8x3\nparams: {n: }\nvariants:\n  18: {n: 3, expect: {params: 1}}\n  34: {n: 4}\n"
        "layers:\n  - concat:\n      1: [fc: $n]\n      true: [fc: $n]\n"
    )
    networks = examine_family(text)
    assert [each.graph.header.name for each in networks if each.graph] == ["18", "34"]
    assert [each.name for each in networks[0].graph.nodes[:2]] == ["1.fc1", "true.fc1"] if networks[0].graph else False
    (found,) = [each for each in networks[0].diagnostics if each.rule == "expectation"]
    assert found.span is not None
    assert found.span.line == 5


def test_one_name_in_two_kinds_is_a_duplicate() -> None:
    found = archspec.check('name: n\ninput: 8x8x3\nblocks: {1: [relu], "1": [tanh]}\nlayers: [relu]\n')
    assert "duplicate-key" in {each.rule for each in found}
