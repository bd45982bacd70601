"""The ``archspec`` command, and ``python -m archspec``."""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from archspec.commands import Status


def main() -> int:
    """Run the command line and give its exit status."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # looking for plugins reads every installed package
    gc.disable()  # one short run that makes hundreds of thousands of small objects: collecting costs more than it frees
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that can't show a character still shows the rest
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return Status.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough (`archspec show ... | head`). Python would complain at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.OK
    return status


def _run(arguments: list[str]) -> int:
    paths = arguments[1:]
    if arguments[:1] == ["check"] and paths and not any(path.startswith("-") and path != "-" for path in paths):
        # What CI and editors run all day needs no option parser, which takes longer to import than to check a spec.
        from archspec.commands.check import check  # noqa: PLC0415 - see above

        return check(paths)
    from archspec.cli import parse  # noqa: PLC0415 - see above

    return parse(arguments)()


if __name__ == "__main__":
    sys.exit(main())
