"""What happens in the middle of a run: Ctrl-C, a fork, a run within a run, runs in other threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import archspec

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and forks are those of POSIX")

SPEC = """
name: six
input: 56x56x32
layers:
  - repeat: 6
    layers:
      - conv: {filters: 32, kernel: 3, padding: same}
      - relu
  - global_avg_pool
"""

BEGINNING = f"""
import os, signal, sys
import numpy as np
import archspec
network = archspec.compile('''{SPEC}''', threads=int(sys.argv[1]))
x = np.random.default_rng(0).standard_normal((2, 56, 56, 32), np.float32)
wanted = network(x)
"""

MANY_INTERRUPTS = """
import time
signal.signal(signal.SIGALRM, signal.default_int_handler)
interrupted = 0
for delay in np.linspace(2e-4, 2e-2, 150):
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        while True:
            network(x)
    except KeyboardInterrupt:
        interrupted += 1
    assert np.array_equal(network(x), wanted)
print(interrupted)
"""

CHILDREN = """
import threading
def child():
    process = os.fork()
    if not process:
        os._exit(0 if np.array_equal(network(x), wanted) else 1)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
print(child())
told = []
network.run(x, lambda *_: told or told.append(child()))  # in the middle of a run
threading.Thread(target=lambda: [network(x) for _ in range(50)]).start()
told.append(child())  # while another thread runs
print(told)
"""

FOREVER = """
print("begin", flush=True)
while True:
    network(x)
"""


def python(script: str, threads: int) -> list[str]:
    return [sys.executable, "-W", "ignore", "-c", BEGINNING + script, str(threads)]


def output_of(script: str, threads: int) -> tuple[str, str]:
    """What a script prints; it is ended when it hangs."""
    done = subprocess.run(python(script, threads), capture_output=True, text=True, timeout=60, check=False)
    return done.stdout, done.stderr


def stopped(command: list[str], seconds: float) -> tuple[int, str, float]:
    """Ctrl-C some time after a command's first line: its status, its errors, the seconds until it has ended."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(seconds)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, errors, time.monotonic() - began


@pytest.mark.parametrize("threads", [1, 2])
def test_a_network_is_as_before_after_ctrl_c_at_any_moment(threads: int) -> None:
    assert output_of(MANY_INTERRUPTS, threads) == ("150\n", "")


def test_a_network_works_in_a_child_process() -> None:
    assert output_of(CHILDREN, 2) == ("0\n[0, 0]\n", "")


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_ends_at_once(threads: int) -> None:
    status, errors, seconds = stopped(python(FOREVER, threads), 0.05)
    assert status == -signal.SIGINT
    assert "KeyboardInterrupt" in errors
    assert seconds < 5


def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    spec = tmp_path / "long.yaml"
    spec.write_text(SPEC.replace("repeat: 6", "repeat: 2000"))
    command = [sys.executable, "-m", "archspec", "run", str(spec), "--output", str(tmp_path / "y.npy")]
    status, errors, _ = stopped(command, 0.2)
    assert (status, errors) == (130, "\ninterrupted\n")
    assert list(tmp_path.iterdir()) == [spec]


def test_a_run_within_a_run() -> None:
    network = archspec.compile(SPEC, threads=2)
    x = np.random.default_rng(0).standard_normal((2, 56, 56, 32), np.float32)
    wanted = np.asarray(network(x))
    inner: list[object] = []
    outer = network.run(x, lambda *_: inner.append(network(x)))
    assert len(inner) == len(network.plan.steps)
    for y in (*inner, outer):
        np.testing.assert_array_equal(y, wanted)


def test_networks_run_in_many_threads() -> None:
    """Batches of many sizes, so that sessions come and go."""
    network = archspec.compile(SPEC, threads=2)
    inputs = [np.full((n, 56, 56, 32), n, np.float32) for n in (1, 2, 3, 4)]
    wanted = [np.asarray(network(x)) for x in inputs]
    failed: list[int] = []

    def work(first: int) -> None:
        turns = [number % 4 for number in range(first, first + 8)]
        failed.extend(turn for turn in turns if not np.array_equal(np.asarray(network(inputs[turn])), wanted[turn]))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
