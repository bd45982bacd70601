"""Every command that writes files, and every option: what is there already stays what it is.

Devices, pipes and links are made in a temporary folder; those of the machine are never a target.
"""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archspec import __main__ as command
from archspec.commands.command_line import build_command
from archspec.commands.table import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices of POSIX")
PACKAGE = Path(__file__).parents[2] / "archspec"
SPEC = "name: a\ninput: 8x8x3\nlayers:\n  - ReLU\n  - conv: {filters: 2, kernel: 3}\n"
GOOD = SPEC.replace("ReLU", "relu")

WRITERS = {
    ("check", "--output"): ["check", "spec.yaml", "--output", "json={}"],
    ("check", "--write-baseline"): ["check", "spec.yaml", "--write-baseline={}"],
    ("run", "--output"): ["run", "good.yaml", "--output", "{}"],
    ("run", "--flame"): ["run", "good.yaml", "--profile", "--flame", "{}"],
    ("schema", "--output"): ["schema", "--output", "{}"],
}
"""Options that name a file to write, with a command line that has it."""
IN_A_FOLDER = {("run", "--feature-maps"): ["run", "good.yaml", "--feature-maps", "{}"]}
ON_THEIR_INPUT = {
    ("check", "--fix"): ["check", "--fix", "{}"],
    ("check", "--prune-baseline"): ["check", "good.yaml", "--prune-baseline", "--baseline", "{}"],
}
READERS = {("run", "--weights"), ("run", "--input"), ("check", "--baseline"), ("check", "PATH..."), ("config", "PATH")}
READERS |= {("check", "--stdin-filename")}
READERS |= {(name, "--config") for name in COMMANDS}
FIRST_PICTURE = "01-relu1.png"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "good.yaml").write_text(GOOD)


def call(monkeypatch: pytest.MonkeyPatch, words: list[str], target: str) -> int:
    monkeypatch.setattr(sys, "argv", ["archspec", *(word.format(target) for word in words)])
    return int(command.main())


def test_every_option_that_names_a_file_is_in_a_table() -> None:
    named = set()
    for name in COMMANDS:
        for parameter in build_command(name).params:
            metavar = parameter.metavar or ""
            if any(word in metavar for word in ("FILE", "PATH", "DIR")):
                named.add((name, parameter.opts[0] if parameter.opts[0].startswith("-") else metavar))
    known = READERS | set(WRITERS) | set(IN_A_FOLDER)
    assert named - known == set()
    assert set(WRITERS) | set(IN_A_FOLDER) <= named


def writes_a_file(node: ast.AST) -> bool:
    """Whether a call opens a file to write, or changes a folder."""
    if not isinstance(node, ast.Call):
        return False
    match node.func:
        case ast.Name(id="open") | ast.Attribute(attr="open" | "fdopen"):
            texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            return any(isinstance(text, str) and set(text) <= set("wxab+") and text for text in texts)
        case ast.Attribute(attr="write_text" | "write_bytes" | "touch" | "rename" | "unlink" | "rmtree"):
            return True
        case ast.Attribute(value=ast.Name(id="os"), attr="replace" | "remove"):
            return True
        case ast.Name(id=name):
            return name in {"NamedTemporaryFile", "TemporaryDirectory", "mkstemp", "mkdtemp", "copyfile"}
    return False


def test_files_are_written_in_one_place_alone() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(map(writes_a_file, ast.walk(ast.parse(path.read_text("utf-8")))))
    }
    assert found == {
        "files/output_file.py",
        "interruption.py",  # deletes what is unfinished
        "__main__.py",  # sends output nowhere
        "commands/checking/processes.py",  # to a pipe
    }


@pytest.mark.parametrize("words", WRITERS.values(), ids=map(" ".join, WRITERS))
def test_a_device_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]) -> None:
    device = tmp_path / "device"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))  # takes all and keeps nothing
        device.open("wb").close()
    except OSError as error:
        pytest.skip(f"no devices can be made here: {error}")
    before = device.stat()
    assert call(monkeypatch, words, "device") in (0, 1)
    assert (device.stat().st_ino, device.stat().st_rdev) == (before.st_ino, before.st_rdev)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["device", "good.yaml", "spec.yaml"]


@pytest.mark.parametrize("words", WRITERS.values(), ids=map(" ".join, WRITERS))
def test_a_pipe_stays_and_gets_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert call(monkeypatch, words, "pipe") in (0, 1)
    reader.join()
    assert len(read[0]) > 50
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("words", WRITERS.values(), ids=map(" ".join, WRITERS))
@pytest.mark.parametrize("is_there", [False, True])
def test_a_link_stays_and_its_file_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], *, is_there: bool
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "link").symlink_to("deep/file")
    if is_there:
        (tmp_path / "deep" / "file").write_text('{"archspec-baseline": 1, "files": {}}')
    assert call(monkeypatch, words, "link") in (0, 1)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "deep" / "file").stat().st_size > 50
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]


@pytest.mark.parametrize("words", WRITERS.values(), ids=map(" ".join, WRITERS))
def test_all_names_of_a_file_stay_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "one").write_text('{"archspec-baseline": 1, "files": {}}')
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert call(monkeypatch, words, "one") in (0, 1)
    assert (tmp_path / "one").samefile(tmp_path / "two")
    assert (tmp_path / "two").stat().st_size > 50


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files by number are Linux's")
@pytest.mark.parametrize("words", WRITERS.values(), ids=map(" ".join, WRITERS))
def test_standard_output_by_its_name(tmp_path: Path, words: list[str]) -> None:
    """As ``/dev/stdout``, which is such a link, but not one of our own."""
    (tmp_path / "link").symlink_to("/proc/self/fd/1")
    line = [sys.executable, "-m", "archspec", *(word.format("link") for word in words)]
    piped = subprocess.run(line, stdout=subprocess.PIPE, check=False)
    with (tmp_path / "out").open("wb") as out:
        subprocess.run(line, stdout=out, check=False)
    for text in (piped.stdout, (tmp_path / "out").read_bytes()):
        assert len(text) > 50
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("words", IN_A_FOLDER.values(), ids=map(" ".join, IN_A_FOLDER))
def test_files_in_a_folder_stay_what_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / FIRST_PICTURE).symlink_to("../deep.png")
    (tmp_path / "one").write_bytes(b"old")
    (tmp_path / "maps" / "02-conv1.png").hardlink_to(tmp_path / "one")
    assert call(monkeypatch, words, "maps") == 0
    assert (tmp_path / "maps" / FIRST_PICTURE).is_symlink()
    assert (tmp_path / "deep.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "one").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", ON_THEIR_INPUT.values(), ids=map(" ".join, ON_THEIR_INPUT))
@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to], ids=["symbolic", "hard"])
def test_input_that_is_rewritten_keeps_its_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], link: Callable[[Path, Path], None]
) -> None:
    call(monkeypatch, WRITERS["check", "--write-baseline"], "known.json")
    (tmp_path / "spec.yaml").rename(tmp_path / "moved.yaml")
    file = tmp_path / ("moved.yaml" if "--fix" in words else "known.json")
    before = file.read_bytes()
    link(tmp_path / "link", file)
    assert call(monkeypatch, words, "link") == 0
    assert file.samefile(tmp_path / "link")
    assert file.read_bytes() != before


def test_nothing_but_a_baseline_is_overwritten_by_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.json").write_text("{}")
    (tmp_path / "link").symlink_to("mine.json")
    (tmp_path / "hard").hardlink_to(tmp_path / "mine.json")
    for name in ("mine.json", "link", "hard"):
        assert call(monkeypatch, WRITERS["check", "--write-baseline"], name) == 2
        assert "is not a baseline" in capsys.readouterr().err
    assert (tmp_path / "mine.json").read_text() == "{}"


def test_findings_are_not_written_over_another_name_of_a_spec(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "found.json").hardlink_to(tmp_path / "spec.yaml")
    assert call(monkeypatch, WRITERS["check", "--output"], "found.json") == 2
    assert (tmp_path / "spec.yaml").read_text() == SPEC


def test_a_new_spec_takes_the_place_of_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "link.yaml").symlink_to("nothing")
    for name in ("pipe", "link", "spec"):
        assert call(monkeypatch, ["init", "{}"], f"{name}.yaml") == 2
    assert stat.S_ISFIFO((tmp_path / "pipe.yaml").stat().st_mode)
    assert not (tmp_path / "nothing").exists()
    assert (tmp_path / "spec.yaml").read_text() == SPEC
