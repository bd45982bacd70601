"""The examples in the documentation of findings, tried: what archspec really says of them."""

from __future__ import annotations

import os
import shlex
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, NamedTuple

from archspec.config.names import usual
from archspec.examination import examine_family
from archspec.rules._documentation import Documentation, Example, documentation
from archspec.rules._settings import DEFAULT, Settings
from archspec.text.finding_lines import finding_lines
from archspec.text.styled import Line, Segment, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.diagnostics import Diagnostic, Fix

BAD_FILE, GOOD_FILE = "bad.arch.yaml", "good.arch.yaml"


class Tried(NamedTuple):
    """What is told of an example: as lines, and as findings where it is a file."""

    lines: tuple[Line, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def text(self) -> str:
        """The lines as plain text."""
        return plain(self.lines).rstrip("\n")

    @property
    def fix(self) -> Fix | None:
        """How the finding would be repaired."""
        return next((found.fix for found in self.findings if found.fix), None)


class Entry(NamedTuple):
    """All that is known of a name: its documentation, and what is told of its bad example."""

    documented: Documentation
    bad: Tried

    @property
    def fixable(self) -> Literal["safe", "unsafe"] | None:
        """How a finding of this name can be repaired by the command."""
        fix = self.bad.fix
        return ("safe" if fix.safe else "unsafe") if fix else None


def entries(names: Iterable[str]) -> list[Entry]:
    """Documentation of names, each with its bad example tried; KeyError when no finding has a name."""
    return [Entry(found, try_bad(found)) for found in map(documentation, names)]


def try_bad(documented: Documentation) -> Tried:
    """What is told of the bad example; nothing where there is none."""
    return _tried(documented.bad, BAD_FILE, _asking_for(documented))


def try_good(documented: Documentation) -> Tried:
    """What is told of the good example."""
    return _tried(documented.good, GOOD_FILE, _asking_for(documented))


def _asking_for(documented: Documentation) -> Settings:
    """The usual rules, and this one if it is none of them."""
    return DEFAULT if documented.default else Settings(usual() | {documented.name})


def _tried(example: Example, name: str, settings: Settings) -> Tried:
    if example.is_command:
        return Tried(tuple((Segment(line),) if line else () for line in _output(example.text).splitlines()))
    return _checked(example, name, settings) if example.text else Tried()


def _checked(example: Example, name: str, settings: Settings) -> Tried:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(example.text.encode(example.encoding))
        found = tuple(examine_family(path, settings=settings)[0].diagnostics)
        lines = [line for each in found for line in ((), *finding_lines(each))]
    hidden = f"{folder}{os.sep}"
    return Tried(tuple(tuple(_without(hidden, segment) for segment in line) for line in lines[1:]), found)


def _without(folder: str, segment: Segment) -> Segment:
    """A segment in which a file is called by its name alone."""
    return segment._replace(text=segment.text.replace(folder, ""))


def _output(command: str) -> str:
    """What a command line ``$ archspec ...`` prints."""
    from archspec.cli import parse  # noqa: PLC0415 - imports typer, and few examples are commands

    arguments = [*shlex.split(command)[2:], "--output", "full"]
    if "--config" not in arguments:
        arguments.append("--isolated")  # from what happens to stand in this folder
    with redirect_stdout(StringIO()) as output:
        parse(arguments)()
    return output.getvalue()
