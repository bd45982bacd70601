"""Configurations of strangers: what is too much is one finding with a place, and takes no time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archspec.config.nearest_file import has_table
from archspec.config.reading import read_layer
from archspec.config.toml_limits import LIMITS, passed_limit
from archspec.source import Source

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

HOSTILE = {
    "a key of 20,000 parts": ("a." * 20_000 + "b = 1", "this key has more than 32 parts"),
    "a table of 20,000 parts": ("[" + "a." * 20_000 + "b]", "this key has more than 32 parts"),
    "parts in quotes": ('"a"' + ' . "a"' * 20_000 + " = 1", "this key has more than 32 parts"),
    "20,000 dotted keys": ("".join(f"a.b{i} = 1\n" for i in range(20_000)), "more than 20,000 keys and values"),
    "nested lists": ("a = " + "[" * 100_000, "lists and tables are nested too deep"),
    "nested tables": ("a = " + "{a=" * 100_000, "lists and tables are nested too deep"),
    "5,000 digits": ("a = " + "1" * 5_000, "this number has 5,000 characters, and the limit is 100"),
    "a number with signs": ("a = -" + "1" * 5_000, "this number has 5,001 characters"),
    "many values": ("a = [" + "1," * 200_000 + "]", "more than 20,000 keys and values"),
    "too large": ("#" * 2**20, "the file has 1,048,576 bytes, and the limit is 524,288 bytes"),
    "open text": ('a = """' + '\\"""' * 100_000, "this is not valid TOML"),
    "open texts": ("a = '''" + "''" * 1, "this is not valid TOML"),
    "quotes": ('"' * 400_001, "more than 20,000 keys and values"),
    "words": ("a " * 200_000, "more than 20,000 keys and values"),
}


def cpu_seconds(folder: Path, *words: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """What a command takes of the processor, in which other processes have no part."""
    text = "import resource, subprocess, sys; ran = subprocess.run(sys.argv[1:]); "
    text += "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
    text += "print('cpu', used.ru_utime + used.ru_stime, file=sys.stderr); sys.exit(ran.returncode)"
    line = [sys.executable, "-c", text, sys.executable, "-m", "archspec", *words]
    ran = subprocess.run(line, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return float(ran.stderr.rpartition("cpu ")[2]), ran


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_too_much_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    text, message = HOSTILE[name]
    (tmp_path / "archspec.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    found: list[Diagnostic] = []
    assert read_layer("archspec.toml", found.append) is None
    assert [message in each.message for each in found] == [True], found
    assert found[0].unusable
    assert found[0].rule == "invalid-configuration"


@pytest.mark.skipif(os.name != "posix", reason="measures with getrusage")
@pytest.mark.parametrize("file", ["archspec.toml", "pyproject.toml"])
@pytest.mark.parametrize("name", HOSTILE)
def test_the_answer_comes_at_once(tmp_path: Path, name: str, file: str) -> None:
    """Processor time: 1 s for what a neighbour adds, and as much for the rest on a machine that others use."""
    (tmp_path / "a.arch.yaml").write_text("name: a\ninput: 8x8x3\nlayers: [relu]\n")
    (tmp_path / file).write_text("[tool.archspec]\n" * (file == "pyproject.toml") + HOSTILE[name][0])
    seconds, ran = cpu_seconds(tmp_path, "check", "a.arch.yaml")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert ran.stdout.count("error[") == 1
    assert seconds < 2


@pytest.mark.parametrize(
    "text",
    [
        " " * 60_000,
        "archspec" + " " * 60_000,
        "[" + " " * 60_000 + "tool",
        "\t" * 400_000 + "# archspec",
        "tool" * 90_000,
    ],
)
def test_a_project_without_a_table_is_none_of_ours(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"# archspec\n{text}\n")
    assert not has_table(str(tmp_path / "pyproject.toml"))


def test_what_projects_have_passes_no_limit() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert passed_limit(Source("x", text)) is None
    long = 'a = """' + "a.b.c [[ {{ 1" * 1_000 + '"""\nx = [' + "[1.5, 'a.b.c.d']," * 1_000 + "]\n# " + "[" * 99
    assert passed_limit(Source("x", long)) is None
    assert passed_limit(Source("x", ".".join("a" * LIMITS.depth) + " = 1")) is None


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "device", "link"])
@pytest.mark.parametrize("name", ["archspec.toml", "pyproject.toml", ".gitignore", "known.json", "used.yaml"])
def test_a_neighbour_that_is_no_file_is_one_error(tmp_path: Path, name: str, kind: str) -> None:
    """Neither waited for nor read: nothing is ever written to the pipe, and the device has no end."""
    (tmp_path / "a.arch.yaml").write_text("name: a\ninput: 8x8x3\nuse: used.yaml\nlayers: [relu]\n")
    (tmp_path / "used.yaml").write_text("blocks: {}\n")
    target = tmp_path / name
    target.unlink(missing_ok=True)
    if kind == "device":
        try:
            os.mknod(target, 0o666 | stat.S_IFCHR, os.makedev(1, 5))
            target.open("rb").close()
        except OSError as error:
            pytest.skip(f"no devices can be made here: {error}")
    elif kind == "pipe":
        os.mkfifo(target)
    else:
        os.mkfifo(tmp_path / "pipe")
        target.symlink_to("pipe")
    line = [sys.executable, "-m", "archspec", "check", ".", *(["--baseline", name] if name == "known.json" else [])]
    ran = subprocess.run(line, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=60)
    said = ran.stdout + ran.stderr
    assert ran.returncode == (1 if name == "used.yaml" else 2)
    assert said.count("error") - said.count("1 error in") == 1, said
    assert ("this is a device" if kind == "device" else "this is a named pipe") in said
    assert name in said
