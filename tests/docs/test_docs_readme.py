"""What the README shows is what happens; what it and the other documents say of the project holds."""

from __future__ import annotations

import doctest
import re
import tomllib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PIL import Image

import archspec
from archspec.commands import Status
from archspec.ops import OPERATORS
from tests.docs.conftest import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.docs.conftest import Block, Read, Shell

RUNNABLE = (
    "README.md",
    "docs/language.md",
    "docs/fixing.md",
    "docs/silencing.md",
    "docs/editor.md",
    "docs/sizes.md",
    "docs/ci.md",
    "docs/python.md",
    "docs/engine.md",
    "docs/where-things-live.md",
)
"""Documents whose commands and Python examples are run."""


def sessions(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    parts = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)
    assert parts[0] == "", f"line {block.line}: a console block begins with a command"
    yield from zip(parts[1::2], (output.strip("\n") for output in parts[2::2]), strict=True)


@pytest.mark.parametrize("path", RUNNABLE)
def test_every_command_prints_what_is_shown(path: str, read: Read, shell: Shell, workspace: Path) -> None:
    for block in read(path).blocks():
        if block.file_name:
            (workspace / block.file_name).write_text(block.text, "utf-8")
        elif block.language == "console":
            for command, output in sessions(block):
                assert shell(command).stdout.strip("\n") == output, f"{path}:{block.line}: {command}"


@pytest.mark.parametrize("path", RUNNABLE)
def test_every_archspec_command_without_output_succeeds(path: str, read: Read, shell: Shell, workspace: Path) -> None:
    Image.new("RGB", (48, 32)).save(workspace / "photo.jpg")
    for block in read(path).blocks():
        if block.file_name:
            (workspace / block.file_name).write_text(block.text, "utf-8")
        elif block.language == "sh":
            for command in re.findall(r"^archspec .*", block.text, re.MULTILINE):
                ran = shell(command)
                assert ran.returncode == Status.OK, f"{path}:{block.line}: {command}\n{ran.stdout}"


@pytest.mark.parametrize("path", RUNNABLE)
@pytest.mark.usefixtures("workspace")
def test_every_python_example_gives_what_is_shown(path: str, read: Read) -> None:
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    for block in read(path).blocks():
        if block.language == "python":
            example = doctest.DocTestParser().get_doctest(block.text, names, path, str(read(path).path), block.line - 1)
            assert example.examples, f"{path}:{block.line}: no example in this block"
            runner.run(example, clear_globs=False)
            names = example.globs
    assert not runner.summarize(verbose=False).failed


@pytest.mark.parametrize("path", RUNNABLE)
def test_every_spec_that_no_command_checks_has_no_errors_or_warnings(path: str, read: Read) -> None:
    commands = "".join(block.text for block in read(path).blocks() if block.language == "console")
    for block in read(path).blocks():
        is_spec = block.language == "yaml" and "\nlayers:" in block.text
        if is_spec and not re.search(rf"archspec (check|sizes) {block.file_name}", commands):
            serious = [found for found in archspec.check(block.text) if found.severity != "info"]
            assert serious == [], f"{path}:{block.line}"


def test_the_readme_names_every_operator_and_no_other(read: Read) -> None:
    text = read("README.md").text.partition("Convolutions are ")[2].partition("is the complete reference")[0]
    words = set(re.findall(r"`(\w+)`", text))
    assert words == set(OPERATORS)


def test_the_python_page_names_the_whole_api(read: Read) -> None:
    rows = read("docs/python.md").table("name", "what it is")
    assert sorted(name.strip("`") for name, _ in rows) == sorted(archspec.__all__)


def test_the_exit_statuses_are_those_of_the_commands(read: Read, shell: Shell) -> None:
    rows = read("README.md").table("exit status", "meaning")
    assert [int(status.strip("`")) for status, _ in rows] == list(Status)
    assert shell("archspec check specs/cs231n").returncode == Status.OK
    assert shell("archspec check specs/misfits").returncode == Status.FINDINGS
    assert shell("archspec check nowhere.yaml").returncode == Status.UNUSABLE
    assert shell("archspec check --nonsense specs").returncode == Status.UNUSABLE


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(path: str, read: Read) -> None:
    document = read(path)
    for target in re.findall(r"\]\(([^)#\s]*(?:#[^)\s]*)?)\)", document.text):
        if "://" in target:
            continue
        file, _, heading = target.partition("#")
        found = document.path if not file else document.path.parent / file
        assert found.exists(), f"{path}: {target}"
        if heading:
            titles = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.MULTILINE)
            assert heading in {_anchor(title) for title in titles}, f"{path}: {target}"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES)
def test_headings_go_down_one_level_at_a_time(path: str, read: Read) -> None:
    text = re.sub(r"^```.*?^```$", "", read(path).text, flags=re.MULTILINE | re.DOTALL)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_changelog_begins_with_this_version(read: Read) -> None:
    versions = re.findall(r"^## \[([\d.]+)\]", read("CHANGELOG.md").text, re.MULTILINE)
    assert versions[0] == archspec.__version__


def test_the_readme_names_the_distribution_python_and_make_targets_that_there_are(read: Read) -> None:
    readme, root = read("README.md"), read("README.md").path.parent
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"pip install {project['name']}" in readme.text
    assert f"Python {project['requires-python'].removeprefix('>=')}" in readme.text
    targets = re.findall(r"^(\w+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    used = {name for path in PAGES for name in re.findall(r"`make (\w+)`", read(path).text)}
    assert {"demo", "test"} <= used <= set(targets)
    extras = {name for path in PAGES for name in re.findall(r"archspec-nn\[(\w+)\]", read(path).text)}
    assert extras <= set(project["optional-dependencies"])
