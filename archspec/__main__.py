"""The ``archspec`` command, and ``python -m archspec``.

From the first line on, SIGINT and SIGTERM end the program without a traceback. So what is imported before functions run
is in memory already when they are handled; ``archspec.interruption`` replaces these handlers as soon as it is imported.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # built in, while `signal` is a file
import os


def _leave(number: int, _: object) -> None:
    """There is nothing to clean up yet."""
    os._exit(128 + number)


def _set_first_handlers() -> None:
    for number in (_signal.SIGINT, _signal.SIGTERM):
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, _leave)


if __name__ == "__main__":
    _set_first_handlers()

import contextlib  # noqa: E402 - see above
import gc  # noqa: E402
import sys  # noqa: E402
from typing import NoReturn  # noqa: E402


def run_and_exit() -> NoReturn:
    """Run the command line as the whole program; signals end it.

    The program ends here: what Python does before it exits, with its own handlers again, takes long and serves nothing.
    Where another program runs this one, such as a profiler, it still has its own work to do then.
    """
    _set_first_handlers()
    from archspec.interruption import handle_signals  # noqa: PLC0415 - see above

    handle_signals()
    status = main()
    if not _is_whole_program() or sys.gettrace() or sys.getprofile():
        sys.exit(status)
    os._exit(status)


def _is_whole_program() -> bool:
    """Whether Python was started with this module, or with the script that calls it."""
    return getattr(sys.modules["__main__"], "run_and_exit", None) is run_and_exit


def main() -> int:
    """Run the command line and give its exit status.

    It is one short run that makes hundreds of thousands of small objects, so collecting them costs more than it frees.
    """
    gc.disable()
    return _status()


def _status() -> int:
    from archspec.commands import Status  # noqa: PLC0415 - see above

    _open_streams()
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return Status.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough (`archspec show ... | head`).
        _forget_output()
        return Status.OK
    except OSError as error:
        _forget_output()
        sys.stderr.write(f"error: cannot write the output: {error.strerror or error}\n")
        return Status.UNUSABLE
    return status


def _open_streams() -> None:
    """Make both outputs take any text: one that was closed is nowhere, one of few characters escapes the others."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - open to the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Discard the rest of the output: Python would fail to write it again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    is_ended = arguments[1:2] == ["--"]  # what follows is paths, whatever it looks like
    paths = arguments[1 + is_ended :]
    has_options = not is_ended and any(path.startswith("-") and path != "-" for path in paths)
    if arguments[:1] == ["check"] and paths and not has_options:
        # What CI and editors run all day needs no option parser, which takes longer to import than to check a spec.
        from archspec.commands.checking.check_files import check_files  # noqa: PLC0415 - see above

        return check_files(paths)
    from archspec.commands.command_line import run  # noqa: PLC0415 - see above

    return run(arguments)


if __name__ == "__main__":
    run_and_exit()
