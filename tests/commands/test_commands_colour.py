"""Colours as ruff has them: ``--color`` before FORCE_COLOR before NO_COLOR before what the terminal can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.commands.colour import colour_choice, without_colour
from archspec.commands.command_line import run
from archspec.commands.terminal import has_colour

if TYPE_CHECKING:
    from pathlib import Path

FAULTY = "name: x\ninput: 8x8x3\nlayers:\n  - con: 3\n"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "is_terminal", "expected"),
    [
        ({}, False, False), ({}, True, True), ({"NO_COLOR": "1"}, True, False), ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True), ({"FORCE_COLOR": ""}, False, False), ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True),
    ],
)  # fmt: skip
def test_the_environment(
    variables: dict[str, str], is_terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    without_colour([])
    assert has_colour() is expected
    without_colour(["--color", "never"])
    assert has_colour() is False
    without_colour(["check", "--color=always"])
    assert has_colour() is True


@pytest.mark.parametrize("arguments", [["--color", "always", "check"], ["check", "--color=always"]])
def test_anywhere_in_a_command_line(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(FAULTY)
    assert run([*arguments, str(file)]) == 1
    assert "\x1b[" in capsys.readouterr().out
    assert run(["check", str(file), "--quiet"]) == 1
    assert "\x1b[" not in capsys.readouterr().out


def test_after_two_dashes_all_are_names() -> None:
    assert without_colour(["check", "--", "--color", "always"]) == ["check", "--", "--color", "always"]
    assert colour_choice() is None


def test_another_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "x.yaml", "--color", "blue"]) == 2
    assert capsys.readouterr().err == "error: --color is auto, always, never, not 'blue'\n"
