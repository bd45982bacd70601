"""Findings without those that their files suppress, and findings about these suppressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.rules import rule
from archspec.rules._names import RULE_NAMES
from archspec.suppression.directives import directives
from archspec.suppression.extents import Extents
from archspec.suppression.findings import no_rules, unknown_rule, unused_suppression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.rules._settings import Settings
    from archspec.source import Source, Span
    from archspec.suppression.directives import Directive


class Suppressions:
    """What the comments of some files suppress."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._directives = [directive for source in sources for directive in directives(source)]
        found: dict[tuple[Source, str], list[tuple[Directive, Span]]] = {}
        for directive in self._directives:
            for name in directive.names:
                found.setdefault((directive.comment.span.source, name.text), []).append((directive, name))
        self._extents = {key: Extents(named) for key, named in found.items()}
        self._used: set[Span] = set()

    def without(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The findings that are not suppressed."""
        return [each for each in found if not self._suppresses(each)]

    def _suppresses(self, found: Diagnostic) -> bool:
        if found.rule not in RULE_NAMES or found.span is None:
            return False
        extents = self._extents.get((found.span.source, found.rule))
        names = [*extents.at(found.span.start)] if extents else []
        self._used.update(names)
        return bool(names)

    def faults(self, left: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
        """Comments that name no rule, of which some may be meant that are ``left``, and names of none."""
        for directive in self._directives:
            if not directive.names:
                yield no_rules(directive, _reported_rules(directive, left))
            yield from (unknown_rule(name) for name in directive.names if name.text not in RULE_NAMES)

    def unused_suppressions(self, source: Source, settings: Settings) -> Iterator[Diagnostic]:
        """Names of enabled rules that report nothing where a file suppresses them."""
        for directive in self._directives:
            if directive.comment.span.source is source:
                for name in directive.names:
                    if name not in self._used and name.text in RULE_NAMES and _is_enabled(name.text, settings):
                        yield unused_suppression(directive, name)


def _reported_rules(directive: Directive, found: Iterable[Diagnostic]) -> list[str]:
    return list(dict.fromkeys(each.rule for each in found if each.rule in RULE_NAMES and directive.is_about(each)))


def _is_enabled(name: str, settings: Settings) -> bool:
    return rule(name).default if settings.selected is None else name in settings.selected
