"""docs/language.md against the program: every table, and what the text between them claims."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml
from pydantic import ValidationError

import archspec
from archspec.examination import examine
from archspec.files.discovery import spec_files
from archspec.ops import MERGES, OPERATORS, operator
from archspec.ops._sliding import Sliding
from archspec.rules import RULES, rule
from archspec.rules.stages import STAGE_FINDINGS
from archspec.spec import quantities
from archspec.spec.blocks import _FILE_KEYS as FILE_KEYS
from archspec.spec.items import MODIFIERS
from archspec.spec.models import Facts, Figures, Header, TrainingMemory, VariantHeader
from archspec.spec.reader import _PARTS as PARTS
from archspec.spec.selection import NetworkSelection
from archspec.spec.validate import argument_names
from archspec.spec.volumes import parse_volume
from archspec.syntax import DEFAULT_LIMITS, expressions
from archspec.volume import Volume
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.model import Model
    from archspec.ops._base import Operator
    from tests.docs.conftest import Document, Read

SOURCE = Path(archspec.__file__).parent

GOOD_AND_BAD: dict[str, tuple[list[Any], list[Any]]] = {
    "text": (["a"], [1, True, ["a"]]),
    "a whole number from 1": ([1, 7], [0, -1, 1.5, "1", True, [1]]),
    "a whole number from 0": ([0, 7], [-1, 1.5, "1", True, [1]]),
    "sizes from 0": ([0, [1], [0, 2]], [-1, [], 1.5, "1", [[1]]]),
    "the name of a volume": ([(3,), (3, 4)], [3, True, "stem"]),  # a name has become sizes when an operator is made
    "a number": ([-1.5, 0, 2], ["1", True, [1]]),
    "a number from 0": ([0, 0.5, 2], [-0.1, "1", True]),
    "a number above 0": ([0.5, 2], [0, -1, "1", True]),
    "a number from 0 and below 1": ([0, 0.9], [-0.1, 1, 1.0, "0", True]),
    "true or false": ([True, False], [0, 1, "true"]),
    "sizes": ([1, [2], [2, 3], [1, 2, 3]], [0, [], [0], 1.5, "1", [1, 2, 3, 4], [[1, 2]]]),
    "margins": ([0, 2, [1], [1, 2, 3], [[0, 1], [2, 2]]], [-1, [], "same", 1.5, [1, 2, 3, 4], [[1]], [[1, 2, 3]]]),
    "`same`, `valid` or margins": (["same", "valid", 0, [1, 2], [[0, 1], [2, 2]]], ["full", -1, [], [[1]]]),
    "nested lists of numbers": ([[1.5], [[1, 2], [3, 4]]], [1, [], ["a"], [[1, 2], [3]], [True]]),
}
"""A type as the document words it: values that suit, and values that don't."""


@pytest.fixture
def language(read: Read) -> Document:
    return read("docs/language.md")


def codes(text: str) -> list[str]:
    """The words in a cell that are set as code."""
    return re.findall(r"`([^`]+)`", text)


def choices(text: str) -> tuple[list[Any], list[Any]]:
    """Values that suit a type and values that don't; a type of nothing but code lists its words."""
    if text in GOOD_AND_BAD:
        return GOOD_AND_BAD[text]
    assert re.fullmatch(r"(`\w+`(, | or |))+", text), text
    return list(codes(text)), ["nonsense", 3]


OF_DESIGN = {name for name in RULES if rule(name).group == "design"}


def wrong(spec: str) -> list[str]:
    """The rules of all findings about a spec, infos too, but those about its design."""
    rules = [found.rule for found in archspec.check(spec) if not (found.severity == "info" and found.rule in OF_DESIGN)]
    return [name for name in rules if name != "stride-skips-input"]


def sequence(*layers: str, top: str = "input: 32x32x3") -> str:
    return "\n".join(("name: x", top, "layers:", *(f"  - {layer}" for layer in layers))) + "\n"


def check_type(model: type[Model], name: str, type_: str, others: dict[str, Any]) -> None:
    good, bad = choices(type_)
    for value in good:
        model.model_validate({**others, name: value})
    for value in bad:
        with pytest.raises(ValidationError):
            model.model_validate({**others, name: value})


def test_file_keys(language: Document) -> None:
    rows = language.table("key", "value", "default", "meaning")
    assert sorted(codes(key)[0] for key, *_ in rows) == sorted((*Header.model_fields, *PARTS))
    whole = {"name": "x", "input": "3x3x3", "layers": "[relu]"}
    required = {codes(key)[0] for key, _, default, _ in rows if default == "required"}
    assert required == set(whole)
    for key in required:
        assert wrong("".join(f"{name}: {whole[name]}\n" for name in whole if name != key)) == ["missing-key"]
    for key, value, default, _ in rows:
        (name,) = codes(key)
        if name in required or name in ("expect", "budget", *PARTS):
            continue
        check_type(Header, name, value, {})
        wanted = None if default == "none" else yaml.safe_load(default.strip("`"))
        assert Header.model_fields[name].default == wanted
    (found,) = archspec.check(sequence("relu", top="input: 3x3x3\nbatsh: 3"))
    assert found.rule == "unknown-key"
    assert "did you mean `batch`" in found.message


def test_volumes(language: Document) -> None:
    for _, text, mapping in language.table("data", "written", "or"):
        (axes,) = codes(mapping)
        volume = parse_volume(yaml.safe_load(axes))
        if text:
            assert parse_volume(text.strip("`")) == volume
        assert archspec.load(sequence("relu", top=f"input: {axes}")).input == {"input": volume}
    assert archspec.load(sequence("relu", top="input: {image: 224x224x3}")).input == {"image": Volume((224, 224), 3)}
    for refused in ("28x28", "[224, 224, 3]", "10", "0x3x3", "2147483648x1x1"):
        assert wrong(sequence("relu", top=f"input: {refused}")) == ["invalid-value"]
    assert wrong(sequence("relu", top="input: 2147483647x1x1")) == []
    (found,) = archspec.check(sequence("conv: {filters: 8, kernel: 5}", top="input: 3x224x224"))
    assert "channels x height x width" in found.help[0]


def test_item_keys(language: Document) -> None:
    rows = language.table("key", "value", "meaning")
    assert [codes(key)[0] for key, *_ in rows] == list(MODIFIERS)
    assert wrong(sequence("{relu: , name: a, expect: 32x32x3, ignore: [axis-count]}")) == []
    for name in ("a.b", "a b", "a/b", '"a:b"', "7"):
        assert wrong(sequence(f"{{relu: , name: {name}}}")) == ["invalid-value"]
    block = "input: 8x8x3\nblocks: {unit: [{linear: 4}, relu, {linear: 4}]}"
    assert wrong(sequence("{unit: , expect: {params: 36, output: 8x8x4}}", top=block)) == []
    assert wrong(sequence("{unit: , expect: {params: 16}}", top=block)) == ["expectation"]
    assert wrong(sequence("{layers: [{max_pool: 9}], ignore: kernel-too-large}", top=block.partition("\n")[0])) == []
    assert wrong(sequence("{relu: , name: a}", "{dropout: , name: a}")) == ["duplicate-name"]
    assert wrong(sequence("{relu: , name: input}")) == ["duplicate-name"]
    graph = examine(sequence("relu", "{tanh: , name: relu2}", "relu")).graph
    assert graph is not None
    assert list(graph.by_name) == ["relu1", "relu2", "relu3"]


def test_the_kinds_of_items(language: Document) -> None:
    top = "input: 8x8x3\nblocks: {unit: {params: {filters: ~}, layers: [{linear: $filters}]}}"
    for kind, written, _ in language.table("item", "written", "what it is"):
        for item in codes(written):
            text = sequence(
                "{batch_norm: , name: stem}", "{add: [], name: all}".replace("[]", "[[], []]"), item[2:], top=top
            )
            assert [name for name in wrong(text) if name not in ("unused-layer", "unused-block")] == [], kind


def test_the_keys_of_used_files(language: Document) -> None:
    (sentence,) = re.findall(r"A file that is used may have.*?nothing else", language.text)
    assert codes(sentence) == list(FILE_KEYS)


def test_what_variants_may_set(language: Document) -> None:
    (sentence,) = re.findall(r"Each sets parameters, and may have its own.*?:\n", language.text)
    assert sorted(codes(sentence)) == sorted(VariantHeader.model_fields)


def test_names_that_blocks_and_parameters_may_not_have() -> None:
    for name in ("relu", "add", "layers", "for", "from"):
        assert wrong(sequence("relu", top=f"input: 3x3x3\nblocks: {{{name}: [tanh]}}")) == ["shadowed-name"], name
    for name in ("i", "in", "if", "3a", "a.b"):
        assert wrong(sequence("relu", top=f"input: 3x3x3\nparams: {{{name}: 3}}")) == ["invalid-value"], name


def test_what_expressions_may_contain(language: Document) -> None:
    meanings = {cell: meaning for cell, meaning in language.table("in an expression", "meaning")}  # noqa: C416 - pairs, for mypy
    by_meaning = {meaning.partition(".")[0]: codes(cell) for cell, meaning in meanings.items()}
    assert by_meaning["Functions"] == list(expressions._FUNCTIONS)
    assert len(by_meaning["Arithmetic"]) == len(expressions._BINARY)
    assert len(by_meaning["Comparisons"]) == len(expressions._COMPARE)
    values = {"width": 64, "i": 0, "a": 1, "b": 2, "c": True, "counts": (1, 2), "row": {"units": 3}}
    for cell in meanings:
        for word in codes(cell):
            binary = re.fullmatch(r"[-+*/%<>=!]+|and|or|in|not in", word)
            right = "[2]" if word in ("in", "not in") else "2"
            called = f"(9{', 3' if word in ('divisible', 'min', 'max') else ''})"
            text = f"3 {word} {right}" if binary else "not true" if word == "not" else word
            if word in expressions._FUNCTIONS:
                text = f"{word}([9])" if word in ("sum", "len") else f"{word}{called}"
            assert value_of(text, values) is not None or word == "null", word


def test_values_of_expressions(language: Document) -> None:
    for expression, value, _ in language.table("expression", "value", "why"):
        assert repr(value_of(codes(expression)[0])) == codes(value)[0]


def value_of(expression: str, names: dict[str, Any] | None = None) -> object:
    found = expressions.template(f"$({expression})")
    assert found is not None
    return found.evaluate(names or {}, {"height": 8, "width": 8, "channels": 3})


def test_what_merges_need_and_give(language: Document) -> None:
    examples = {
        "add": ("[[], [relu]]", "[[], [global_avg_pool]]", Volume((8, 8), 3)),
        "concat": ("[[], [{linear: 4}]]", "[[], [global_avg_pool]]", Volume((8, 8), 7)),
        "multiply": ("[[], [global_avg_pool]]", "[[], [{linear: 4}]]", Volume((8, 8), 3)),
    }
    assert [codes(name)[0] for name, *_ in language.table("merge", "needs", "gives")] == list(examples)
    for name, (right, faulty, output) in examples.items():
        assert list(archspec.analyze(sequence(f"{name}: {right}", top="input: 8x8x3")).outputs.values()) == [output]
        assert wrong(sequence(f"{name}: {faulty}", top="input: 8x8x3")) == ["merge-mismatch"]


def test_where_expressions_may_not_be_used() -> None:
    top = "params: {c: 3}\ninput: 8x8x3"
    assert wrong(sequence("{fc: $c}", top=f"{top}\nbatch: $c")) == ["invalid-value"]
    assert wrong(sequence("{fc: $c}", top=f"{top}\nexpect: {{params: $c}}")) == ["invalid-value"]
    assert wrong(sequence("{fc: $c, expect: {params: $c}}", top=top)) == ["invalid-value"]


def test_the_table_of_operators_names_every_operator_with_its_arguments(language: Document) -> None:
    rows = language.table("operator", "arguments", "output of HxWxC", "what it does")
    assert [codes(name)[0] for name, *_ in rows] == list(OPERATORS)
    for name, arguments, _, meaning in rows:
        kind = operator(codes(name)[0])
        fields = {info.alias or key: info for key, info in kind.model_fields.items()}
        assert sorted(codes(arguments)) == sorted(fields), name
        assert (arguments == "branches") == (codes(name)[0] in MERGES)
        marks = {word: stars for stars, word in re.findall(r"(\**)`(\w+)`\1", arguments)}
        assert {word for word, stars in marks.items() if len(stars) >= 2} == {
            key for key, info in fields.items() if info.is_required()
        }
        assert [word for word, stars in marks.items() if len(stars) % 2] == ([kind.main] if kind.main else [])
        assert meaning


def test_the_outputs_of_operators(language: Document) -> None:
    given: dict[str, Any] = {
        "filters": 6,
        "units": 7,
        "multiplier": 2,
        "kernel": 3,
        "padding": 0,
        "stride": 1,
        "size": 3,
        "groups": 2,
    }
    given |= {"factor": 2, "start": 0, "stop": 5, "heads": 2, "index": 1, "rate": 0.5}
    others = {"pad": {"padding": 1}, "crop": {"margin": 1}, "upsample": {"factor": 2}, "lrn": {}}
    in_words = {"larger": {Volume((8, 6), 8), Volume((12, 8), 8)}, "smaller": {Volume((4, 2), 8)}}
    in_words["the channels of all"] = {Volume((6, 4), 8)}
    for name, _, output, _ in language.table("operator", "arguments", "output of HxWxC", "what it does"):
        kind = operator(codes(name)[0])
        wanted = others.get(codes(name)[0], given)
        layer = kind.model_validate({key: wanted[key] for key in kind.model_fields if key in wanted})
        volume = Volume((6, 4), 8) if 2 in kind.ranks else Volume((6,), 8)
        found = layer.infer([volume])
        assert found is not None, name
        if output in in_words:
            assert found in in_words[output], name
            continue
        defaults = {key: info.default for key, info in kind.model_fields.items()}
        sizes = {**defaults, **given, "H": 6, "W": 4, "C": 8, "L": 6, "H1": 4, "W1": 2}
        axes = output.replace("'", "1").replace("xC", " x C").replace("HxW", "H x W").replace("1x1", "1 x 1")
        assert found.shape == tuple(value_of(axis, sizes) for axis in axes.split(" x ")), name


def test_operators_and_their_axes(language: Document) -> None:
    (sentence,) = re.findall(r"Convolutions, pools and.*?All other operators", language.text, re.DOTALL)
    several, _, one = sentence.partition("`class_token`")
    for name in OPERATORS:
        kind = operator(name)
        slides = issubclass(kind, Sliding) or name.startswith(("global_", "adaptive_")) or name in codes(several)
        ranks = range(1, 2) if name in codes(f"`class_token`{one}") else range(1, 4) if slides else range(4)
        assert kind.ranks == ranks, name
    assert wrong(sequence("fc: 10", top="input: {length: 100, channels: 8}")) == []
    report = archspec.analyze(sequence("fc: 10", top="input: {length: 100, channels: 8}"))
    assert report.outputs == {"fc1": Volume((1,), 10)}


def test_the_table_of_arguments(language: Document) -> None:
    listed = set()
    for argument, operators, type_, default, meaning in language.table("argument", "of", "type", "default", "meaning"):
        (name,) = codes(argument)
        for kind in codes(operators):
            assert (kind, name) not in listed
            listed.add((kind, name))
            _check_argument(operator(kind), name, type_, default)
        assert meaning
    assert listed == {(kind, name) for kind in OPERATORS for name in argument_names(operator(kind))}


def _check_argument(kind: type[Operator], name: str, type_: str, default: str) -> None:
    fields = {info.alias or key: info for key, info in kind.model_fields.items()}
    needed: dict[str, Any] = {key: 1 for key, info in fields.items() if info.is_required() and key != name}
    if "like" in fields and name not in ("margin", "factor", "size", "like"):
        needed["size"] = 1  # one of them must be given
    if name == "align_corners":
        needed["mode"] = "bilinear"
    check_type(kind, name, type_, needed)
    info = fields[name]
    assert info.is_required() == (default == "required")
    if default == "the kernel":
        assert cast("Sliding", kind.model_validate({"kernel": 3})).strides == 3
    elif issubclass(kind, Sliding) and name == "stride":
        assert kind.model_validate({**needed, "kernel": 3}).strides == 1
    elif default in ("none", "the file's"):
        assert info.default is None
    elif default != "required":
        value = default.strip("`")
        assert str(info.default).lower() == value or float(value) == info.default


def test_names_of_other_libraries(language: Document) -> None:
    (sentence,) = re.findall(r"The names of other libraries are errors.*?\n\n", language.text, re.DOTALL)
    for word in codes(sentence):
        as_operator = archspec.check(sequence(f"{word}: 3"))[0]
        as_argument = archspec.check(sequence(f"conv: {{{word}: 3}}"))
        assert any("in other libraries" in note for found in (as_operator, *as_argument) for note in found.notes), word


def test_padding(language: Document) -> None:
    meant = {
        "0": ((0, 0), (0, 0)),
        "valid": ((0, 0), (0, 0)),
        "2": ((2, 2), (2, 2)),
        "[1, 2]": ((1, 1), (2, 2)),
        "[[0, 1], [2, 2]]": ((0, 1), (2, 2)),
        "same": ((0, 1), (1, 1)),
    }
    rows = language.table("`padding`", "meaning")
    assert [word for cell, _ in rows for word in codes(cell)] == list(meant)
    for written, sides in meant.items():
        layer = operator("max_pool").model_validate({"kernel": 3, "stride": [2, 1], "padding": yaml.safe_load(written)})
        windows = layer.windows([Volume((10, 9), 3)])
        assert windows is not None
        assert tuple((window.near, window.far) for window in windows) == sides, written


def test_padding_modes_and_their_limits(language: Document) -> None:
    limits = {"none": 99, "less than the axis is long": 3, "at most as long as the axis": 4}
    rows = language.table("`padding_mode`", "what the padding contains", "limit")
    assert [codes(mode)[0] for mode, *_ in rows] == ["zeros", "reflect", "replicate", "circular"]
    for mode, _, limit in rows:
        for padding, findings in ((limits[limit], []), (limits[limit] + 1, [f"{codes(mode)[0]}-padding"])):
            reported = wrong(
                sequence(f"pad: {{padding: {padding}, padding_mode: {codes(mode)[0]}}}", top="input: 4x4x3")
            )
            assert reported == ([] if limit == "none" else findings)
    assert wrong(sequence("max_pool: {kernel: 4, stride: 1, padding: 2}")) == []
    assert wrong(sequence("max_pool: {kernel: 4, stride: 1, padding: 3}")) == ["pool-padding"]
    assert wrong(sequence("max_pool: {kernel: 2, stride: 1, dilation: 3, padding: 2}")) == []


def test_fit(language: Document) -> None:
    rows = language.table("`fit`", "real data lost", "only padding or a gap left over", "outputs")
    losing = "conv: {filters: 8, kernel: 3, stride: 2%s}"  # on 10: 4.5, a row and a column lost
    gap = "conv: {filters: 8, kernel: 1, stride: 3%s}"  # on 11: 4 1/3, only a gap
    padding = "conv: {filters: 8, kernel: 3, stride: 2, padding: 1%s}"  # on 10: 5.5, only padding
    assert [cell for cell, *_ in rows] == ["not given", "`exact`", "`crop`", "`pad`"]
    for fit, real, none, outputs in rows:
        given = f", fit: {codes(fit)[0]}" if codes(fit) else ""
        assert wrong(sequence(losing % given, top="input: 10x10x3")) == codes(real)[-1:], fit
        for layer, size, floor in ((gap, 11, 4), (padding, 10, 5)):
            text = sequence(layer % given, top=f"input: {size}x{size}x3")
            findings = [] if none == "accepted" else codes(none)[-1:]
            output = next(iter(archspec.analyze(text).outputs.values()))
            wanted = floor + (outputs == "ceil" and size + (layer == padding) > floor * (3 if layer == gap else 2))
            assert output is not None
            assert output.spatial == (wanted, wanted)
            assert wrong(text) == (findings if fit != "`pad`" or wanted > floor else []), (fit, layer)
        output = next(iter(archspec.analyze(sequence(losing % given, top="input: 10x10x3")).outputs.values()))
        assert output == Volume((5, 5) if outputs == "ceil" else (4, 4), 8)
    for severity in ("error", "info"):
        named = {word for row in rows for word in re.findall(rf"{severity} `([\w-]+)`", " ".join(row))}
        assert all(rule(name).severity == severity for name in named)


def test_fit_of_layer_and_file() -> None:
    top = "input: 10x10x3\nfit: exact"
    assert wrong(sequence("conv: {filters: 8, kernel: 3, stride: 2}", top=top)) == ["fractional-output"]
    assert wrong(sequence("conv: {filters: 8, kernel: 3, stride: 2, fit: crop}", top=top)) == ["accepted-fit"]
    assert wrong(sequence("conv: {filters: 8, kernel: 3, stride: 2, padding: same}", top=top)) == []
    left_out = sequence("max_pool: {kernel: 1, stride: 3, fit: pad}", top="input: 3x3x1")
    assert archspec.analyze(left_out).outputs == {"max_pool1": Volume((1, 1), 1)}


def test_figures(language: Document) -> None:
    rows = language.table("figure", "unit", "in `expect`", "in `expect` of a layer", "in `budget`")
    names = [codes(name)[0] for name, *_ in rows]
    assert sorted(names) == sorted(Facts.model_fields)
    assert {codes(name)[0] for name, *_, budget in rows if budget == "yes"} == set(Figures.model_fields)
    assert all(expect == "yes" for _, _, expect, *_ in rows)
    assert ", ".join(TrainingMemory.model_fields) in rows[names.index("training_memory")][1]
    for (cell, unit, *_), name in zip(rows, names, strict=True):
        if name in Figures.model_fields and name != "training_memory":
            parser = {"a count": quantities.parse_count, "bytes": quantities.parse_bytes}[unit]
            value = Facts.model_validate({name: "3k" if unit == "a count" else "3kB"})
            assert getattr(value, name) == parser("3k" if unit == "a count" else "3kB"), cell


@pytest.mark.parametrize("of_layer", [True, False])
def test_facts_are_checked(language: Document, *, of_layer: bool) -> None:
    rows = language.table("figure", "unit", "in `expect`", "in `expect` of a layer", "in `budget`")
    holds = {
        "output": "1x1x2", "receptive_field": "4", "window_field": "4", "params": 98,
        "trainable_params": 98, "weights": 96, "biases": 2,
        "unshared_params": 98, "buffers": 0, "macs": 96, "flops": 194, "activations": 2, "param_memory": 392,
        "forward_memory": 8 if of_layer else 200, "training_memory": "{sgd: 800, momentum: 1192, adam: 1584}",
        "peak_memory": 200,
    }  # fmt: skip
    fails = {"output": "1x1x3", "receptive_field": "[4, 3]", "window_field": "5", "training_memory": "{sgd: 1}"}
    top, layer = "input: 4x4x3", "{{fc: 2, expect: {{{}: {}}}}}"
    for name, *_, in_layer, _ in rows:
        (figure,) = codes(name)
        if of_layer and in_layer == "no":
            continue
        for value, findings in ((holds[figure], []), (fails.get(figure, 7), ["expectation"])):
            text = (
                sequence(layer.format(figure, value), top=top)
                if of_layer
                else sequence("fc: 2", top=f"{top}\nexpect: {{{figure}: {value}}}")
            )
            assert wrong(text) == findings, (figure, value)


def test_units(language: Document) -> None:
    powers = {"": 1, "B": 1} | {
        prefix: int(base) ** int(power)
        for _, forms in language.table("unit", "forms")
        for group, base, power in re.findall(r"((?:`\w+`(?:, | or )?)+) \((\d+)\^(\d+)\)", forms)
        for prefix in codes(group)
    }
    counts, sizes = dict(quantities._COUNT), dict(quantities._BYTES)
    assert powers == counts | sizes
    (count_forms, byte_forms) = (forms for _, forms in language.table("unit", "forms"))
    assert set(codes(count_forms.partition(": `")[0])) == set(counts) - {""}
    assert set(codes(byte_forms.partition(": `")[0])) == set(sizes) - {""}
    with pytest.raises(ValueError, match="not a whole number"):
        quantities.parse_count("1.2345k")


YAML_ROWS = {
    "`name: no`": "name: no\n",
    "`batch: 012`": "batch: 012\n",
    "`batch: 0o14`": "batch: 0o14\n",
    "`batch: 1_000`": "batch: 1_000\n",
    "`batch: 1:30`": "batch: 1:30\n",
    "`source: 2012-12-03`": "source: 2012-12-03\n",
    "`input: !!str 32x32x3`": "input: !!str 32x32x3\n",
    "`<<: *defaults`": "<<: *defaults\n",
    "`name: a`, twice": "name: a\nname: a\n",
    "`? [a, b]`": "? [a, b]\n: 3\n",
    "`- fc:10`": "layers:\n  - fc:10\n",
    "`- &shared relu`, never repeated": "layers:\n  - &shared relu\n",
    "`- *shared` without `&shared` before it": "layers:\n  - *shared\n",
    "`layers: &all [*all]`": "layers: &all [*all]\n",
    "a second document after `---`": "name: a\n---\nname: b\n",
    "a number such as `1e400`": "batch: 1e400\n",
    "an invisible control character": "name: a\x07\n",
    "a file that is not UTF-8": "name: \xe9\n",
    "an empty file": "",
}
"""What each row on YAML says is written -> a file in which it is."""


def test_yaml_findings(language: Document, tmp_path: Path) -> None:
    rows = language.table("written", "finding", "why")
    assert [written for written, *_ in rows] == list(YAML_ROWS)
    for written, finding, _ in rows:
        path = tmp_path / "spec.yaml"
        path.write_bytes(YAML_ROWS[written].encode("latin-1"))
        assert codes(finding)[0] in {found.rule for found in archspec.check(path)}, written


def test_limits(language: Document) -> None:
    limits = {
        "bytes of the file": DEFAULT_LIMITS.size,
        "lists and mappings within each other": DEFAULT_LIMITS.depth,
        "keys and values in the file": DEFAULT_LIMITS.nodes,
        "keys and values that aliases repeat": DEFAULT_LIMITS.aliases,
        "characters of a number": DEFAULT_LIMITS.number,
        "findings about the YAML of one file": DEFAULT_LIMITS.findings,
    }
    stated = {what: int(limit.replace(",", "")) for what, limit, _ in language.table("what", "limit", "finding")}
    assert stated == limits
    of_networks = {
        "layers": MAX_NODES,
        "characters of an expression": expressions.LONGEST,
        "operations within each other": expressions.DEEPEST,
        "the magnitude of a number in an expression": expressions.LARGEST,
        "elements of a list, characters of a text that an expression makes": expressions.LONGEST_RESULT,
    }
    rows = language.table("of a network", "limit", "finding")
    assert {what: int(limit.partition(", or")[0].replace(",", "")) for what, limit, _ in rows} == of_networks
    reached = (
        "{relu: , repeat: 1000000000}",
        f"fc: $({'1 +' * 250} 1)",
        f"fc: $({'-' * 101}1)",
        "fc: $(2 ** 63)",
        'fc: "$(sum([1] * 10001))"',
    )
    for (what, _, finding), layer in zip(rows, reached, strict=True):
        assert wrong(sequence(layer)) == codes(finding), what


def test_the_findings_that_are_named_exist(language: Document) -> None:
    tables: Iterable[Iterable[str]] = (
        (finding for _, finding, _ in language.table("written", "finding", "why")),
        (finding for *_, finding in language.table("what", "limit", "finding")),
        (finding for *_, finding in language.table("of a network", "limit", "finding")),
    )
    assert {name for cells in tables for cell in cells for name in codes(cell)} <= set(STAGE_FINDINGS)


def test_folders_are_searched_for_specs(tmp_path: Path) -> None:
    spec = "name: a\ninput: 3x3x3\nlayers: [relu]\n"
    files = {
        "a.yaml": spec,
        "b.yml": spec,
        "c.arch.yaml": "",
        "d.arch.yml": "",
        "deep/e.yaml": spec,
        "f.yaml": "input: 3x3x3\n",
        "g.txt": spec,
        ".hidden/h.yaml": spec,
        "node_modules/i.yaml": spec,
        "__pycache__/j.yaml": spec,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    reported: list[archspec.Diagnostic] = []
    found = {Path(file).name for file in spec_files([str(tmp_path)], reported.append)}
    assert found == {"a.yaml", "b.yml", "c.arch.yaml", "d.arch.yml", "e.yaml"}
    assert reported == []


def test_choices() -> None:
    for layer, output in (
        ("max_pool: [2, 4]", Volume((16, 8), 3)),
        ("pad: [[0, 1], [0, 1]]", Volume((33, 33), 3)),
        ("flatten", Volume((1, 1), 3072)),
        ("global_avg_pool", Volume((1, 1), 3)),
    ):
        assert list(archspec.analyze(sequence(layer)).outputs.values()) == [output], layer
    assert wrong(sequence("max_pool: {kernel: 2, fit: }")) == ["invalid-value"]
    assert wrong(sequence("{relu: }", "{unit: }", top="input: 3x3x3\nblocks: {unit: [batch_norm]}")) == []
    assert wrong(sequence("leaky_relu: 1")) == []
    assert wrong(sequence("fc: 1e3")) == ["invalid-value"]
    stated = sequence("fc: 2", top="input: 4x4x3\nexpect: {params: 1}\nbudget: {params: 1}")
    assert wrong(stated) == ["expectation", "budget"]
    assert examine(stated, NetworkSelection(input="8x8x3")).diagnostics == []
    assert examine(stated, NetworkSelection(batch=2)).diagnostics == []
    two = sequence("add: [[], [{from: b}]]", top="input: {a: 4x4x3, b: 4x4x3}")
    seen = examine(two, NetworkSelection(input="8x8x3")).graph
    assert seen is not None
    assert set(seen.inputs.values()) == {Volume((8, 8), 3)}
    assert wrong(sequence("add: [relu, []]")) == ["unknown-volume"]
    assert wrong(sequence("add: [[relu]]")) == ["lone-branch"]
    block = "input: 4x4x3\nblocks: {unit: [{fc: $f}]}"
    assert wrong(sequence("{for: [{f: 3}], layers: [unit]}", top=block)) == ["expression"]
    half = archspec.analyze(sequence("fc: 2", top="input: 4x4x3\ndtype: bfloat16"))
    assert half.totals.param_bytes == 196
    assert half.graph.origin
    assert archspec.compile(half.graph.origin).dtype == "float32"
