"""Commands, options and columns: those that a page names exist, and those that exist are on a page."""

from __future__ import annotations

import inspect
import re
import shlex
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from archspec import pytest_plugin
from archspec.commands.command_line import build_command, parse
from archspec.commands.table import COMMANDS
from archspec.report.columns import COLUMNS, DEFAULT
from tests.docs.conftest import PAGES, ROOT, codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.conftest import Document, Read

PAGE = "docs/commands.md"
OF_ALL_COMMANDS = {"--color", "--help", "--version", "-h"}
_COMMAND = re.compile(r"(['\"]?)(?<![\w./-])archspec (?=[a-z])([^`\n]*)")
_OPTION = re.compile(r"(?<![\w-])(?:--[a-z][\w-]*|-[a-z]\b)")


@cache
def options(command: str) -> dict[str, str]:
    """Every option of a command -> its parameter."""
    return {
        option: parameter.name
        for parameter in build_command(command).params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("-") and option not in OF_ALL_COMMANDS
    }


def choices(command: str, option: str) -> set[str]:
    """The values that an option may have, if they are listed."""
    function = getattr(import_module(f"archspec.commands.{command}"), command)
    hint: Any = get_type_hints(function)[options(command)[option]]
    inner = (hint, *get_args(hint))
    kinds = [kind for kind in inner if inspect.isclass(kind) and issubclass(kind, Enum)]
    return {str(member.value) for kind in kinds for member in kind} or {
        value for kind in inner for value in get_args(kind) if isinstance(value, str)
    }


def words(line: str) -> list[str]:
    """The words of a shell's line, up to a comment, a pipe, a redirection or another command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found = []
    for word in lexer:
        if set(word) <= set("();<>|&"):
            break
        found.append(word)
    return found


def command_lines(text: str) -> Iterator[list[str]]:
    """What follows each ``archspec`` in code, as words."""
    for quote, line in _COMMAND.findall(text.replace("\\ ", " ").replace("\\\n", " ")):
        yield words(line.partition(quote)[0] if quote else line)


def complaint(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What the command line says is wrong with arguments, though a path is missing; empty if they are valid."""
    for path in ([], ["x"]):
        parse([*arguments, *path])
        message = capsys.readouterr().err
        if not message:
            break
    return message


@pytest.mark.parametrize("path", PAGES)
def test_every_command_line_is_one(path: str, read: Read, capsys: pytest.CaptureFixture[str]) -> None:
    page = read(path)
    for code in (*page.codes(), *(block.text for block in page.blocks() if block.language != "python")):
        for arguments in command_lines(code):
            assert complaint(arguments, capsys) == "", f"{path}: archspec {shlex.join(arguments)}"


@pytest.mark.parametrize("path", PAGES)
def test_every_option_exists(path: str, read: Read) -> None:
    """In a text that names commands, it is an option of one of these."""
    of_pytest = set(re.findall(r'addoption\("(--\w+)"', inspect.getsource(pytest_plugin)))
    for paragraph in read(path).paragraphs():
        found = codes(paragraph)
        named = {arguments[0] for code in found for arguments in command_lines(code)} & set(COMMANDS)
        known = {option for command in named or COMMANDS for option in options(command)} | OF_ALL_COMMANDS | of_pytest
        for code in found:
            if code.startswith(("-", *COMMANDS)) and not code.startswith("- "):
                assert set(_OPTION.findall(code)) <= known, f"{path}: {code} in {paragraph}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_listed_with_its_values(command: str, read: Read) -> None:
    section = read(PAGE).section(command)
    assert f"`archspec {command}" in section.text
    rows = [row for table in section.tables("option", "what it does") for row in table]
    listed = [option for cell, _ in rows for code in codes(cell) for option in _OPTION.findall(code)]
    assert listed == list(options(command))
    for cell, meaning in rows:
        option = codes(cell)[0].split()[0]
        values = choices(command, option)
        assert values <= set(codes(meaning)), f"{command} {option}"
        assert not values or {code for code in codes(meaning) if code.isidentifier()} == values


def test_the_commands_of_the_reference_are_those_of_the_table(read: Read) -> None:
    assert re.findall(r"^## ([a-z]\w*)$", read(PAGE).text, re.MULTILINE) == list(COMMANDS)


def test_every_environment_variable_has_a_row(read: Read) -> None:
    sources = [path.read_text("utf-8") for path in ROOT.glob("archspec/**/*.py")]
    looked_up = {name for text in sources if "environ" in text for name in re.findall(r'"([A-Z][A-Z_]{3,})"', text)}
    listed = [name for cell, _ in read(PAGE).table("variable", "effect") for name in codes(cell)]
    assert sorted(listed) == sorted(looked_up)


def test_the_readme_has_a_row_for_every_command(read: Read) -> None:
    readme = read("README.md")
    rows = readme.table("command", "what it does")
    named = [arguments[0] for row in rows for code in codes(" ".join(row)) for arguments in command_lines(code)]
    assert sorted(set(named)) == sorted(COMMANDS)
    for cell, meaning in rows:
        (code,) = codes(cell)
        ((command, *_),) = command_lines(code)
        listed = {option for each in codes(meaning) if each.startswith("-") for option in _OPTION.findall(each)}
        assert listed <= set(options(command)), command
    of_check = {option for row in readme.table("option", "what it does") for option in _OPTION.findall(row[0])}
    assert of_check <= set(options("check"))


def test_the_columns_are_those_of_show(read: Read) -> None:
    rows = read(PAGE).table("column", "head", "what it shows")
    assert [(codes(name)[0], head) for name, head, _ in rows] == [
        (name, column.title) for name, column in COLUMNS.items()
    ]
    assert tuple(codes(name)[0] for name, *_ in rows if name.startswith("**")) == DEFAULT
    assert all(meaning for *_, meaning in rows)


def test_a_made_up_option_column_or_value_would_be_found(read: Read, capsys: pytest.CaptureFixture[str]) -> None:
    assert complaint(["show", "x.yaml", "--count", "torchinfo"], capsys)
    assert complaint(["show", "x.yaml", "--format", "xml"], capsys)
    assert complaint(["sow", "x.yaml"], capsys)
    assert list(command_lines("run: archspec check 'a b/' --output x | head")) == [["check", "a b/", "--output", "x"]]
    assert list(command_lines("sh 'archspec check a --fix'; b")) == [["check", "a", "--fix"]]
    assert "--columns" in options("show")
    assert choices("sizes", "--fit") == {"exact", "lossless"}
    page: Document = read(PAGE)
    assert len(page.section("show").text) > len(page.section("zoo").text)
