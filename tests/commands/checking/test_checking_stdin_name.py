"""``--stdin-filename``: standard input is the text of a file, with its name and its configuration, as ruff takes it."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from archspec.commands.command_line import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SPEC = "name: x\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Gives a text as standard input, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda text: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))


@pytest.mark.parametrize("path", [[], ["-"]])
def test_findings_have_the_name(
    path: list[str], give: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    give(_SPEC)
    assert run(["check", *path, "--stdin-filename", "nets/new.arch.yaml", "--output", "concise"]) == 1
    assert capsys.readouterr().out.startswith("nets/new.arch.yaml:4:5: error[fractional-output]")
    give(_SPEC)
    assert run(["check", *path, "--stdin-filename=a.yaml", "--output", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["file"] == "a.yaml"


def test_the_configuration_of_the_folder_applies(
    give: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets/archspec.toml").write_text('[per-file-ignores]\n"new.*" = ["fractional-output"]\n', "utf-8")
    for name, status in (("nets/new.yaml", 0), ("nets/other.yaml", 1), ("new.yaml", 1)):
        give(_SPEC)
        assert run(["check", "-", "--stdin-filename", name]) == status, capsys.readouterr().out


def test_used_files_are_those_beside_the_name(
    give: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets/blocks.yaml").write_text("blocks: {unit: [relu]}\n", "utf-8")
    give("name: x\ninput: 8x8x3\nuse: [blocks.yaml]\nlayers: [unit]\n")
    assert run(["check", "--stdin-filename", "nets/new.yaml"]) == 0, capsys.readouterr().out


def test_fixes_go_to_standard_output_and_the_file_is_not_touched(
    give: Callable[[str], None], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "new.yaml").write_text("name: other\n", "utf-8")
    give(_SPEC.replace("filters", "filter").replace("32x32", "33x33"))
    assert run(["check", "--fix", "--stdin-filename", "new.yaml"]) == 0
    assert capfdbinary.readouterr().out.decode() == _SPEC.replace("32x32", "33x33")
    assert (tmp_path / "new.yaml").read_text("utf-8") == "name: other\n"
    give(_SPEC.replace("filters", "filter").replace("32x32", "33x33"))
    assert run(["check", "--diff", "--stdin-filename", "new.yaml"]) == 1
    assert b"--- new.yaml" in capfdbinary.readouterr().out


def test_a_baseline_knows_the_file(
    give: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.yaml").write_text(_SPEC, "utf-8")
    assert run(["check", "new.yaml", "--write-baseline"]) == 0
    give(_SPEC)
    options = ["check", "--baseline", "archspec-baseline.json"]
    assert run([*options, "--stdin-filename", "new.yaml"]) == 0, capsys.readouterr().out
    give(_SPEC)
    assert run([*options, "--stdin-filename", "old.yaml"]) == 1


def test_other_paths_are_refused(give: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    give(_SPEC)
    assert run(["check", "a.yaml", "--stdin-filename", "b.yaml"]) == 2
    assert "names standard input" in capsys.readouterr().err
    assert run(["check", "--show-info"]) == 2
    assert "name files or folders" in capsys.readouterr().err
