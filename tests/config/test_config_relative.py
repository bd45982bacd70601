"""Patterns of a configuration, and the way from its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archspec.config.relative import Patterns

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    patterns = Patterns(str(tmp_path / "a"), ())
    assert patterns.path("a/b/c.yaml") == "b/c.yaml"
    assert patterns.path("c.yaml") == "../c.yaml"
    assert patterns.way("a") == ""
    assert patterns.way("a/b") == "b/"
    assert patterns.way("") == "../"


def test_another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    def relpath(*_: str) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", relpath)
    assert Patterns("/a", ()).path("/b/c.yaml") == "/b/c.yaml"
