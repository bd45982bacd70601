from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
import yaml

from archspec.source import Source
from archspec.syntax import DEFAULT_LIMITS, Limits, Node, events, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.diagnostics import Diagnostic, Fix

    Repair = Callable[[str, Fix], str]


class Check(Protocol):
    def __call__(self, text: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Node | None, list[Diagnostic]]: ...


PARSERS = {"libyaml": events.parser_class, "python": events.PurePython}


@pytest.fixture(params=PARSERS)
def check(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Parses a text with libyaml, then with PyYAML's own parser."""
    if request.param == "libyaml" and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(events, "parser_class", PARSERS[request.param])

    def run(text: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Node | None, list[Diagnostic]]:
        found: list[Diagnostic] = []
        tree = parse(Source("net.yaml", text), found.append, limits)
        return tree, sorted(found, key=lambda diagnostic: diagnostic.sort_key)

    return run


@pytest.fixture
def repair() -> Repair:
    """Applies a fix to a text."""

    def run(text: str, fix: Fix) -> str:
        for edit in sorted(fix.edits, key=lambda edit: edit.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        return text

    return run
