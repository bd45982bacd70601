"""A configuration that a program gives to ``archspec.check``."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

import archspec

if TYPE_CHECKING:
    from pathlib import Path

BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(BAD, "utf-8")
    return tmp_path / "bad.yaml"


def told(*given: object) -> list[str]:
    return [each.rule for each in archspec.check(*given)]  # type: ignore[arg-type]


def test_no_file_is_read_without_being_asked_for(spec: Path) -> None:
    (spec.parent / "archspec.toml").write_text("ignore = ['shape']\n", "utf-8")
    assert told(spec) == ["fractional-output"]
    assert told(spec, spec.parent / "archspec.toml") == []
    assert told(str(spec), str(spec.parent / "archspec.toml")) == []


def test_settings_by_name(spec: Path) -> None:
    assert told(spec, {"ignore": ("fractional-output",)}) == []
    assert told(spec, {}) == ["fractional-output"]
    (found,) = archspec.check(spec, {"severity": {"fractional-output": "warning"}, "fail-on": "warning"})
    assert (found.severity, found.is_failing) == ("warning", True)


def test_ignores_of_files_are_for_paths(spec: Path) -> None:
    config = {"per-file-ignores": {"*.yaml": ["shape"]}}
    assert told(spec, config) == []
    assert told(archspec.load(spec), config) == ["fractional-output"]
    assert told(BAD, config) == ["fractional-output"]


def test_faults(spec: Path) -> None:
    with pytest.raises(archspec.ConfigError, match="the configuration has no `selct`; did you mean `select`") as caught:
        archspec.check(spec, {"selct": [], "exclude": "a", "severity": {"shape": 1}})
    assert isinstance(caught.value, ValueError)
    assert len(caught.value.diagnostics) == 4
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert str(again) == str(caught.value)
    with pytest.raises(archspec.ConfigError, match="cannot be read: No such file"):
        archspec.check(spec, "missing.toml")
