"""What ``archspec run`` tells of the engine: plan, profile, numbers that are not finite, options that clash."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import archspec
from archspec import __main__ as command
from archspec.engine import profile as profile_module

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """name: small
input: 16x16x4
batch: 2
layers:
  - conv: {filters: 8, kernel: 3, padding: same}
  - batch_norm
  - relu
  - fc: 3
"""
TWO = """name: two
input: {left: 4x4x2, right: 4x4x2}
dtype: float64
layers:
  - {from: left, conv: {filters: 2, kernel: 3, padding: same}, name: a}
  - {from: right, conv: {filters: 2, kernel: 3, padding: same}, name: b}
  - add: {one: a, other: b}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With the specs in it; profiles end after three runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(profile_module, "_SECONDS", 0.0)
    (tmp_path / "small.yaml").write_text(SPEC)
    (tmp_path / "two.yaml").write_text(TWO)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["archspec", "run", *arguments])
    return int(command.main())


def test_a_plan_is_printed_and_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("archspec.commands.running.run_network.compile_graph", None)
    assert run(monkeypatch, "small.yaml", "--plan", "--threads", "2", "--batch", "3") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("small  input 16x16x4, float32, batch 3\n\ngrade           exact, 2 threads\n")
    assert re.search(r"\n +1  conv1 +conv \+ batch_norm \+ relu +im2col +16x16x8 +221,184 ", out)  # 3 samples
    assert "GFLOP/s  " not in out


def test_a_plan_of_a_network_too_large_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "large.yaml").write_text("name: large\ninput: 512x512x1024\nlayers:\n  - fc: 100000\n")
    assert run(monkeypatch, "large.yaml") == 2
    assert "The limit is" in capsys.readouterr().err
    assert run(monkeypatch, "large.yaml", "--plan") == 0
    assert capsys.readouterr().out.startswith("large  input 512x512x1024, ")


@pytest.mark.parametrize("grade", ["reference", "exact", "fast"])
def test_a_profile_of_every_grade(
    grade: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "small.yaml", "--profile", "--grade", grade, "--threads", "1") == 0
    out = capsys.readouterr().out
    assert f"\ngrade           {grade}, 1 thread\n" in out
    assert "the median of 3 runs" in out
    assert re.search(r"\nfc1: 2x1x1x3, from ", out)


def test_a_profile_for_programs_is_all_that_standard_output_gets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    options = ("--profile", "--format", "json", "--flame", "time.svg", "--output", "y.npy")
    assert run(monkeypatch, "small.yaml", *options) == 0
    out, err = capsys.readouterr()
    data = json.loads(out)
    assert (data["name"], data["file"], data["batch"], data["runs"]) == ("small", "small.yaml", 2, 3)
    assert [step["layers"][0] for step in data["steps"]] == ["conv1", "fc1"]
    assert err.splitlines()[0].startswith("Network(small: ")
    assert err.endswith("wrote time.svg\nfc1: " + err.partition("\nfc1: ")[2])
    assert "wrote y.npy\n" in err
    assert np.load(folder / "y.npy").shape == (2, 1, 1, 3)
    assert ET.parse(folder / "time.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own
    assert run(monkeypatch, "small.yaml", "--plan", "--format", "json") == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["runs"], err) == (0, "")


def test_several_inputs_and_float64(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "two.yaml", "--profile", "--batch", "3") == 0
    assert "two  left 4x4x2, right 4x4x2, float64, batch 3\n" in capsys.readouterr().out
    np.save("left.npy", np.full((1, 4, 4, 2), np.nan))
    np.save("right.npy", np.ones((1, 4, 4, 2)))
    files = ("--input", "left=left.npy", "--input", "right=right.npy")
    assert run(monkeypatch, "two.yaml", "--check-finite", *files) == 1
    out = capsys.readouterr().out
    assert "not finite: input `left` has 32 NaN among 32 values, the first nan at sample 0, (0, 0, 0)\n" in out
    assert out.endswith("every layer with finite inputs and weights has a finite output\n")


def test_a_finite_network_is_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "small.yaml", "--check-finite") == 0
    out = capsys.readouterr().out
    assert "\nfinite: inputs, weights and the outputs of 4 layers\n" in out
    assert "\nfc1: 2x1x1x3, from " in out


def test_the_first_layer_that_is_not_finite_is_named_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    network = archspec.compile("small.yaml")
    arrays = {**network.parameters, **network.buffers}
    network.load({**arrays, "batch_norm1.variance": np.where(np.arange(8) == 5, -1, 1).astype(np.float32)})
    network.save("weights.npz")
    assert run(monkeypatch, "small.yaml", "--weights", "weights.npz", "--check-finite", "--output", "y.npy") == 1
    assert capsys.readouterr().out.endswith(
        "not finite: layer `batch_norm1` (batch_norm) outputs 512 NaN among 4,096 values, "
        "the first nan at sample 0, (0, 0, 5)\n"
        "  --> small.yaml:6:5\n"
        "  it is the first: its inputs and weights are finite\n"
    )
    assert not (folder / "y.npy").exists()


def test_weights_that_are_not_finite_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network = archspec.compile("small.yaml")
    bias = np.array([0, np.inf, -np.inf], np.float32)
    network.load({**network.parameters, **network.buffers, "fc1.bias": bias})
    network.save("weights.npz")
    assert run(monkeypatch, "small.yaml", "--weights", "weights.npz", "--check-finite") == 1
    out = capsys.readouterr().out
    assert "\nnot finite: weights `fc1.bias` have 2 infinities among 3 values, the first inf at (1)\n" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--threads", "0"], "Invalid value for '--threads'"),
        (["--threads", "2000"], "Invalid value for '--threads'"),
        (["--grade", "best"], "Invalid value for '--grade'"),
        (["--plan", "--profile"], "Invalid value for --plan: it does not run the network: leave out --profile"),
        (
            ["--plan", "--weights", "w.npz", "--output", "y.npy", "--input", "x.npy"],
            "--plan: it does not run the network: leave out --input FILE, --weights, --output",
        ),
        (["--profile", "--check-finite"], "--check-finite: it runs layer by layer, which is slower"),
        (["--flame", "a.svg"], "Invalid value for --flame: use it with --profile"),
        (["--format", "json"], "Invalid value for --format: json is for --plan and --profile"),
        (["--profile", "--format", "xml"], "Invalid value for '--format'"),
        (["--profile", "--flame", "no/such/folder/a.svg"], "error: cannot write no/such/folder/a.svg"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: list[str], text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "small.yaml", *arguments) == 2
    assert text in " ".join(capsys.readouterr().err.replace("│", "").split())


def test_a_spec_with_errors_has_no_plan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "small.yaml").write_text(SPEC.replace("kernel: 3, padding: same", "kernel: 99"))
    assert run(monkeypatch, "small.yaml", "--plan") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[" in err
