"""Every form in which the language lets a thing be written, and the texts that editors show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archspec.ops import OPERATORS, operator
from archspec.schema import json_schema
from archspec.schema.meanings import ARGUMENTS, FILE, MODIFIERS
from archspec.schema.operators import PLAIN
from archspec.spec.validate import argument_names

if TYPE_CHECKING:
    from jsonschema import Draft7Validator

    from tests.schema.conftest import HasErrors, Read

ROOT = Path(__file__).parents[2]
WITH_PARAMS = "name: a\ninput: 16x16x8\nparams: {n: 2, rows: [{f: 4}], all: {filters: 8, kernel: 3}, k: [3, 3]}\n"
ITEMS = [
    "relu",
    "{relu: }",
    "{relu: {}}",
    "max_pool",
    "max_pool: 2",
    "max_pool: [2, 2]",
    "max_pool: $n",
    "max_pool: [$n, 2]",
    "max_pool: {kernel: $n, stride: $(n + 0)}",
    "max_pool: {}",
    "fc: 10",
    "fc: $(n * 2)",
    'fc: "10"',
    "fc: 10.5",
    "fc: [10]",
    "fc",
    "conv: 8",
    "conv: {filters: 8}",
    "conv: {filters: 8, kernel: 3, padding: same}",
    "conv: {filters: 8, kernel: 3, padding: [[0, 1], [1, $n]]}",
    "conv: {filters: 8, kernel: [3, $n], padding: $n}",
    "conv: {filters: 8, kernel: 3, padding: smae}",
    "conv: {filters: 8, kernel: 3, bias: null}",
    "conv: {filters: 8, kernel: 3, bias: yes}",
    "conv: {filters: 1, kernel: 2, weights: [[1, 0.5], [0, 1]]}",
    "conv: $all",
    "dropout: 0.3",
    "dropout: 1",
    "{from: input, relu: , name: again}",
    "{from: input}",
    "{relu: , from: [input]}",
    "{relu: , when: $(n > 1)}",
    "{relu: , when: maybe}",
    "{relu: , repeat: 2}",
    "{relu: , repeat: -1}",
    "{relu: , repeat: $n}",
    "{relu: , expect: 16x16x8}",
    "{relu: , expect: {output: {height: 16, width: 16, channels: 8}, params: 0}}",
    "{relu: , expect: {parms: 0}}",
    "{relu: , ignore: budget}",
    "{relu: , ignore: [budget, expectation]}",
    "{relu: , ignore: budgets}",
    "{layers: [relu, tanh], repeat: 2, name: twice}",
    "{layers: []}",
    "{for: [{f: 1}, {f: 2}], layers: [{fc: $f}]}",
    "{for: $rows, layers: [{fc: $f}]}",
    "{for: rows, layers: [{fc: 1}]}",
    "{for: [1, 2], layers: [relu]}",
    "{for: [{f: 1}]}",
    "add: [[], [relu]]",
    "add: {main: [relu], shortcut: []}",
    "add: input",
    "add: [input, []]",
    "add: []",
    "add: {}",
    "add",
    "add: [input, [tanh]]",
    "add: [{relu: }]",
    "12",
    "null",
    "[relu]",
    "relu: 3",
    "unknown",
    "{unknown: 3}",
]
TOPS = [
    "name: a\ninput: 8x8x3",
    "name: a\ninput: {height: 8, width: 8, channels: 3}",
    "name: a\ninput: {length: 8, channels: 3}",
    "name: a\ninput: {channels: 3}",
    "name: a\ninput: {left: 8x8x3, right: {length: 4, channels: 2}}\noutputs: [relu1, right]",
    "name: a\ninput: 8x8",
    "name: a\ninput: [8, 8, 3]",
    "name: a\ninput: {height: 8, channels: 3}",
    "name: a\ninput: $n",
    "name: a",
    "input: 8x8x3",
    "name: 12\ninput: 8x8x3",
    "name: a\ninput: 8x8x3\nbatch: 0",
    "name: a\ninput: 8x8x3\nbatch: $n",
    "name: a\ninput: 8x8x3\nfit: crop",
    "name: a\ninput: 8x8x3\nfit: cut",
    "name: a\ninput: 8x8x3\nsource:",
    "name: a\ninput: 8x8x3\nparams:",
    "name: a\ninput: 8x8x3\nparams: {in: 3}",
    "name: a\ninput: 8x8x3\nparams: [3]",
    "name: a\ninput: 8x8x3\nexpect: 8x8x3",
    "name: a\ninput: 8x8x3\nexpect: {params: 0, macs: 0k, receptive_field: [1, 1]}",
    "name: a\ninput: 8x8x3\nexpect: {params: many}",
    "name: a\ninput: 8x8x3\nbudget: {forward_memory: 1.5MiB, training_memory: {sgd: 1GB}}",
    "name: a\ninput: 8x8x3\nbudget: {training_memory: 1GB}",
    "name: a\ninput: 8x8x3\nbudget: {output: 8x8x3}",
    "name: a\ninput: 8x8x3\nblocks: {twice: [relu, tanh]}",
    "name: a\ninput: 8x8x3\nblocks: {twice: {params: {n: ~}, layers: [relu]}}",
    "name: a\ninput: 8x8x3\nblocks: {twice: {layers: [relu], param: {}}}",
    "name: a\ninput: 8x8x3\nblocks: {twice: {params: {n: ~}}}",
    "name: a\ninput: 8x8x3\nblocks: {relu: [tanh]}",
    "name: a\ninput: 8x8x3\nblocks: [relu]",
    "name: a\ninput: 8x8x3\noutputs: relu1",
    "name: a\ninput: 8x8x3\noutputs: []",
    "name: a\nvariants: {one: {input: 8x8x3}, two: {input: 9x9x3, expect: {params: 0}}}",
    "name: a\ninput: 8x8x3\nvariants: {one: , two: {}}",
    "name: a\ninput: 8x8x3\nvariants: {one: {batch: 0}}",
    "name: a\ninput: 8x8x3\nvariants: [one]",
    "name: a\ninput: 8x8x3\nloss: svm",
    "name: a\ninput: 8x8x3\ndtype: float33",
    "name: a\ninput: 8x8x3\noptimizer: sgd",
]


@pytest.mark.parametrize("item", ITEMS)
def test_items(item: str, read: Read, has_errors: HasErrors, validator: Draft7Validator) -> None:
    text = f"{WITH_PARAMS}layers:\n  - tanh\n  - {item}\n"
    assert validator.is_valid(read(text)) != has_errors(text)


@pytest.mark.parametrize("top", TOPS)
def test_tops(top: str, read: Read, has_errors: HasErrors, validator: Draft7Validator) -> None:
    text = f"{top}\nlayers: [relu]\n"
    assert validator.is_valid(read(text)) != has_errors(text)


@pytest.mark.parametrize("layers", ["relu", "{relu: }", "null", "[]"])
def test_layers_are_a_list_of_some(layers: str, read: Read, has_errors: HasErrors, validator: Draft7Validator) -> None:
    text = f"name: a\ninput: 8x8x3\nlayers: {layers}\n"
    assert not validator.is_valid(read(text))
    assert has_errors(text)


def test_words_of_blocks_are_known_where_blocks_are(read: Read, validator: Draft7Validator) -> None:
    blocks = "blocks: {unit: {params: {n: ~}, layers: [{fc: $n}]}}\n"
    for call in ("unit: 3", "unit: {n: 3}", "{unit: {n: 3}, repeat: 2}"):
        layers = f"layers:\n  - {call}\n  - layers: [{{unit: 4}}]\n"
        for known in (blocks, "use: blocks.yaml\n"):
            assert validator.is_valid(read(f"name: a\ninput: 8x8x3\n{known}{layers}"))
        assert not validator.is_valid(read(f"name: a\ninput: 8x8x3\n{layers}"))


def rows(*heads: str) -> list[list[str]]:
    """The rows of the table of docs/language.md with these heads."""
    lines = (ROOT / "docs" / "language.md").read_text("utf-8").splitlines()
    start = lines.index(f"| {' | '.join(heads)} |")
    ends = next(at for at in range(start, len(lines)) if not lines[at].startswith("|"))
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[start + 2 : ends]]


def said(cell: str) -> str:
    """A cell without its links to other sections."""
    return re.sub(r" See \[[^]]*\]\([^)]*\)\.", "", cell)


def test_texts_are_those_of_the_language() -> None:
    for argument, of, *_, meaning in rows("argument", "of", "type", "default", "meaning"):
        name = argument.strip("`")
        for kind in re.findall(r"`(\w+)`", of):
            assert ARGUMENTS.get(f"{kind}.{name}", ARGUMENTS[name]) == said(meaning), (kind, name)
    for key, _, meaning in rows("key", "value", "meaning"):
        assert MODIFIERS[key.strip("`")] == said(meaning)
    for key, *_, meaning in rows("key", "value", "default", "meaning"):
        assert FILE[key.strip("`")] == said(meaning)


def hovers(form: Any) -> str:
    text = form.get("markdownDescription", "")
    assert isinstance(text, str)
    return text


def test_everything_that_can_be_hovered_has_a_text() -> None:
    schema = json_schema()
    assert all(map(hovers, schema["properties"].values()))
    for suffix in ("", "_or_blocks"):
        keys = schema["definitions"][f"item{suffix}"]["else"]["properties"]
        assert set(keys) == {*OPERATORS, *MODIFIERS, "layers", "for"}
        assert all(hovers(schema["definitions"][key] if key in PLAIN else form) for key, form in keys.items())
    for name in PLAIN:
        form = schema["definitions"][name]
        arguments = form.get("anyOf", [form])[0]["properties"]
        assert list(arguments) == argument_names(operator(name))
        assert all(map(hovers, arguments.values())), name


def test_texts_are_markdown() -> None:
    conv = json_schema()["definitions"]["conv"]
    assert hovers(conv).startswith("`conv`: Convolution over 1, 2 or 3 spatial axes; each of `groups` sees its share")
    arguments = conv["anyOf"][0]["properties"] if "anyOf" in conv else conv["properties"]
    assert hovers(arguments["bias"]).endswith("\n\nDefault: `true`")
    assert "\n\nDefault" not in hovers(arguments["in_channels"])
