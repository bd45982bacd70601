"""Work, counted instead of timed: lines of archspec's code that run, as many on a busy machine as on an idle one."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import archspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_CODE = str(Path(archspec.__file__).parent)


class Work:
    """What was done in a block."""

    lines = 0


@contextmanager
def work(most: int | None = None) -> Iterator[Work]:
    """Count what a block does; beyond ``most`` lines it fails at once, for what is hostile may take forever."""
    done = Work()

    def trace(frame: FrameType, _event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(_CODE):
            return None
        done.lines += 1
        assert most is None or done.lines <= most, f"more than {most} lines run"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield done
    finally:
        sys.settrace(before)


@contextmanager
def no_hanging(seconds: float) -> Iterator[None]:
    """Turn what never ends into an error, where the system has timers for that: C code runs no line that counts."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def give_up(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
