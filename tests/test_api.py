"""The public API: what `archspec.__all__` lists, from Python."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import archspec
from archspec.examination import Examination, examine
from archspec.spec.selection import NetworkSelection

CIFAR = Path(__file__).parent.parent / "specs" / "cs231n" / "cifar10.yaml"
GOOD = "name: good\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n  - relu\n  - fc: 10\n"
MISFIT = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n  - relu\n  - fc: 10\n"
BROKEN = "name: bad\ninput: 10x10\nlayers:\n  - nonsense\n  - conv: {filters: 0, kernel: 3}\n"

Array = np.ndarray[Any, np.dtype[Any]]


# The package


def test_public_names() -> None:
    assert dir(archspec) == archspec.__all__
    for name in archspec.__all__:
        assert getattr(archspec, name) is not None
    assert len(set(archspec.__all__)) == len(archspec.__all__)


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'archspec' has no attribute 'chekc'"):
        archspec.chekc  # noqa: B018 - that it can't be looked up is the point


def test_star_import_brings_what_is_listed() -> None:
    names: dict[str, Any] = {}
    exec("from archspec import *", names)  # noqa: S102 - a star import stands at the top of a module only
    assert set(archspec.__all__) <= set(names)


def test_import_is_free() -> None:
    code = "import sys, archspec; print(*sorted({'numpy', 'pydantic', 'yaml', 'rich', 'typer'} & set(sys.modules)))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert process.stdout == "\n"


def test_checking_needs_no_numpy() -> None:
    code = (
        "import sys, archspec; spec = archspec.load(sys.argv[1]); archspec.check(spec); archspec.analyze(spec);"
        "print(*sorted({'numpy', 'rich', 'typer'} & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", code, CIFAR], capture_output=True, encoding="utf-8", check=True)
    assert process.stdout == "\n"


# load


def test_load_takes_paths_and_texts() -> None:
    for source in (CIFAR, str(CIFAR), CIFAR.read_text()):
        spec = archspec.load(source)
        assert isinstance(spec, archspec.Spec)
        assert spec.name == "cifar10"
        assert len(spec.layers) == 4


def test_load_names_every_error() -> None:
    with pytest.raises(archspec.SpecError) as error:
        archspec.load("nmae: x\ninput: 28x28\nlayers: 3\n")
    assert len(error.value.diagnostics) >= 3
    assert isinstance(error.value, ValueError)
    for words in ("`nmae`", "28x28x1", "<text>:3:9"):
        assert words in str(error.value)


@pytest.mark.parametrize("source", ["missing.yaml", "", ".", "\0", "x" * 5000, Path("no/such/folder/x.yaml")])
def test_load_of_what_is_no_file(source: str | Path) -> None:
    with pytest.raises(archspec.SpecError) as error:
        archspec.load(source)
    (found,) = error.value.diagnostics
    assert found.rule == "unreadable-file"


def test_load_looks_at_the_file_only() -> None:
    """What does not fit inside a readable spec is for `check`."""
    assert archspec.load(MISFIT).name == "bad"
    assert len(archspec.load(GOOD.replace("conv", "cnov")).layers) == 3


def test_spec_is_frozen() -> None:
    spec = archspec.load(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        spec.batch = 2  # type: ignore[misc] # that is what is tried
    assert repr(spec) == "Spec('good')"


def test_spec_at_another_input() -> None:
    text = "name: a\ninput: 8x8x3\nlayers:\n  - {relu: , expect: 8x8x3}\nexpect: {activations: 192}\n"
    spec, other = archspec.load(text), archspec.load(text, input="9x7x2", batch=5)
    assert archspec.check(other) == []
    report = archspec.analyze(other)
    assert str(report.graph.inputs["input"]) == "9x7x2"
    assert report.totals.forward_bytes == 2 * 126 * 5 * 4
    assert archspec.analyze(spec).totals.activations == 192, "the first spec is as it was"
    with pytest.raises(ValueError, match="28x28 has no channels: write 28x28x3"):
        archspec.load(text, input="28x28")


def test_spec_at_another_input_keeps_its_name() -> None:
    spec = archspec.load("name: a\ninput: {photo: 8x8x3}\nlayers:\n  - relu\n", input="5x5x1")
    assert {name: str(volume) for name, volume in archspec.analyze(spec).graph.inputs.items()} == {"photo": "5x5x1"}


# check


def test_check_takes_paths_texts_and_specs() -> None:
    assert archspec.check(CIFAR) == archspec.check(str(CIFAR)) == archspec.check(archspec.load(CIFAR)) == []


def test_check_of_a_loaded_spec_says_the_same() -> None:
    """With the findings of the file, such as an unused anchor, exactly once."""
    text = MISFIT.replace("conv:", "conv: &unused")
    assert told(archspec.check(archspec.load(text))) == told(archspec.check(text))
    assert len(archspec.check(text)) == 2


def told(found: list[archspec.Diagnostic]) -> list[tuple[Any, ...]]:
    return [(each.rule, each.severity, each.message, each.span and each.span.start) for each in found]


@pytest.mark.parametrize("source", ["missing.yaml", "", "\0", "a\n\0", "- \n", "[\n", BROKEN, "\n", "\ud800\n"])
def test_check_raises_nothing(source: str) -> None:
    found = archspec.check(source)
    assert found
    assert all(isinstance(each, archspec.Diagnostic) for each in found)
    assert archspec.Severity.ERROR in {each.severity for each in found}


def test_findings_are_in_order_of_place() -> None:
    found = archspec.check(BROKEN + "expect: {params: lots}\nbatch: 0\n")
    places = [each.span.start if each.span else -1 for each in found]
    assert places == sorted(places)
    assert len(places) == 5


def test_check_twice_is_the_same() -> None:
    for text in (GOOD, MISFIT, BROKEN):
        spec_findings = told(archspec.check(text))
        assert spec_findings == told(archspec.check(text))


def test_severities() -> None:
    assert [str(each) for each in archspec.Severity] == ["error", "warning", "info"]


# analyze


def test_analyze() -> None:
    report = archspec.analyze(GOOD)
    assert isinstance(report, archspec.Report)
    assert isinstance(report.graph, archspec.Graph)
    assert report.outputs == {"fc1": archspec.Volume((1, 1), 10)}
    assert [layer.name for layer in report.layers] == ["conv1", "relu1", "fc1"]
    assert report.totals.params == 3 * 3 * 3 * 4 + 4 + 6 * 6 * 4 * 10 + 10


def test_analyze_of_a_misfit_counts_all_the_same() -> None:
    """A fraction is an error, and the size is rounded down; what follows has its figures."""
    report = archspec.analyze(MISFIT)
    assert str(report.layers[0].node.output) == "4x4x8"
    assert report.totals.params is not None


def test_analyze_of_a_faulty_layer_is_none() -> None:
    report = archspec.analyze(GOOD.replace("kernel: 3", "kernel: 99"))
    assert [layer.params for layer in report.layers] == [None] * 3
    assert report.totals.params is None
    assert report.outputs == {"fc1": None}


def test_analyze_of_what_cannot_be_read() -> None:
    with pytest.raises(archspec.SpecError):
        archspec.analyze("missing.yaml")
    with pytest.raises(archspec.SpecError):
        archspec.analyze(BROKEN)


def test_report_can_be_printed() -> None:
    report = archspec.analyze(GOOD)
    assert "params=" in repr(report)
    assert len(repr(report)) < 2_000


# examine


def test_examine_goes_past_faults() -> None:
    seen = examine(BROKEN)
    assert isinstance(seen, Examination)
    assert [each.rule for each in seen.errors] == ["invalid-value", "unknown-operator", "invalid-value"]
    assert seen.spec is not None
    assert seen.graph is not None
    assert seen.report is not None
    assert len(seen.report.layers) == 2


def test_examine_of_nothing() -> None:
    seen = examine("missing.yaml")
    assert (seen.spec, seen.graph, seen.report) == (None, None, None)
    assert len(seen.errors) == 1


def test_examine_with_another_batch() -> None:
    seen = examine(GOOD, NetworkSelection(input="16x16x3", batch=2))
    assert seen.report is not None
    assert seen.report.batch == 2
    assert str(seen.report.layers[0].node.output) == "14x14x4"


@given(
    lines=st.lists(st.sampled_from(["relu", "conv: {filters: 4, kernel: 3}", "max_pool: 2", "x", "fc: 0"]), max_size=5)
)
def test_check_analyze_and_examine_agree(lines: list[str]) -> None:
    text = "name: a\ninput: 9x9x3\nlayers:\n" + "".join(f"  - {line}\n" for line in lines or ["relu"])
    seen = examine(text)
    assert told(seen.diagnostics) == told(archspec.check(text))
    assert seen.report is not None
    assert seen.report.totals == archspec.analyze(text).totals
    assert any(each.severity == archspec.Severity.ERROR for each in seen.diagnostics) == bool(seen.errors)


# compile


def noise(*shape: int) -> Array:
    return np.random.default_rng(5).normal(size=shape).astype(np.float32)


def test_compile_and_run() -> None:
    network = archspec.compile(GOOD)
    assert isinstance(network, archspec.Network)
    y = network(noise(2, 8, 8, 3))
    assert isinstance(y, np.ndarray)
    assert (y.shape, y.dtype) == ((2, 1, 1, 10), np.dtype(np.float32))
    assert {name: array.shape for name, array in network.parameters.items()} == {
        "conv1.weight": (3, 3, 3, 4),
        "conv1.bias": (4,),
        "fc1.weight": (144, 10),
        "fc1.bias": (10,),
    }
    assert "good" in repr(network)


def test_compile_by_seed() -> None:
    def weights(seed: int) -> Array:
        return archspec.compile(GOOD, seed=seed).parameters["conv1.weight"]

    np.testing.assert_array_equal(weights(3), weights(3))
    assert not np.array_equal(weights(3), weights(4))


def test_compile_refuses_errors() -> None:
    for text in (MISFIT, BROKEN, "name: a\ninput: 8x8x3\nlayers: []\n"):
        with pytest.raises(archspec.SpecError) as error:
            archspec.compile(text)
        assert all(each.severity == archspec.Severity.ERROR for each in error.value.diagnostics)


def test_compile_refuses_a_failed_fact() -> None:
    """A spec that does not hold what it states is not run as if it did."""
    with pytest.raises(archspec.SpecError, match="expectation"):
        archspec.compile(GOOD + "expect: {params: 3}\n")


def test_compile_tells_the_grades() -> None:
    with pytest.raises(ValueError, match=r"^there is no grade 'quick'; choose from reference, exact, fast$"):
        archspec.compile(GOOD, grade="quick")  # type: ignore[arg-type] # as a program may do


def test_compile_refuses_what_needs_too_much_memory() -> None:
    with pytest.raises(archspec.CompileError, match=r"bytes|MB|kB|GB"):
        archspec.compile(GOOD, memory_limit=1000)
    with pytest.raises(archspec.CompileError, match=r"TB|GB|bytes"):
        archspec.compile("name: a\ninput: 1000x1000x1000\nlayers:\n  - fc: 100000\n")


@pytest.mark.parametrize("huge", [10**30, 2**63, 2**31])
def test_huge_numbers_are_refused_before_anything_is_allocated(huge: int) -> None:
    """By a finding or by the limit on memory, but never by an accident."""
    text = f"name: a\ninput: 8x8x3\nbatch: {huge}\nlayers:\n  - conv: {{filters: {huge}, kernel: 3}}\n"
    with pytest.raises((archspec.SpecError, archspec.CompileError)):
        archspec.compile(text)


@pytest.mark.parametrize("shape", [(8, 8, 3), (1, 3, 8, 8), (1, 8, 8, 1), (1, 9, 8, 3), (1, 1, 8, 8, 3)])
def test_wrong_shape_is_a_clear_error(shape: tuple[int, ...]) -> None:
    with pytest.raises(archspec.InputError, match=r"\(N, 8, 8, 3\)"):
        archspec.compile(GOOD)(noise(*shape))


def test_wrong_dtype_is_a_clear_error() -> None:
    network = archspec.compile(GOOD)
    with pytest.raises(archspec.InputError, match="astype"):
        network(np.zeros((1, 8, 8, 3), np.uint8))
    with pytest.raises(archspec.InputError, match="list"):
        network([[1.0]])  # type: ignore[arg-type] # that is what is tried


def test_weights_go_to_a_file_and_back(tmp_path: Path) -> None:
    one, two = (archspec.compile(GOOD, seed=seed) for seed in (1, 2))
    x = noise(1, 8, 8, 3)
    one.save(tmp_path / "weights.npz")
    two.load(tmp_path / "weights.npz")
    np.testing.assert_array_equal(np.asarray(one(x)), np.asarray(two(x)))


def test_trace_has_every_layer() -> None:
    traced = archspec.compile(GOOD).trace(noise(1, 8, 8, 3))
    assert list(traced) == ["conv1", "relu1", "fc1"]
    np.testing.assert_array_equal(traced["relu1"], np.maximum(traced["conv1"], 0))


def test_volume() -> None:
    volume = archspec.Volume((5, 7), 3)
    assert (str(volume), volume.size, volume.positions, volume.shape) == ("5x7x3", 105, 35, (5, 7, 3))
    assert volume.axes == ("height", "width")
    assert volume == archspec.Volume((5, 7), 3)
    assert len({volume, archspec.Volume((5, 7), 3), archspec.Volume((7, 5), 3)}) == 2


def test_findings_can_be_sent_to_another_process() -> None:
    """A test runner or an editor's server checks in parallel."""
    found = archspec.check(MISFIT)
    (sent,) = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own bytes
    assert (sent.message, sent.span.line, sent.file) == (found[0].message, 4, "<text>")


def test_spec_error_can_be_sent_to_another_process() -> None:
    with pytest.raises(archspec.SpecError) as error:
        archspec.load("nmae: x\n")
    sent = pickle.loads(pickle.dumps(error.value))  # noqa: S301 - our own bytes
    assert str(sent) == str(error.value)
