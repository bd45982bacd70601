"""The examples in the documentation of findings, and what archspec reports for them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Literal, NamedTuple

from archspec.config.names import usual
from archspec.examination import examine_family
from archspec.rules._documentation import Documentation, Example, documentation
from archspec.rules._settings import DEFAULT, Settings
from archspec.syntax.copies import Copies, place, reading_from
from archspec.text.finding_lines import finding_lines
from archspec.text.styled import Line, Segment, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.diagnostics import Diagnostic, Fix

BAD_FILE, GOOD_FILE = "bad.arch.yaml", "good.arch.yaml"


Command = Callable[[list[str]], object]
"""Runs a command line, given as words without the program's name, and prints to standard output."""


class ExampleResult(NamedTuple):
    """What is reported for an example: as lines, and as findings where it is a file."""

    lines: tuple[Line, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def text(self) -> str:
        """The lines as plain text."""
        return plain(self.lines).rstrip("\n")

    @property
    def fix(self) -> Fix | None:
        """The first fix of its findings."""
        return next((found.fix for found in self.findings if found.fix), None)


class RulePage(NamedTuple):
    """The documentation of a rule or finding, with what is reported for its bad example."""

    documented: Documentation
    bad: ExampleResult

    @property
    def fixable(self) -> Literal["safe", "unsafe"] | None:
        """The safety of the fix that is offered; None without a fix."""
        fix = self.bad.fix
        return ("safe" if fix.safe else "unsafe") if fix else None


def rule_pages(names: Iterable[str], run: Command) -> list[RulePage]:
    """Documentation of names, each with its bad example run; KeyError when no finding has a name."""
    return [RulePage(found, try_bad(found, run)) for found in map(documentation, names)]


def try_bad(documented: Documentation, run: Command) -> ExampleResult:
    """What is reported for the bad example, if there is one. ``run`` is for an example that is a command."""
    return _result(documented.bad, BAD_FILE, _settings(documented), run)


def try_good(documented: Documentation, run: Command) -> ExampleResult:
    """What is reported for the good example."""
    return _result(documented.good, GOOD_FILE, _settings(documented), run)


def _settings(documented: Documentation) -> Settings:
    """The default rules, and this one."""
    return DEFAULT if documented.default else Settings(usual() | {documented.name})


def _result(example: Example, name: str, settings: Settings, run: Command) -> ExampleResult:
    if example.is_command:
        return ExampleResult(
            tuple((Segment(line),) if line else () for line in _output(example.text, run).splitlines())
        )
    return _check(example, name, settings) if example.text else ExampleResult()


def _check(example: Example, name: str, settings: Settings) -> ExampleResult:
    copies = Copies()
    copies.data[place(name)] = example.text.encode(example.encoding)
    with reading_from(copies):
        found = tuple(examine_family(name, settings=settings)[0].diagnostics)
    lines = [line for each in found for line in ((), *finding_lines(each))]
    return ExampleResult(tuple(lines[1:]), found)


def _output(command: str, run: Command) -> str:
    """What a command line ``$ archspec ...`` prints."""
    arguments = [*shlex.split(command)[2:], "--output", "full"]
    if "--config" not in arguments:
        arguments.append("--isolated")  # from a configuration of the current folder
    with redirect_stdout(StringIO()) as output:
        run(arguments)
    return output.getvalue()
