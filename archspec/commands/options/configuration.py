"""Options that replace settings of a configuration file."""

from __future__ import annotations

from typing import Annotated

import typer

from archspec.commands import completion
from archspec.config.configurations import Options

SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE,...",
        help="Rules or groups to enable (`all` for every rule).",
        autocompletion=completion.rule_lists,
    ),
]
ExtendOption = Annotated[
    list[str] | None,
    typer.Option(
        "--extend-select",
        metavar="RULE,...",
        help="Rules or groups to enable as well.",
        autocompletion=completion.rule_lists,
    ),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="RULE,...", help="Rules or groups to disable.", autocompletion=completion.rule_lists
    ),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="PATTERN,...", help="Files to skip in folders, patterns as in .gitignore."),
]
FailOption = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="error|warning|info|never",
        help="Lowest severity that makes the command fail.",
        autocompletion=completion.severities,
    ),
]
ConfigOption = Annotated[str | None, typer.Option("--config", metavar="FILE", help="Read this configuration only.")]
IsolatedOption = Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")]


def configuration_options(file: str | None, isolated: bool, /, **values: list[str] | str | None) -> Options:
    """The settings from options; ``values`` has them by key."""
    if file is None and not isolated and not any(values.values()):
        return Options()
    from archspec.config.options import OptionError, read_options  # noqa: PLC0415 - most runs have none of them

    try:
        return read_options({key.replace("_", "-"): value for key, value in values.items()}, file, isolated=isolated)
    except OptionError as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from None
