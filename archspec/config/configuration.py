"""The configuration of the files of a folder."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.diagnostics import Severity
from archspec.rules._settings import DEFAULT, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.config.relative import Ignored, Patterns
    from archspec.diagnostics import Diagnostic

FAILING = {
    "error": frozenset((Severity.ERROR,)),
    "warning": frozenset((Severity.ERROR, Severity.WARNING)),
    "info": frozenset(Severity),
    "never": frozenset[Severity](),
}
"""What ``fail-on`` may be -> the severities that give exit status 1."""


class Configuration(NamedTuple):
    """The configuration of a folder's files; ``values`` are the settings, ``origins`` where each is set."""

    values: Mapping[str, Any] = MappingProxyType({})
    origins: Mapping[str, str] = MappingProxyType({})
    rules: Settings = DEFAULT
    ignored: tuple[Ignored, ...] = ()
    severities: Mapping[str, Severity] = MappingProxyType({})
    excluded: tuple[Patterns, ...] | None = None
    """None: the default exclusions."""
    respects_gitignore: bool = True
    variants: tuple[str, ...] = ()
    fail_on: str = "error"

    def rules_of(self, path: str) -> Settings:
        """The rules that are enabled for a file."""
        if not self.ignored:
            return self.rules
        return self.rules._replace(selected=(self.rules.selected or frozenset()) - self._ignored_in(path))

    def heard(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """Findings without those that are ignored in the file where they are, which a spec may use."""
        if not self.ignored:
            return found
        ignored = {file: self._ignored_in(file) for file in {each.file for each in found}}
        return [each for each in found if each.rule not in ignored[each.file]]

    def _ignored_in(self, path: str) -> frozenset[str]:
        from archspec.files.patterns import is_left_out  # noqa: PLC0415 - few have any

        matching = (each.rules for each in self.ignored if is_left_out(each.files.path(path), each.files.patterns))
        return frozenset().union(*matching)

    def with_severities(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """Findings with the severities that are configured, and whether they fail a check."""
        if not self.severities and self.fail_on == USUAL.fail_on:
            return found
        failing = FAILING[self.fail_on]
        severities = [self.severities.get(each.rule, each.severity) for each in found]
        pairs = zip(found, severities, strict=True)
        return [each._replace(severity=severity, fails=severity in failing) for each, severity in pairs]


USUAL = Configuration()
"""The default configuration."""
