"""Commands on a terminal: lines end between words, and a legend explains what occurs."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from archspec.commands.command_line import run
from archspec.report.columns import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

_WORDS = "name: x\ninput: 8x8x3\nlayers:\n"


def _lines(
    arguments: list[str], width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """What a terminal of this width shows, without colours."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    run(arguments)
    printed = capsys.readouterr()
    return (printed.out + printed.err).splitlines()


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize(
    "arguments",
    [
        ["sizes", "zoo:alexnet"], ["sizes", "zoo:fpn"], ["rule", "fractional-output"], ["rule", "missing-activation"],
        ["rule", "yaml-exponent"], ["show", "zoo:vgg16"], ["show", "zoo:resnet50", "--depth", "1", "--batch", "64"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_lines_end_between_words(
    arguments: list[str], width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _lines(arguments, width, monkeypatch, capsys)
    of_files = [line for line in shown if "|" in line or "-->" in line]  # these are shown as they are in a file
    assert max(len(line) for line in shown if line not in of_files) <= width
    words = set(" ".join(_lines(arguments, 1_000, monkeypatch, capsys)).split())
    if arguments[0] != "show":
        assert {word for line in shown for word in line.split()} <= words


@pytest.mark.parametrize("command", ["config", "zoo", "rules"])
def test_tables_fit(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert max(map(len, _lines([command], 80, monkeypatch, capsys))) <= 80


@pytest.mark.parametrize("width", [50, 60, 70, 80, 120])
def test_the_zoo_breaks_no_word(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _lines(["zoo"], width, monkeypatch, capsys)
    assert max(map(len, shown)) <= width
    words = {word for line in _lines(["zoo"], 1_000, monkeypatch, capsys) for word in line.split()}
    figures = re.compile(r"[\d.,]+[kMGT]?|hidden|source:|shown|in|a|wider|terminal|─+")
    assert {word for line in shown for word in line.split() if not figures.fullmatch(word)} <= words


def test_columns_without_room_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _lines(["show", "zoo:vgg16"], 60, monkeypatch, capsys)
    assert any(line.startswith("hidden") and "share" in line for line in shown)
    assert not any(line.startswith("hidden") for line in _lines(["show", "zoo:vgg16"], 160, monkeypatch, capsys))


def test_a_column_has_one_name() -> None:
    assert COLUMNS["arguments"].title == "arguments"


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize(
    ("layers", "occurring", "absent"),
    [
        ("  - conv: {filters: 4, kernel: 3}\n", ["share", "MACs", "memory", "field"], ["in place", "0 ", "MB", "k "]),
        ("  - batch_norm\n  - relu\n", ["in place", "share"], ["MB", "MiB", "rounded"]),
        ("  - conv: {filters: 9999, kernel: 3, bias: false}\n", ["MB", "MiB"], ["GB", "in place"]),
        ("  - {max_pool: {kernel: 3, stride: 2, fit: crop}}\n", ["rounded: the window formula"], ["share", "in place"]),
    ],
)
def test_a_legend_explains_what_occurs(  # noqa: PLR0913, PLR0917 - fixtures
    layers: str,
    occurring: list[str],
    absent: list[str],
    width: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(_WORDS + layers, "utf-8")
    shown = _lines(["show", str(file)], width, monkeypatch, capsys)
    last = max(at for at, line in enumerate(shown) if line.startswith("inference peak"))
    legend = " ".join(" ".join(shown[last + 1 :]).split())
    legend = legend.split("warning")[0].split("error")[0]
    if width == 160:
        assert all(each in legend for each in occurring), legend
    assert not any(f" {each}" in f" {legend}" for each in absent), legend


def test_units_are_those_of_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(_WORDS + "  - relu\n", "utf-8")
    assert _lines(["show", str(file)], 100, monkeypatch, capsys)[-1].endswith("kB is 10^3 bytes; KiB is 2^10 bytes")
    (tmp_path / "y.yaml").write_text("name: x\ninput: 1x1x3\nlayers:\n  - relu\n", "utf-8")
    assert "units" not in " ".join(_lines(["show", str(tmp_path / "y.yaml")], 100, monkeypatch, capsys))
