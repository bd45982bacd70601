"""The examples in the documentation of findings, tried: what archspec really says of them."""

from __future__ import annotations

import os
import shlex
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from archspec.examination import examine_family
from archspec.report.findings_text import plain_text

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.rules._documentation import Documentation, Example

BAD_FILE, GOOD_FILE = "bad.arch.yaml", "good.arch.yaml"


class Tried(NamedTuple):
    """What is told of an example: as text, and as findings where it is a file."""

    text: str
    findings: tuple[Diagnostic, ...] = ()


def try_bad(documented: Documentation) -> Tried:
    """What is told of the bad example; nothing where there is none."""
    return _tried(documented.bad, BAD_FILE)


def try_good(documented: Documentation) -> Tried:
    """What is told of the good example."""
    return _tried(documented.good, GOOD_FILE)


def _tried(example: Example, name: str) -> Tried:
    if example.is_command:
        return Tried(_output(example.text))
    return _checked(example, name) if example.text else Tried("")


def _checked(example: Example, name: str) -> Tried:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(example.text.encode(example.encoding))
        found = examine_family(path)[0].diagnostics
    return Tried(plain_text(found).replace(f"{folder}{os.sep}", ""), tuple(found))


def _output(command: str) -> str:
    """What a command line ``$ archspec ...`` prints."""
    from archspec.cli import parse  # noqa: PLC0415 - imports typer, and few examples are commands

    with redirect_stdout(StringIO()) as output:
        parse(shlex.split(command)[2:])()
    return output.getvalue().rstrip("\n")
