"""Settings on a command line: what ``--select``, ``--ignore`` and the others say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.config.configurations import Options
from archspec.config.settings import read_settings
from archspec.config.tree import value_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archspec.diagnostics import Diagnostic


class OptionError(ValueError):
    """An option has an invalid value; ``option`` is its name."""

    def __init__(self, message: str, option: str) -> None:
        super().__init__(message)
        self.option = option


def read_options(given: Mapping[str, Sequence[str] | str | None], file: str | None, *, isolated: bool) -> Options:
    """The settings from options, by key; lists may be repeated and separated by commas.

    Raises:
        OptionError: one of them has a value that means nothing.

    """
    if file is not None and isolated:
        raise OptionError("--config reads a file, and --isolated reads none: leave one out", "--config")
    values: dict[str, Any] = {}
    for key, value in given.items():
        if not value:
            continue
        listed = value if isinstance(value, str) else [part.strip() for text in value for part in text.split(",")]
        found: list[Diagnostic] = []
        tree = value_tree({key: listed})
        values |= read_settings(tree, "the options", found.append)
        for each in found:
            text = each.message if "did you mean" in each.message else "; ".join((each.message, *each.help))
            raise OptionError(text.replace("`", ""), f"--{key}")
    return Options(values, file, isolated)
