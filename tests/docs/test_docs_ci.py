"""docs/ci.md: the files that it shows are valid, and the commands in them do what they are there for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
import yaml

from archspec.report.formats import FINDINGS_FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.conftest import Document, Read, Shell

CHECKERS = {
    ".github/workflows/": ("check_jsonschema", "--builtin-schema", "vendor.github-workflows"),
    ".gitlab-ci.yml": ("check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    ".pre-commit-config.yaml": ("pre_commit", "validate-config"),
}
"""What a file in the document is called -> the program, not ours, that says whether it is valid."""


@pytest.fixture
def page(read: Read) -> Document:
    return read("docs/ci.md")


def test_the_table_has_every_format(page: Document) -> None:
    rows = page.table("format", "what it is", "who reads it")
    assert [name.strip("`") for name, _, _ in rows] == list(FINDINGS_FORMATS)


def test_every_file_is_valid(page: Document, tmp_path: Path) -> None:
    texts = [block.text for block in page.blocks() if block.language == "yaml"]
    assert len(texts) == 5
    for number, text in enumerate(texts):
        match = re.match(r"# (\S+)\n", text)
        assert match, text
        (program, *options) = next(command for name, command in CHECKERS.items() if match[1].startswith(name))
        if find_spec(program) is None:
            pytest.skip(f"{program} is not installed")
        path = tmp_path / f"{number}.yml"
        path.write_text(text, "utf-8")
        command = [sys.executable, "-m", program, *options, str(path)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"


def test_every_command_of_a_file_runs(page: Document, shell: Shell, workspace: Path) -> None:
    """They find the two misfits among the specs, and leave what the rest of the file speaks of."""
    shutil.rmtree(workspace / "specs" / "zoo")  # the other specs show as much, and sooner
    commands = [
        command
        for block in page.blocks()
        if block.language in ("yaml", "groovy", "json")
        for command in re.findall(r"(?:- |run: |sh '|entry: |\"command\": \")(archspec [^'\"\n]*)", block.text)
        if command != "archspec check"
    ]
    assert len(commands) == 5
    for command in commands:
        assert shell(command).returncode == 1, command
    for name in set(re.findall(r"=([\w-]+\.\w+)", "\n".join(commands))):
        assert name in page.text.replace(f"={name}", ""), f"{name} is written, and nothing reads it"
        assert (workspace / name).exists()


def test_the_action_is_used_as_it_is(page: Document, read: Read) -> None:
    inputs = yaml.safe_load(read("action.yml").text)["inputs"]
    steps = [
        step
        for block in page.blocks()
        if "OWNER/archspec@" in block.text
        for step in yaml.safe_load(block.text)["jobs"]["check"]["steps"]
    ]
    assert steps[-1]["with"].keys() <= inputs.keys()
    (listed,) = re.findall(r"Its inputs are (.*?);", page.text)
    assert re.findall(r"`([\w-]+)`", listed) == list(inputs)


def test_pytest_runs_as_shown(page: Document, shell: Shell) -> None:
    (block,) = (block for block in page.blocks() if block.text.startswith("pytest"))
    options = "-p no:cacheprovider -p no:xdist -p no:archspec -p archspec.pytest_plugin"  # installed or not
    python = f"PYTEST_ADDOPTS='{options}' {sys.executable} -m"
    first, second = (shell(f"{python} {command}") for command in block.text.splitlines())
    assert (first.returncode, second.returncode) == (1, 0), first.stdout + second.stdout
    assert "FAILED specs/misfits/stride.yaml::stride" in first.stdout
    assert "1 passed" in second.stdout


def test_an_editor_reads_what_is_printed(page: Document, shell: Shell) -> None:
    (block,) = (block for block in page.blocks() if block.language == "json")
    (task,) = json.loads(block.text)["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    found = [re.search(pattern["regexp"], line) for line in shell(task["command"]).stdout.splitlines()]
    assert [match is not None for match in found][:6] == [*[True] * 5, False], "the summary is no finding"
    groups = [{name: match[pattern[name]] for name in pattern if name != "regexp"} for match in found if match]
    assert len(groups) == 5
    assert groups[2]["message"].startswith("3x3 window")
    del groups[2]["message"]
    assert groups[2] == {
        "file": "specs/misfits/stride.yaml",
        "line": "6",
        "column": "5",
        "severity": "error",
        "code": "fractional-output",
    }
