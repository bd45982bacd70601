"""Starts the program, unless the package named archspec here is another distribution's, which describes CPUs."""

from __future__ import annotations

import sys

_OTHER = """\
error: the package `archspec` in {folder} is not that of archspec-nn
  Another distribution named archspec, which describes CPUs, has replaced it: the two cannot share an environment.
  Install archspec-nn into an environment of its own: uv tool install archspec-nn
  Or replace the other one here: python -m pip uninstall archspec
                                 python -m pip install --force-reinstall archspec-nn
"""


def run_and_exit() -> None:
    """Run the command line; status 2 where the package is not ours."""
    try:
        import archspec  # noqa: PLC0415 - it may be missing, or another's
    except ImportError as error:
        sys.stderr.write(_OTHER.format(folder=error.path or sys.prefix))
        sys.exit(2)
    if "GraphBuilder" not in getattr(archspec, "__all__", ()):
        sys.stderr.write(_OTHER.format(folder=next(iter(archspec.__path__), sys.prefix)))
        sys.exit(2)
    from archspec.__main__ import run_and_exit as run  # noqa: PLC0415 - the other one's runs when it is imported

    run()
