"""SIGINT and SIGTERM at any moment: the status says so, nothing is lost, nothing is left, and there is no traceback."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from archspec.interruption import holding_signals, unfinished_file

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="which signals are handled is read as Linux shows it"
)
GROUND = "input: 32x32x3\nlayers:\n"
BAD = f"name: a\n{GROUND}  - ReLU\n" + "  - {conv: {filters: 8, kernel: 3, padding: 1}}\n  - relu\n" * 12
GOOD = BAD.replace("ReLU", "relu")
KNOWN = '{"archspec-baseline": 1, "files": {}}\n'
_PATIENCE = 60


class Case(NamedTuple):
    """A command, its status when nothing stops it, and the only file that it changes or the folder that it fills."""

    words: str
    status: int
    changed: str


CASES = (
    Case("check bad.yaml", 1, ""),
    Case("check --fix bad.yaml", 0, "bad.yaml"),
    Case("check --fix linked.yaml", 0, "linked.yaml"),
    Case("check bad.yaml --write-baseline known.json", 0, "known.json"),
    Case("run good.yaml --feature-maps maps", 0, "maps"),
    Case("run good.yaml --output y.npy", 0, "y.npy"),
    Case("rule fractional-output", 0, ""),
)


def make_folder(folder: Path) -> dict[str, bytes]:
    """The files of a project; what is in them."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "temporary").mkdir(parents=True)
    files = {"bad.yaml": BAD, "good.yaml": GOOD, "known.json": KNOWN, "linked.yaml": BAD}
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "again.yaml").hardlink_to(folder / "linked.yaml")
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def start(folder: Path, case: Case) -> subprocess.Popen[bytes]:
    """The command, as soon as it handles signals."""
    process = subprocess.Popen(
        [sys.executable, "-m", "archspec", *case.words.split()],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(folder / "temporary")},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and not catches(process.pid, signal.SIGTERM):
        assert time.monotonic() < end, "signals are not handled"
    return process


def catches(process: int, number: int) -> bool:
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    except OSError:
        return False
    caught = next((line for line in lines if line.startswith("SigCgt:")), "SigCgt: 0")
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def duration(folder: Path, case: Case) -> float:
    """Seconds from when signals are handled to the end; what is left then is what the case says."""
    before = make_folder(folder)
    process = start(folder, case)
    begun = time.monotonic()
    _, err = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, err) == (case.status, b"")
    check_files(folder, case, before, is_whole=True)
    return time.monotonic() - begun


def stop(folder: Path, case: Case, number: int, after: float) -> bool:
    """Stop a command after some seconds; whether it was not at its end before that."""
    before = make_folder(folder)
    process = start(folder, case)
    time.sleep(after)
    process.send_signal(number)
    _, err = process.communicate(timeout=_PATIENCE)
    is_stopped = process.returncode != case.status
    assert process.returncode in (case.status, 128 + number)
    assert err.decode() in (("", "\ninterrupted\n", "\nterminated\n") if is_stopped else ("",))
    check_files(folder, case, before, is_whole=not is_stopped)
    return is_stopped


def check_files(folder: Path, case: Case, before: dict[str, bytes], *, is_whole: bool) -> None:
    """Each file is as it was, or whole as it is to be; there is no other."""
    found = contents(folder)
    for name in sorted(before.keys() | found.keys()):
        data = found.get(name, b"")
        is_its = bool(case.changed) and name.startswith((case.changed, "again" if "linked" in case.changed else "none"))
        assert name in before or is_its, f"{name} was left"
        if not is_its or (name in before and not is_whole and data == before[name]):
            assert data == before[name], f"{name} was lost"
        else:
            check_whole(name, data)
    assert (folder / "again.yaml").samefile(folder / "linked.yaml")


def check_whole(name: str, data: bytes) -> None:
    match Path(name).suffix:
        case ".yaml":
            assert data.decode() == GOOD
        case ".json":
            assert json.loads(data)["files"]
        case ".png":
            assert data.endswith(b"IEND\xaeB`\x82")
        case ".npy":
            assert len(data) == 128 + 4 * 32 * 32 * 8
        case _:
            pytest.fail(f"{name} is unknown")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
@pytest.mark.parametrize("case", CASES, ids=[case.words for case in CASES])
def test_a_few_moments(tmp_path: Path, case: Case, number: int) -> None:
    whole = duration(tmp_path, case)
    assert stop(tmp_path, case, number, 0)
    for part in (0.3, 0.7, 0.9):
        stop(tmp_path, case, number, whole * part)


@pytest.mark.proof
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
@pytest.mark.parametrize("case", CASES, ids=[case.words for case in CASES])
def test_two_hundred_moments(tmp_path: Path, case: Case, number: int) -> None:
    whole = duration(tmp_path, case)
    drawn = random.Random(0)  # noqa: S311 - no secret
    stopped = sum(stop(tmp_path, case, number, drawn.random() * whole) for _ in range(200))
    assert stopped > 50


IN_A_PROGRAM = """
import signal, sys
from archspec.interruption import handle_signals, holding_signals, unfinished_file
handle_signals()
class Dropped:
    def __del__(self):
        signal.raise_signal(signal.{name})
with unfinished_file("left"):
    open("left", "w").close()
    try:
        {block}
    except BaseException:
        print("an exception")
print("went on", flush=True)
"""


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("block", ["signal.raise_signal(signal.{name})", "Dropped()"], ids=["plain", "destructor"])
def test_a_signal_ends_a_program_where_python_cannot_raise(tmp_path: Path, name: str, status: int, block: str) -> None:
    text = IN_A_PROGRAM.format(name=name, block=block.format(name=name))
    ran = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (status, b"")
    assert ran.stderr == {"SIGINT": b"\ninterrupted\n", "SIGTERM": b"\nterminated\n"}[name]
    assert list(tmp_path.iterdir()) == []


def test_a_signal_waits_for_what_must_not_be_left_half_done(tmp_path: Path) -> None:
    lines = """with holding_signals():
            with holding_signals():
                signal.raise_signal(signal.SIGTERM)
            print("done", flush=True)"""
    text = IN_A_PROGRAM.format(name="SIGTERM", block=lines)
    ran = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (143, b"done\n")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    make_folder(tmp_path)
    line = f"trap '' INT TERM; {sys.executable} -m archspec check - & echo $!"
    shell = subprocess.run(["sh", "-c", line], stdin=subprocess.DEVNULL, capture_output=True, check=True, cwd=tmp_path)
    assert b"Traceback" not in shell.stderr
    text = "import signal; from archspec import interruption; interruption.handle_signals();"
    text += "print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    ran = subprocess.run(
        ["sh", "-c", f"trap '' INT; exec {sys.executable} -c '{text}'"], capture_output=True, check=True
    )
    assert ran.stdout == b"True\n"


def test_a_library_cleans_up_by_exceptions(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(KeyboardInterrupt), unfinished_file(str(path)), holding_signals():
        raise KeyboardInterrupt
    assert not path.exists()
    assert signal.getsignal(signal.SIGINT) is before
