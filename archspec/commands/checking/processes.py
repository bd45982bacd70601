"""Files checked by several processes at once. They find what one process finds, and in the same order.

The processes are forked when the first files show that it pays, so that what these needed is imported already. Where
threads run, or where there is no fork, one process checks all files.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from archspec.interruption import ending_processes, holding_signals, restore_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.commands.checking.examine_file import ExaminedFile

_PAYS = 0.1
"""Seconds of work that are left for each process, from which one more pays."""
_MOST_TOKENS, _BYTES = 1_000, 4
"""Tokens in a queue, and bytes of one: together less than the smallest pipe holds."""


class ProcessError(Exception):
    """A process that checks files ended before it was done; the message says how."""


class Files(NamedTuple):
    """Files in the order in which they are checked: ``all`` is complete once the first was taken from ``paths``."""

    paths: Iterator[str]
    all: Sequence[str]


class Examiner(NamedTuple):
    """How a file is examined, and the places of all files that were read for that; ``prepare`` runs before a fork."""

    examine: Callable[[str], ExaminedFile]
    read: set[str]
    prepare: Callable[[], None]


def examine_files(files: Files, examiner: Examiner, jobs: int | None) -> list[ExaminedFile]:
    """All files examined, in their order, by at most ``jobs`` processes; by default as many as processors.

    Raises:
        ProcessError: another process ended before it was done.

    """
    most, begin = _most_processes(jobs), time.perf_counter()
    found: dict[int, ExaminedFile] = {}
    for number, path in enumerate(files.paths):
        found[number] = examiner.examine(path)
        left = len(files.all) - len(found)
        seconds = (time.perf_counter() - begin) / len(found) * left
        processes = min(most, left, int(seconds / _PAYS))
        if processes > 1:
            examiner.prepare()
            _share_out(files, examiner, found, processes)
    return [found[number] for number in sorted(found)]


def _most_processes(jobs: int | None) -> int:
    threading = sys.modules.get("threading")
    if not hasattr(os, "fork") or (threading is not None and threading.active_count() > 1):
        return 1
    return jobs or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


class _Queue:
    """Numbers of files, each of which one process takes."""

    def __init__(self, start: int, end: int) -> None:
        self._end = end
        self._each = -(-(end - start) // _MOST_TOKENS)
        self._pipe, tokens = os.pipe()
        os.write(tokens, b"".join(number.to_bytes(_BYTES, "big") for number in range(start, end, self._each)))
        os.close(tokens)

    def numbers(self) -> Iterator[int]:
        """Those that no process has taken yet."""
        while token := os.read(self._pipe, _BYTES):
            first = int.from_bytes(token, "big")
            yield from range(first, min(first + self._each, self._end))

    def close(self) -> None:
        """Forget what is left."""
        os.close(self._pipe)


def _share_out(files: Files, examiner: Examiner, found: dict[int, ExaminedFile], processes: int) -> None:
    """Examine the files that are left together with new processes."""
    queue = _Queue(len(found), len(files.all))
    results: dict[int, int] = {}
    with ending_processes() as running:
        for _ in range(processes - 1):
            with holding_signals():
                process, results_of = _fork(queue, files, examiner)
                running.add(process)
            results[process] = results_of
        at = len(found)
        for number in queue.numbers():
            for path in files.paths:  # those that other processes took are passed over
                at += 1
                if at > number:
                    found[number] = examiner.examine(path)
                    break
        for process, results_of in results.items():
            findings, read = _receive(process, results_of)
            running.discard(process)
            found.update(findings)
            examiner.read.update(read)
    queue.close()
    for _ in files.paths:  # so that progress comes to its end
        pass


def _fork(queue: _Queue, files: Files, examiner: Examiner) -> tuple[int, int]:
    """A new process that takes files from the queue, and where its results can be read."""
    results, written = os.pipe()
    parent, process = os.getpid(), os.fork()
    if not process:
        _examine_and_exit(queue, files, examiner, written, parent)
    os.close(written)
    return process, results


def _examine_and_exit(queue: _Queue, files: Files, examiner: Examiner, written: int, parent: int) -> NoReturn:
    """What a new process does; it ends here, whatever happens."""
    status = 1
    try:
        restore_signals()
        import pickle  # noqa: PLC0415 - few runs have several processes

        found = {}
        for number in queue.numbers():
            if os.getppid() != parent:
                break
            found[number] = examiner.examine(files.all[number])
        with open(written, "wb") as file:
            pickle.dump((found, examiner.read), file, pickle.HIGHEST_PROTOCOL)
        status = 0
    except BaseException:  # noqa: BLE001 - as the whole program would
        import traceback  # noqa: PLC0415 - as above

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _receive(process: int, results: int) -> tuple[dict[int, ExaminedFile], set[str]]:
    """What another process found, once it is done."""
    import pickle  # noqa: PLC0415 - few runs have several processes

    with open(results, "rb") as file:
        data = file.read()
    _, status = os.waitpid(process, 0)
    if status:
        code = os.waitstatus_to_exitcode(status)
        how = f"with status {code}" if code > 0 else f"by signal {-code}"
        raise ProcessError(f"a process that checks files ended {how}: try --jobs 1, which checks them one by one")
    found: tuple[dict[int, ExaminedFile], set[str]] = pickle.loads(data)  # noqa: S301 - written by this program
    return found
