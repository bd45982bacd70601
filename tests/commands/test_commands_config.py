"""``archspec config``: every setting with its value and origin."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from archspec import __main__ as command
from archspec.config.names import usual
from archspec.config.settings import KEYS
from archspec.rules import rule
from archspec.rules._names import NAMES
from archspec.rules._settings import Threshold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = """\
ignore = ["accepted-fit"]
severity = {unused-layer = "error"}
[per-file-ignores]
"old/" = ["shape"]
"""


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, config: str | None = None) -> tuple[int, str, str]:
        if config is not None:
            (tmp_path / "archspec.toml").write_text(config, "utf-8")
        monkeypatch.setattr(sys, "argv", ["archspec", "config", *arguments])
        return (int(command.main()), *capsys.readouterr())

    return call


def test_defaults(run: Callable[..., tuple[int, str, str]]) -> None:
    status, out, err = run()
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "file: none"
    end = lines.index("", 3)
    assert [line.split()[0] for line in lines[3:end]] == [key for key in KEYS if key != "thresholds"]
    assert all(line.split()[1] == "default" for line in lines[3:end])
    assert lines[-1] == f"{len(usual())} of {len(NAMES)} rules are on; --format json names them"


def test_every_setting_and_where_it_came_from(run: Callable[..., tuple[int, str, str]]) -> None:
    status, out, _ = run("--ignore", "cost", "--fail-on", "info", config=CONFIG)
    assert status == 0
    rows = dict(line.split(maxsplit=1) for line in out.splitlines() if len(line.split()) > 1)
    assert out.splitlines()[0] == "file: archspec.toml"
    assert rows["severity"].split(maxsplit=1) == ["archspec.toml:2", '{unused-layer = "error"}']
    assert rows["per-file-ignores"].split(maxsplit=1) == ["archspec.toml:3", '{"old/" = ["shape"]}']
    assert rows["fail-on"].startswith("command line  ")
    assert rows["fail-on"].endswith('  "info"')
    assert rows["ignore"].endswith('["accepted-fit", "cost"]')
    assert rows["ignore"].startswith("archspec.toml:1, command line")


def test_select_leaves_the_file_s_choice_aside(run: Callable[..., tuple[int, str, str]]) -> None:
    data = json.loads(run("--select", "shape", "--format", "json", config=CONFIG)[1])
    assert data["settings"]["ignore"] == {"value": [], "from": "default"}
    assert data["settings"]["select"] == {"value": ["shape"], "from": "command line"}
    assert "accepted-fit" in data["rules"]
    assert "unused-layer" not in data["rules"]


def test_json(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    data = json.loads(run("--format", "json", config=CONFIG)[1])
    assert (data["version"], data["file"]) == (1, "archspec.toml")
    assert data["settings"]["select"] == {"value": None, "from": "default"}
    assert set(data["rules"]) == usual() - {"accepted-fit"}
    assert data["rules"]["unused-layer"] == "error"
    assert data["rules"]["unused-anchor"] == "warning"
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.yaml").touch()
    below = json.loads(run("old/a.yaml", "--format", "json")[1])
    assert below["file"] == "archspec.toml"
    assert "pool-padding" in data["rules"]
    assert "pool-padding" not in below["rules"]


def test_thresholds_are_settings_of_their_own(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule("too-large"), "thresholds", {"most": Threshold(50, "a"), "least": Threshold(2, "b")})
    settings = json.loads(run("--format", "json", config="[thresholds]\nmost = '1k'\n")[1])["settings"]
    assert settings["thresholds.most"] == {"value": 1000, "from": "archspec.toml:1"}
    assert settings["thresholds.least"] == {"value": 2, "from": "default"}


def test_both_files(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.archspec]\n", "utf-8")
    assert run()[1].startswith("file: pyproject.toml\n\n")
    assert run(config="")[1].startswith(
        "file: archspec.toml\n      pyproject.toml is ignored: archspec.toml takes precedence in the same folder\n"
    )
    assert run("--isolated")[1].startswith("file: none\n")


def test_faulty(run: Callable[..., tuple[int, str, str]]) -> None:
    status, out, err = run(config="colour = true\n")
    assert (status, out) == (2, "")
    assert err.startswith("error[invalid-configuration]: the configuration has no `colour`\n")
    assert run("nowhere") == (2, "", "error: nowhere does not exist\n")
