"""The ``archspec`` command, and ``python -m archspec``."""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from archspec.commands import Status


def main() -> int:
    """Run the command line and give its exit status.

    It is one short run that makes hundreds of thousands of small objects, so collecting them costs more than it frees:
    none are collected on the way, and at the end Python is spared looking through those that are left.
    """
    gc.disable()
    try:
        return _status()
    finally:
        gc.freeze()


def _status() -> int:
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
    paths = arguments[1:]
    if arguments[:1] == ["check"] and paths and not any(path.startswith("-") and path != "-" for path in paths):
        # What CI and editors run all day needs no option parser, which takes longer to import than to check a spec.
        from archspec.commands.checking.check_files import check_files  # noqa: PLC0415 - see above

        return check_files(paths)
    from archspec.commands.command_line import run  # noqa: PLC0415 - see above

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
