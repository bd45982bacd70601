"""Whatever the file holds, checking it ends with findings and never with an exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archspec.diagnostics import Severity
from archspec.examination import Examination, examine
from archspec.ops import MERGES, OPERATORS, operator
from archspec.report.formats import FINDINGS_FORMATS, REPORT_FORMATS, render_findings, render_report
from archspec.spec import foreign
from archspec.spec.models import Facts, Figures, Header
from archspec.spec.validate import argument_names
from archspec.text.views import FindingsView
from tests.work import no_hanging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.analysis.report import Totals
    from archspec.diagnostics import Diagnostic
    from archspec.source import Span

SPECS = sorted((Path(__file__).parent.parent / "specs").rglob("*.yaml"))
CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
QUICK, LONG = 500, 4_000
PROOF = 10 * LONG
PATIENCE = 60
"""Seconds after which one file counts as hanging, however busy the machine is; the slowest takes a hundredth of one."""


def fuzzed(examples: int) -> settings:
    """No shrinking: examples are small as they come, and where one hangs it would hang hundreds of times."""
    phases = (Phase.explicit, Phase.generate)
    return settings(max_examples=examples, phases=phases, suppress_health_check=list(HealthCheck))


# What must hold of any file


def spans(found: Diagnostic) -> Iterator[Span]:
    if found.span is not None:
        yield found.span
    yield from (label.span for label in found.labels)
    yield from (edit.span for edit in (found.fix.edits if found.fix else ()))


def check_findings(seen: Examination, path: Path) -> None:
    for found in seen.diagnostics:
        assert found.file == str(path)
        assert found.message.strip()
        for span in spans(found):
            assert 0 <= span.start <= span.end <= len(span.source.text)
            assert span.line >= 1
            assert span.column >= 1
    assert seen.diagnostics == sorted(seen.diagnostics, key=lambda each: each.sort_key)
    told = [(each.rule, each.message, each.span and (each.span.start, each.span.end)) for each in seen.diagnostics]
    assert len(set(told)) == len(told), "a finding is told twice"


def check_output(seen: Examination) -> None:
    for name in FINDINGS_FORMATS:
        for show_info, colour in ((True, False), (False, True)):
            view = FindingsView(files=1, show_info=show_info, colour=colour)
            text = render_findings(seen.diagnostics, name, view)
            assert text.endswith("\n")
            text.encode()
    data = json.loads(render_findings(seen.diagnostics, "json", FindingsView(files=1)))
    assert len(data["diagnostics"]) == len(seen.diagnostics)


def check_report(seen: Examination) -> None:
    """What is unknown has an error that explains it, and what has no error is known to the last figure."""
    if seen.report is None or seen.graph is None or seen.spec is None:
        assert seen.errors
        return
    unknown = [node.name for node in seen.graph.nodes if node.output is None]
    assert not unknown or seen.errors
    if seen.errors:
        return
    assert seen.spec.name
    assert seen.graph.is_known
    assert whole(seen.report.totals)
    for layer in seen.report.layers:
        counted = layer.params, layer.macs, layer.flops, layer.activations, layer.bytes, layer.unshared_params
        assert all(type(figure) is int and figure >= 0 for figure in counted)


def whole(totals: Totals) -> bool:
    """Whether every total is a whole number from 0."""
    if not totals.training_bytes:
        return False
    figures: list[Any] = [value for value in totals if not isinstance(value, dict)]
    return all(type(figure) is int and figure >= 0 for figure in (*figures, *totals.training_bytes.values()))


def examine_bytes(data: bytes, folder: Path) -> Examination:
    path = folder / "fuzzed.yaml"
    path.write_bytes(data)
    with no_hanging(PATIENCE):
        seen = examine(path)
        check_findings(seen, path)
        check_output(seen)
        check_report(seen)
    return seen


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


# Bytes: noise, and real specs with a part cut out, doubled or overwritten by noise

SNIPPETS = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\r\n", b"\t", b"\x1b[31m", b"\xe2\x80\xae", b"\xc2\x85",
    b"\xed\xa0\x80", b"&a ", b"*a", b"<<: ", b"!!python/object ", b"---\n", b"...\n", b"%YAML 1.1\n", b"? ", b": ",
    b"[", b"]", b"{", b"}", b'"', b"'", b"|\n", b">\n", b"#", b",", b"@", b"`", b"~", b"$x", b"$(1)", b"{{", b"- ",
    b"0x", b"1e999", b".nan", b"-", b"99999999999999999999", b"\\", b'"\\x41', b'"\\ud800"', b"1:30", b"on", b"012",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SPECS + CASES)).read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 5, 20])))
        middle = draw(st.one_of(st.sampled_from(SNIPPETS), st.binary(max_size=4), st.just(data[start:end] * 2)))
        data = data[:start] + middle + data[end:]
    return data


SOME_BYTES = st.one_of(damaged(), damaged(), st.binary(max_size=200), st.lists(st.sampled_from(SNIPPETS)).map(b"".join))


@given(data=SOME_BYTES)
@fuzzed(QUICK)
def test_bytes(data: bytes, folder: Path) -> None:
    examine_bytes(data, folder)


@pytest.mark.slow
@given(data=SOME_BYTES)
@fuzzed(LONG)
def test_more_bytes(data: bytes, folder: Path) -> None:
    examine_bytes(data, folder)


@pytest.mark.proof
@given(data=SOME_BYTES)
@fuzzed(PROOF)
def test_many_more_bytes(data: bytes, folder: Path) -> None:
    examine_bytes(data, folder)


# Documents: the language's own keys and operators, with values that are right, nearly right and wrong.
# Layers and headers come from pools that a seeded generator fills: hypothesis, which puts them together, is too slow
# to make every number of 2,000 documents.

Make = Callable[[Random], Any]
"""Makes one value."""
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e400, float("nan"), 10**30, 2**63, "", "same", "valid", "exact", "3x3", "8x8x3",
    "28x28", "relu", "conv", "on", "012", "1_000", "$x", "$(1 + 1)", "SAME", "\x7f", "é", "x" * 300, [], {}, [[]],
    [1, "a"], {"a": 1}, [[1, 2], [3]],
]  # fmt: skip
SIZES = [1, 2, 3, 4, 5, 7, 8, 11, 16, 28, 32]


def one_of(*values: Any) -> Make:
    return lambda random: random.choice(values)


def some(least: int, most: int, make: Make) -> Make:
    return lambda random: [make(random) for _ in range(random.randint(least, most))]


def either(*makes: Make) -> Make:
    return lambda random: random.choice(makes)(random)


def mapping(make: Make, *names: str) -> Make:
    """Some of the names, each with a value."""
    return lambda random: {name: make(random) for name in names if random.random() < 0.5}


odd, size = one_of(*ODD), one_of(*SIZES)
few = one_of(1, 2, 3, 5)
per_axis = either(few, few, few, size, some(2, 2, few), some(1, 4, size))
sides = some(1, 3, some(2, 2, one_of(0, 1, 2, 3)))
filter_row = some(1, 1, some(2, 2, size))
fit = one_of("exact", "crop", "pad")
flag = one_of(True, False)
MAKERS: dict[str, Make] = {
    "kernel": per_axis,
    "stride": per_axis,
    "dilation": per_axis,
    "padding": either(one_of(0, 1, 2, "same", "valid"), one_of(0, 1, 2, "same", "valid"), per_axis, sides),
    "padding_mode": one_of("zeros", "reflect", "replicate", "circular"),
    "fit": fit,
    "bias": flag,
    "affine": flag,
    "count_padding": flag,
    "approximate": one_of("none", "tanh"),
    "groups": one_of(1, 1, 2, 4),
    "multiplier": one_of(1, 2),
    **dict.fromkeys(("rate", "slope", "alpha", "beta", "eps", "k"), one_of(0.1, 0.5, 0.9, 1e-5)),
    "weights": either(some(1, 3, size), some(1, 3, some(2, 2, size)), some(3, 3, some(3, 3, filter_row))),
    "like": one_of("a", "stem", "conv1", "input"),
    "mode": one_of("nearest", "bilinear"),
}
"""By argument; all others are counts."""
counted = either(size, one_of("30730", "61M", "1.5k", "10MB", "2MiB", "0.1k", 0, 10**6, -5, "lots"))


def volume(random: Random) -> str:
    large = [random.choice((5, 7, 8, 11, 16, 23, 28, 32)) for _ in range(random.choice([2, 2, 2, 3]))]
    return "x".join(map(str, (*large, random.choice(SIZES))))


def sequence(random: Random) -> Any:
    return {"length": random.choice((8, 31, 100)), "channels": size(random)}


def usually(random: Random, make: Make, one_in: int) -> Any:
    """What ``make`` makes; once in so many times, something odd."""
    return odd(random) if random.randrange(one_in) == 0 else make(random)


def arguments(random: Random, name: str) -> Any:
    """What stands behind an operator: what it needs, some of the rest, and now and then something else."""
    chosen = {}
    for key, info in operator(name).model_fields.items():
        argument = info.alias or key
        if info.is_required() or random.random() < (0.02 if argument.startswith("in_") else 0.2):
            chosen[argument] = usually(random, MAKERS.get(argument, size), 60)
    if random.randrange(40) == 0:
        chosen[random.choice([*foreign.ARGUMENTS, *foreign.KEYS, "kernal"])] = odd(random)
    if chosen and random.randrange(40) == 0:
        chosen.pop(random.choice(list(chosen)))
    return chosen or None


def facts(model: type[Figures]) -> Make:
    special: dict[str, Make] = {
        "output": either(volume, sequence),
        "receptive_field": per_axis,
        "training_memory": mapping(counted, "sgd", "momentum", "adam"),
    }

    def make(random: Random) -> Any:
        names = random.sample(argument_names(model), random.randint(0, 4))
        return {name: usually(random, special.get(name, counted), 15) for name in names}

    return make


layer_name = one_of("a", "b", "stem", "conv1", "relu1", "input")
ignored = one_of("fractional-output", "budget", ["expectation", "lopsided-padding"], "no-such-rule")
count = one_of(0, 1, 2, 3, "$i", "$(i + 1)")
condition = one_of("$(in.channels > 3)", "$(1 < 2)", False)
MODIFIERS: dict[str, Make] = {
    "name": layer_name,
    "expect": either(facts(Facts), volume),
    "ignore": ignored,
    "from": layer_name,
    "tie": layer_name,
    "when": condition,
    "repeat": count,
}


def branches(random: Random) -> Any:
    if random.randrange(4) == 0:
        return layer_name(random)
    made = [[layer(random) for _ in range(random.randrange(3))] for _ in range(random.randint(1, 3))]
    return made if random.randrange(2) else {f"branch{i}": branch for i, branch in enumerate(made)}


def parts(random: Random, name: Any) -> Any:
    if name not in OPERATORS:
        return odd(random)
    return branches(random) if name in MERGES else arguments(random, name)


def layer(random: Random) -> Any:
    if random.randrange(80) == 0:
        return odd(random)
    name: Any = (
        random.choice(list(OPERATORS)) if random.randrange(40) else random.choice(["cnov", "Dense", "add", "", 3])
    )
    item: dict[Any, Any] = {name: parts(random, name)}
    if random.randrange(40) == 0:
        item[name] = either(odd, size)(random)
    for key, make in MODIFIERS.items():
        if random.randrange(20) == 0:
            item[key] = usually(random, make, 15)
    if random.randrange(80) == 0:
        item["nmae"] = odd(random)
    return name if item == {name: None} else item


inputs = one_of(
    {"channels": 8}, {"left": "8x8x3"}, {"relu1": "9x9x1", "b": "3x3x3"}, {"height": 5, "width": 8, "channels": 1}
)
HEADER: dict[str, Make] = {
    "name": one_of("fuzzed"),
    "source": one_of("nowhere"),
    "input": either(volume, volume, volume, sequence, inputs),
    "fit": fit,
    "dtype": one_of("float16", "bfloat16", "float32", "float64"),
    "batch": size,
    "expect": either(facts(Facts), volume),
    "budget": facts(Figures),
    "loss": one_of("softmax", "svm"),
}
UNFIT = ["nmae", "inputs", "network", "params", "blocks", "variants", "outputs", "use", 7]
"""Keys that take something else than what they get, or that nobody knows."""


def header(random: Random) -> Any:
    wanted = [key for key in HEADER if key in ("name", "input") or random.random() < 0.15]
    made: dict[Any, Any] = {key: usually(random, HEADER[key], 60) for key in wanted}
    if random.randrange(50) == 0:
        made.pop(random.choice(list(made)))
    if random.randrange(50) == 0:
        made[random.choice(UNFIT)] = odd(random)
    return made


RANDOM = Random(231)  # noqa: S311 - no secret is made of it
HEADERS = [header(RANDOM) for _ in range(2_000)]
LAYERS = [layer(RANDOM) for _ in range(8_000)]


def document(first: int, numbers: list[int], flow: bool | None) -> bytes:
    """A header and layers, by their numbers in the pools; rarely without `layers`."""
    made = dict(HEADERS[first])
    if first % 40:
        made["layers"] = [LAYERS[number] for number in numbers]
    return yaml.dump(made, default_flow_style=flow, sort_keys=False, allow_unicode=True).encode()


DOCUMENTS = st.builds(
    document,
    st.integers(0, len(HEADERS) - 1),
    st.lists(st.integers(0, len(LAYERS) - 1), max_size=6),
    st.sampled_from([None, False, True]),
)


@given(data=DOCUMENTS)
@fuzzed(QUICK)
def test_documents(data: bytes, folder: Path) -> None:
    examine_bytes(data, folder)


@pytest.mark.slow
@given(data=DOCUMENTS)
@fuzzed(LONG)
def test_more_documents(data: bytes, folder: Path) -> None:
    examine_and_render(data, folder)


@pytest.mark.proof
@given(data=DOCUMENTS)
@fuzzed(PROOF)
def test_many_more_documents(data: bytes, folder: Path) -> None:
    examine_and_render(data, folder)


def examine_and_render(data: bytes, folder: Path) -> None:
    """Examine a document, and print its report in every format."""
    seen = examine_bytes(data, folder)
    if seen.report is not None:
        for name in REPORT_FORMATS:
            assert render_report(seen.report, name).endswith("\n")


def test_documents_reach_the_rules(folder: Path) -> None:
    """The generator is no sham: some documents have no fault, and the others fail in many ways."""
    rules: set[str] = set()
    severities: set[Severity | None] = set()

    @given(data=DOCUMENTS)
    @fuzzed(300)
    def collect(data: bytes) -> None:
        seen = examine_bytes(data, folder)
        rules.update(found.rule for found in seen.diagnostics)
        severities.add(None if not seen.errors else Severity.ERROR)

    collect()
    assert severities == {None, Severity.ERROR}
    shape = {"fractional-output", "kernel-too-large", "axis-count", "expectation"}
    spec = {"unknown-key", "unknown-operator", "missing-key", "invalid-value", "spec-form"}
    assert shape | spec <= rules


def test_header_is_covered() -> None:
    assert set(HEADER) == set(argument_names(Header))
