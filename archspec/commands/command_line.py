"""Parsing a command line: only the invoked command is imported and built."""

from __future__ import annotations

import os
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from archspec._version import __version__
from archspec.baseline.options import with_baseline_file
from archspec.commands import Action, Status, refuse
from archspec.commands.colour import CHOICES, without_colour
from archspec.commands.completion import join_colons
from archspec.commands.table import COMMANDS
from archspec.commands.unknown_command import intended
from archspec.text.printable import printable


class CommandGroup(TyperGroup):
    """Lists the commands of the table, and builds one when it is invoked or completed."""

    def __init__(self, **fields: Any) -> None:
        listed = {name: TyperCommand(name, help=summary) for name, summary in COMMANDS.items()}
        super().__init__(**{**fields, "commands": listed})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The name, the command that has it, and the rest of the arguments."""
        if args and args[0] not in COMMANDS and (help_ := intended(args[0])) is not None:
            ctx.fail(f"there is no command `{printable(args[0]):.80}`: {help_}")
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and build_command(listed.name or ""), rest


class PlainCommand(TyperCommand):
    """A command whose errors have no words of the library that validates its options."""

    def make_context(self, *args: Any, **fields: Any) -> Any:
        """What is parsed."""
        try:
            return super().make_context(*args, **fields)
        except typer.BadParameter as error:
            error.message = error.message.replace("Value error, ", "")
            raise


def build_command(name: str) -> Any:
    """A command with its options, from the file of its name."""
    app = typer.Typer(add_completion=False)
    app.command(name, cls=PlainCommand)(getattr(import_module(f"archspec.commands.{name}"), name))
    return get_command(app)


def parse(arguments: list[str]) -> Action:
    """The call that a command line stands for. Help and messages about wrong options are printed here."""
    chosen: list[Action] = []
    join_colons(os.environ)
    try:
        arguments = without_colour(arguments)
    except ValueError as error:
        return partial(refuse, error)
    try:
        _command_line(chosen)(with_baseline_file(arguments))
    except SystemExit as exit_:
        if not chosen:
            code = int(exit_.code or Status.OK)
            if isinstance(exit_.__context__, BrokenPipeError):  # typer's status is 1 then, too
                raise BrokenPipeError from exit_
            if code in (Status.FINDINGS, Status.INTERRUPTED):  # nothing was looked at: typer's statuses of Ctrl-C
                raise KeyboardInterrupt from exit_
            return lambda: code
    return chosen[0]


def run(arguments: list[str]) -> int:
    """Parse and execute a command line; returns the exit status."""
    return parse(arguments)()


def _command_line(chosen: list[Action]) -> Any:
    """The parser; it adds the call of the command to ``chosen``."""

    def choose(action: Action, **_: object) -> None:
        chosen.append(action)

    app = typer.Typer(
        name="archspec",
        cls=CommandGroup,
        result_callback=choose,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(main)
    return get_command(app)


def _print_version(is_given: bool) -> None:
    if is_given:
        typer.echo(f"archspec {__version__}")
        raise typer.Exit


def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    color: Annotated[
        str, typer.Option("--color", metavar="|".join(CHOICES), help="Colours; also after the command.")
    ] = "auto",
) -> None:
    """Design and check neural-network architectures before anyone writes framework code."""
