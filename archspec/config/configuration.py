"""What is configured for the files of a folder, ready to be applied."""

# ruff: noqa: PTH100 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.diagnostics import Severity
from archspec.rules._settings import DEFAULT, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.diagnostics import Diagnostic
    from archspec.patterns import Pattern

FAILING = {
    "error": frozenset((Severity.ERROR,)),
    "warning": frozenset((Severity.ERROR, Severity.WARNING)),
    "info": frozenset(Severity),
    "never": frozenset[Severity](),
}
"""What ``fail-on`` may be -> the severities that give exit status 1."""


class Patterns(NamedTuple):
    """Patterns of files, and the folder that their paths are relative to."""

    folder: str
    patterns: tuple[Pattern, ...]

    def path(self, file: str) -> str:
        """The path of a file from there: ``a/b``."""
        return os.path.relpath(os.path.abspath(file), self.folder).replace(os.sep, "/")

    def way(self, folder: str) -> str:
        """The way from there to a folder: ``a/b/``, or nothing."""
        path = self.path(folder)
        return "" if path == "." else f"{path}/"


class Ignored(NamedTuple):
    """Rules that are not told of in some files."""

    files: Patterns
    rules: frozenset[str]


class Configuration(NamedTuple):
    """What holds for the files of a folder; ``values`` are the settings as given, ``origins`` where each was."""

    values: Mapping[str, Any] = MappingProxyType({})
    origins: Mapping[str, str] = MappingProxyType({})
    rules: Settings = DEFAULT
    ignored: tuple[Ignored, ...] = ()
    severities: Mapping[str, Severity] = MappingProxyType({})
    excluded: tuple[Patterns, ...] | None = None
    """None: what is passed over by default."""
    respects_gitignore: bool = True
    variants: tuple[str, ...] = ()
    fail_on: str = "error"

    def rules_of(self, path: str) -> Settings:
        """Which rules look at a file."""
        if not self.ignored:
            return self.rules
        from archspec.patterns import covered  # noqa: PLC0415 - few have any

        without = [each.rules for each in self.ignored if covered(each.files.path(path), each.files.patterns)]
        return self.rules._replace(selected=(self.rules.selected or frozenset()).difference(*without))

    def weighed(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """Findings with the severities that are configured, and whether they fail a check."""
        if not self.severities and self.fail_on == USUAL.fail_on:
            return found
        failing = FAILING[self.fail_on]
        severities = [self.severities.get(each.rule, each.severity) for each in found]
        pairs = zip(found, severities, strict=True)
        return [each._replace(severity=severity, fails=severity in failing) for each, severity in pairs]


USUAL = Configuration()
"""What holds where nothing is configured."""
