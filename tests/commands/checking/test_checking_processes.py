"""Several processes find what one finds, and end with the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from archspec.commands.checking import processes
from archspec.commands.checking.examine_file import ExaminedFile
from archspec.commands.checking.processes import Examiner, Files, examine_files
from archspec.diagnostics import Diagnostic
from archspec.report.formats import FINDINGS_FORMATS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")

CASES = sorted((Path(__file__).parents[2] / "cases").glob("*.yaml"))[:40]
EAGER = """
import os, sys, time
from archspec.commands.checking import check_files, processes
processes._PAYS = 1e-9
{}
from archspec.__main__ import run_and_exit
run_and_exit()
"""
"""The program, which starts processes for any work, and has this done first."""


def command(*arguments: object, first: str = "") -> list[str]:
    return [sys.executable, "-c", EAGER.format(first), "check", *map(str, arguments)]


def check(*arguments: object, first: str = "") -> subprocess.CompletedProcess[bytes]:
    folder = Path(__file__).parents[3]
    return subprocess.run(command(*arguments, first=first), capture_output=True, check=False, timeout=120, cwd=folder)


@pytest.mark.parametrize("name", FINDINGS_FORMATS)
def test_every_format_is_the_same(name: str) -> None:
    one, three = (check("--output", name, "--show-info", "--jobs", jobs, *CASES) for jobs in (1, 3))
    assert one.stdout
    assert (three.stdout, three.stderr, three.returncode) == (one.stdout, one.stderr, one.returncode)


def test_more_files_than_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PAYS", 1e-12)
    monkeypatch.setattr(processes, "_MOST_TOKENS", 7)
    monkeypatch.setattr(processes, "_most_processes", lambda _: 3)
    names = [f"{number}.yaml" for number in range(100)]
    read: set[str] = set()

    def examine(path: str) -> ExaminedFile:
        read.add(f"{path} by {os.getpid()}")
        return ExaminedFile([Diagnostic("rule", path)], (path,))

    examiner = Examiner(examine, read, lambda: None)
    found = examine_files(Files(iter(names), names), examiner, None)
    assert [(*(finding.message for finding in each.findings), *each.unknown) for each in found] == [
        (name, name) for name in names
    ]
    assert sorted(each.partition(" ")[0] for each in read) == sorted(names)


def test_a_faulty_configuration_is_reported_once(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"n{number}.arch.yaml").write_text("name: n\ninput: 8x8x3\nlayers:\n  - relu\n")
    (tmp_path / "archspec.toml").write_text("selct = 3\n")
    one, three = (check("--jobs", jobs, tmp_path) for jobs in (1, 3))
    assert one.stdout.count(b"selct") >= 1
    assert three.stdout == one.stdout


def test_baselines_note_what_all_processes_read(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"n{number}.arch.yaml").write_text("name: n\ninput: 8x8x3\nlayers:\n  - max_pool: {kernel: 3}\n")
    file = tmp_path / "known.json"
    assert check("--jobs", 3, "--write-baseline", file, tmp_path).returncode == 0
    one, three = (check("--jobs", jobs, "--baseline", file, tmp_path) for jobs in (1, 3))
    assert (three.stdout, three.returncode) == (one.stdout, one.returncode) == (one.stdout, 0)


IN_A_CHILD = """
examine = check_files.examine_file
def odd(path, **options):
    if os.getpid() != parent:
        {}
    time.sleep(0.2)
    return examine(path, **options)
parent, check_files.examine_file = os.getpid(), odd
"""


def test_a_process_that_is_killed_is_an_error() -> None:
    ended = check("--jobs", 2, *CASES[:6], first=IN_A_CHILD.format("os.kill(os.getpid(), 9)"))
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr == (
        b"error: a process that checks files ended by signal 9: try --jobs 1, which checks them one by one\n"
    )


def test_a_process_that_fails_shows_why() -> None:
    ended = check("--jobs", 2, *CASES[:6], first=IN_A_CHILD.format("raise OSError('odd')"))
    assert ended.returncode == 2
    assert b"OSError: odd" in ended.stderr
    assert b"error: a process that checks files ended with status 1" in ended.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("is_group", [False, True])
def test_a_signal_ends_all_processes(number: signal.Signals, status: int, is_group: bool, tmp_path: Path) -> None:
    file = tmp_path / "child"
    first = IN_A_CHILD.format(f"open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    with subprocess.Popen(
        command("--jobs", 2, *CASES[:6], first=first),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as program:
        while not (file.exists() and file.read_text()):
            time.sleep(0.01)
        (os.killpg if is_group else os.kill)(program.pid, number)
        _, errors = program.communicate(timeout=60)
    assert program.returncode == status
    assert errors in (b"\ninterrupted\n", b"\nterminated\n")
    child = int(file.read_text())
    deadline = time.monotonic() + 30
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_where_threads_run_one_process_checks_all() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert processes._most_processes(4) == 1
    finally:
        done.set()
        thread.join()
