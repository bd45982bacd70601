"""``archspec check --watch``, on real files that change in the ways editors change them."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from archspec import __main__ as command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

needs_watchfiles = pytest.mark.skipif(find_spec("watchfiles") is None, reason="the extra `watch` is not installed")
posix = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C of POSIX")
GOOD = "name: a\ninput: 8x8x3\nlayers:\n  - relu\n"
BAD = GOOD.replace("relu", "xyzzy")
_PATIENCE = 20


def _heed_ctrl_c() -> None:
    """Shells start what is to run in the background with Ctrl-C ignored, and so is then all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Watching:
    """The command at work; what it has to say comes a line at a time."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "archspec", "check", "--watch", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            preexec_fn=_heed_ctrl_c if os.name == "posix" else None,  # noqa: PLW1509 - it only sets a handler
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def result(self) -> str:
        """All that is printed up to the next line that tells the time."""
        lines: list[str] = []
        while not lines or not lines[-1].startswith("checked at "):
            lines.append(self._lines.get(timeout=_PATIENCE))
        return "".join(lines)

    def until(self, words: str) -> str:
        """The first result that has some words: one change may give several notices."""
        while words not in (result := self.result()):
            pass
        return result


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    running: list[Watching] = []

    def start(*arguments: str) -> Watching:
        running.append(Watching(tmp_path, *arguments))
        return running[-1]

    yield start
    for each in running:
        each.process.kill()
        each.process.communicate()


@needs_watchfiles
def test_file_is_written_replaced_deleted_and_made_anew(watching: Callable[..., Watching], tmp_path: Path) -> None:
    net = tmp_path / "net.yaml"
    net.write_text(GOOD)
    watched = watching("net.yaml")
    first = watched.result()
    assert first.startswith("1 file checked: no findings\nchecked at ")
    assert first.endswith("watching 1 file; Ctrl-C to stop\n")
    net.write_text(BAD)
    watched.until("1 error in 1 file")
    (tmp_path / ".net.yaml.new").write_text(GOOD)
    (tmp_path / ".net.yaml.new").replace(net)
    watched.until("no findings")
    net.unlink()
    watched.until("error[unreadable-file]")
    net.write_text(BAD)
    watched.until("there is no operator `xyzzy`")


@needs_watchfiles
def test_used_files_and_new_files_in_a_folder(watching: Callable[..., Watching], tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    (specs / "parts").mkdir(parents=True)
    (specs / "net.yaml").write_text("name: a\ninput: 8x8x3\nuse: parts/common.yaml\nlayers: [b]\n")
    common = specs / "parts" / "common.yaml"
    common.write_text("blocks:\n  b: [relu]\n")
    watched = watching("specs")
    assert "watching 2 files" in watched.result()
    common.write_text("blocks:\n  b: [xyzzy]\n")
    watched.until("common.yaml:2:7")
    common.write_text("blocks:\n  b: [relu]\n")
    watched.until("no findings")
    (specs / "parts" / "more.arch.yaml").write_text(BAD)
    watched.until("1 error in 2 files")


@needs_watchfiles
@posix
def test_ctrl_c_ends_it(watching: Callable[..., Watching], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(BAD)
    watched = watching("net.yaml")
    watched.result()
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(_PATIENCE) == 0


@needs_watchfiles
@posix
@pytest.mark.parametrize("delay", [0, 0.001, 0.003, 0.01, 0.03, 0.1, 1.1])
def test_ctrl_c_ends_it_at_any_moment(watching: Callable[..., Watching], tmp_path: Path, delay: float) -> None:
    (tmp_path / "net.yaml").write_text(GOOD)
    watched = watching("net.yaml")
    watched.result()
    (tmp_path / "net.yaml").write_text(BAD)
    time.sleep(delay)  # it waits, notices, checks again or waits again
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(_PATIENCE) == 0


LOST = """
import signal, sys
from archspec.__main__ import run_and_exit
from archspec.commands.checking import watch

class Dropped:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def {name}(*arguments, really=watch.{name}):
    Dropped()
    return really(*arguments)

watch.{name} = {name}
sys.argv = ["archspec", "check", "--watch", "net.yaml"]
run_and_exit()
"""


@needs_watchfiles
@posix
@pytest.mark.parametrize(("name", "results"), [("check_files", 0), ("_states", 0), ("_wait", 1)])
def test_ctrl_c_ends_a_watch_where_python_cannot_raise(tmp_path: Path, name: str, results: int) -> None:
    """As in a destructor, and in what runs at the end of an import."""
    (tmp_path / "net.yaml").write_text(GOOD)
    ran = subprocess.run(
        [sys.executable, "-c", LOST.format(name=name)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        check=True,
        preexec_fn=_heed_ctrl_c,
    )
    assert ran.stdout.count("checked at") == results
    assert ran.stderr == "\n"


@pytest.mark.parametrize("options", [["--fix"], ["--diff"], ["--write-baseline"]])
def test_it_only_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["net.yaml", *options], ["-"]):
        monkeypatch.setattr(sys, "argv", ["archspec", "check", "--watch", *arguments])
        assert command.main() == 2
        assert "it only checks" in capsys.readouterr().err


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    monkeypatch.setattr(sys, "argv", ["archspec", "check", "--watch", "net.yaml"])
    assert command.main() == 2
    assert capsys.readouterr().err == 'error: --watch needs watchfiles: pip install "archspec-nn[watch]"\n'
