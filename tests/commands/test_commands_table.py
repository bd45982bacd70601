"""The table of commands, the files in the folder and what is imported of them agree."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from archspec import commands
from archspec.commands.table import COMMANDS

FOLDER = Path(commands.__file__).parent
SHARED = {"__init__", "colour", "command_line", "completion", "problems", "table", "terminal", "unknown_command"}
"""Files of the folder that are no commands."""
PROBE = """
import sys
from archspec.commands.command_line import parse
try:
    parse({arguments})
finally:
    names = sys.argv[1:]
    print("\\nimported", *(name for name in names if "archspec.commands." + name in sys.modules), file=sys.stderr)
    print("numpy" in sys.modules, file=sys.stderr)
"""


def imported(arguments: list[str], **variables: str) -> list[str]:
    """The commands that are imported when a command line is parsed, and whether NumPy is."""
    process = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments), *COMMANDS],
        env={**os.environ, **variables}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return process.stderr.splitlines()[-2:]


def test_table_and_folder_agree() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == set(COMMANDS) | SHARED


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_table_is_the_first_of_the_command_s_help(name: str) -> None:
    function = getattr(import_module(f"archspec.commands.{name}"), name)
    assert (function.__doc__ or "").splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_only_the_command_that_is_invoked_is_imported(name: str) -> None:
    assert imported([name, "--help"]) == [f"imported {name}", "False"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["chekc"], []])
def test_no_command_is_imported_where_none_is_invoked(arguments: list[str]) -> None:
    assert imported(arguments) == ["imported", "False"]


def completed(words: str) -> list[str]:
    """What bash is offered for a line that is being typed."""
    variables = {"_ARCHSPEC_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    process = subprocess.run(
        [Path(sys.executable).parent / "archspec"], env={**os.environ, **variables}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    return process.stdout.split()


def test_shells_complete_commands_and_their_options() -> None:
    assert completed("archspec s") == ["show", "sizes", "schema"]
    assert "--show-info" in completed("archspec check --sh")
    assert completed("archspec sizes --fi") == ["--fit"]
