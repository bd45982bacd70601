"""``archspec sizes`` as a user meets it: what is asked for wrongly, what no size mends, statuses and streams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import archspec
from archspec import __main__ as command

if TYPE_CHECKING:
    from pathlib import Path

ALEXNET = """name: alexnet
input: 224x224x3
layers:
  - conv: {filters: 96, kernel: 11, stride: 4}
  - max_pool: {kernel: 3, stride: 2}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "alexnet.yaml"
    path.write_text(ALEXNET)
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["archspec", "sizes", *arguments])
    return int(command.main())


@pytest.mark.usefixtures("spec")
def test_the_reason_names_the_layer_and_the_numbers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "alexnet.yaml", "--range", "200..250") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out == (
        "alexnet  input 224x224x3, sizes that fit (exact)\n\n"
        "height and width, alike\n"
        "  all       19 + 8k  (k = 0, 1, 2 ...)\n"
        "  200..250  203 211 219 227 235 243\n"
        "  now       224 does not fit: conv1 (line 4), 11x11 window with stride 4 does not fit 224x224: "
        "(224 - 11 + 2*0)/4 + 1 = 54.25\n"
        "  nearest   219 and 227\n"
    )


@pytest.mark.usefixtures("spec")
def test_only_the_axis_that_is_asked_for_is_judged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "alexnet.yaml", "--axis", "width", "--input", "224x227x3", "--format", "json") == 0
    (axes,) = json.loads(capsys.readouterr().out)["axes"]
    assert (axes["names"], axes["present"], axes["fits"], axes["reason"]) == (["width"], [227], True, None)


def test_a_merge_is_a_reason_too(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text("name: a\ninput: 8x8x3\nlayers:\n  - add: [[{conv: {filters: 3, kernel: 3}}], []]\n")
    assert run(monkeypatch, str(spec)) == 1
    out = capsys.readouterr().out
    assert "all      no size fits" in out
    assert "not fit: add1 (line 4), add needs equal volumes, got 6x6x3 from branch1.conv1" in out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--range", "500..32"], "write LOW..HIGH, such as 32..512, not '500..32'"),
        (["--range", "0..5"], "write LOW..HIGH"),
        (["--range", "32"], "write LOW..HIGH"),
        (["--axis", "depth"], "the input 224x224x3 has no axis `depth`: its axes are height, width"),
        (["--input", "{channels: 3}"], "has no spatial axis, so there is no size to choose"),
        (["--variant", "x"], "alexnet has no variants"),
    ],
)
@pytest.mark.usefixtures("spec")
def test_what_cannot_be_asked_for_is_refused(
    arguments: list[str], text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "alexnet.yaml", *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert text in " ".join(err.replace("│", "").split())


def test_errors_that_no_size_mends_are_told_instead(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(ALEXNET.replace("11,", "eleven,"))
    assert run(monkeypatch, str(spec)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[invalid-value]" in err
    assert run(monkeypatch, "nowhere.yaml") == 2
    with pytest.raises(archspec.SpecError):
        archspec.sizes(spec)


def test_python_gives_the_same(spec: Path) -> None:
    (found,) = archspec.sizes(spec, span=(200, 250))
    assert found.sizes == (203, 211, 219, 227, 235, 243)
    assert archspec.sizes(spec, "lossless", axis="height")[0].axes == ("height",)
    with pytest.raises(ValueError, match="no axis `depth`"):
        archspec.sizes(spec, axis="depth")


def test_sizes_that_leave_padding_over_are_shown_beside_the_exact_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No size fits FPN exactly, and `check` accepts it: that is no finding."""
    assert run(monkeypatch, "zoo:fpn") == 0
    assert "29..32 + 32k" in capsys.readouterr().out
    assert run(monkeypatch, "zoo:fpn", "--format", "json") == 0
    (axes,) = json.loads(capsys.readouterr().out)["axes"]
    assert (axes["fits"], axes["classes"], axes["sizes"]) == (False, [], [])
    assert axes["lossless"]["fits"]
    assert axes["lossless"]["classes"] == [{"first": 29 + place, "step": 32} for place in range(4)]
