"""Which file configures a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archspec.config.nearest_file import has_table, nearest_file

TABLE = "[tool.archspec]\n"


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")


def test_the_nearest_with_a_table(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    write(deep, pyproject="[project]\nname = 'archspec'\n")
    write(deep.parent, pyproject=TABLE)
    write(tmp_path, archspec="")
    known: dict[str, str | None] = {}
    assert nearest_file(str(deep), known) == str(tmp_path / "a" / "b" / "pyproject.toml")
    assert nearest_file(str(tmp_path / "a"), known) == str(tmp_path / "archspec.toml")
    assert known == {
        str(deep): str(deep.parent / "pyproject.toml"),
        str(deep.parent): str(deep.parent / "pyproject.toml"),
        str(tmp_path / "a"): str(tmp_path / "archspec.toml"),
        str(tmp_path): str(tmp_path / "archspec.toml"),
    }


def test_archspec_toml_counts_before_pyproject(tmp_path: Path) -> None:
    write(tmp_path, archspec="", pyproject=TABLE)
    assert nearest_file(str(tmp_path), {}) == str(tmp_path / "archspec.toml")


def test_no_file_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "a" / "b"
    known: dict[str, str | None] = {str(tmp_path): None}
    asked: list[str] = []
    is_file = os.path.isfile

    def isfile(path: str) -> bool:
        asked.append(path)
        return is_file(path)

    monkeypatch.setattr(os.path, "isfile", isfile)
    assert nearest_file(str(deep), known) is None
    assert len(asked) == 4
    assert nearest_file(str(deep), known) is None
    assert nearest_file(str(tmp_path / "a"), known) is None
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("text", "has"),
    [
        (TABLE, True),
        ('[ tool . "archspec" ]\n', True),
        ("[tool.archspec.severity]\n", True),
        ("[tool]\narchspec.select = []\n", True),
        ("[tool]\n'archspec' = {select = []}\n", True),
        ("tool.archspec.select = []\n", True),
        ("tool = {archspec = {}}\n", True),
        ("\ufeff[tool.archspec]\n", True),
        ("[tool.archspec\n", True),
        ("[project]\nname = 'archspec'\n[project.scripts]\narchspec = 'archspec:main'\n", False),
        ("[tool.other.archspec]\n", False),
        ("[tool.other]\ntext = '''\n[tool.archspec]\n'''\n", False),
        ("", False),
    ],
)
def test_tables(tmp_path: Path, text: str, has: bool) -> None:
    write(tmp_path, pyproject=text)
    assert has_table(str(tmp_path / "pyproject.toml")) == has


def test_root() -> None:
    assert nearest_file(Path.cwd().anchor, {}) is None
