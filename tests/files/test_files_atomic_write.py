"""A file is replaced as a whole, or left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.files.atomic_write import OutputError, atomic_write

if TYPE_CHECKING:
    from pathlib import Path


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for path, reason in (
        (tmp_path / "none" / "w.npz", "No such file or directory"),
        (tmp_path / "file" / "w.npz", "Not a directory"),
        (tmp_path / "folder", "Is a directory"),
    ):
        with pytest.raises(OutputError) as caught, atomic_write(path) as file:
            file.write(b"x")
        assert str(caught.value) == f"cannot write {path}: {reason}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "precious").read_text() == "kept"
    assert (tmp_path / "link").read_text() == "new"
