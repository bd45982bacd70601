"""``archspec init``: a spec to begin with, and no file lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.commands import Status
from archspec.commands.init import starter, write_starter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder called ``pictures``, made the current one."""
    path = tmp_path / "pictures"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


@pytest.mark.parametrize(
    ("name", "file", "title"),
    [
        (None, "pictures.arch.yaml", "pictures"),
        ("tiny", "tiny.arch.yaml", "tiny"),
        ("tiny-2.1", "tiny-2.1.arch.yaml", "tiny-2.1"),
        ("tiny.arch.yaml", "tiny.arch.yaml", "tiny"),
        ("tiny.arch.yml", "tiny.arch.yml", "tiny"),
        ("tiny.yaml", "tiny.yaml", "tiny"),
        ("nets/tiny", "nets/tiny.arch.yaml", "tiny"),
        ("./tiny", "tiny.arch.yaml", "tiny"),
        ("Über_net", "Über_net.arch.yaml", "Über_net"),
        ("2012", "2012.arch.yaml", "2012"),
        ("no", "no.arch.yaml", "no"),
        ("1e3", "1e3.arch.yaml", "1e3"),
        ("null", "null.arch.yaml", "null"),
        ("network", "network.arch.yaml", "network"),
    ],
)
def test_what_it_writes_passes_without_a_finding(name: str | None, file: str, title: str, folder: Path) -> None:
    (folder / "nets").mkdir()
    assert write_starter(name, to_stdout=False) is Status.OK
    assert archspec.check(folder / file) == []
    assert archspec.load(folder / file).name == title


def test_it_tells_what_to_do_next(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "my nets").mkdir()
    write_starter("my nets/tiny", to_stdout=False)
    assert capsys.readouterr().out == (
        "wrote 'my nets/tiny.arch.yaml'; try\n\n"
        "  archspec check 'my nets/tiny.arch.yaml'\n"
        "  archspec show 'my nets/tiny.arch.yaml'\n"
    )


def test_a_folder_whose_name_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my pictures").mkdir()
    monkeypatch.chdir(tmp_path / "my pictures")
    assert write_starter(None, to_stdout=False) is Status.OK
    assert [path.name for path in (tmp_path / "my pictures").iterdir()] == ["network.arch.yaml"]


def test_it_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write_starter("tiny", to_stdout=True) is Status.OK
    out, err = capsys.readouterr()
    assert archspec.check(out) == []
    assert (archspec.load(out).name, err) == ("tiny", "")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "folder", "broken link"])
def test_nothing_is_overwritten(kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "tiny.arch.yaml"
    match kind:
        case "file":
            path.write_text("mine")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("nowhere")
    assert write_starter("tiny", to_stdout=False) is Status.UNUSABLE
    assert capsys.readouterr() == (
        "",
        "error: tiny.arch.yaml already exists and was not changed; choose another name: `archspec init NAME`\n",
    )
    assert kind != "file" or path.read_text() == "mine"
    assert not (folder / "nowhere").exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "the file needs a name: `archspec init NAME`"),
        ("nets/", "the file needs a name: `archspec init nets/NAME`"),
        ("a b", "'a b' is not a network name: use letters, digits, `_`, `-` and `.`, with a letter or digit first"),
        (
            ".hidden",
            "'.hidden' is not a network name: use letters, digits, `_`, `-` and `.`, with a letter or digit first",
        ),
        ("..", "'..' is not a network name: use letters, digits, `_`, `-` and `.`, with a letter or digit first"),
        ("a:b", "'a:b' is not a network name: use letters, digits, `_`, `-` and `.`, with a letter or digit first"),
        ("no/such/tiny", "there is no folder no/such; create it: `mkdir -p no/such`"),
        ("x" * 300, f"cannot write {'x' * 300}.arch.yaml: File name too long"),
    ],
)
def test_what_cannot_be_written_is_refused(
    name: str, why: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write_starter(name, to_stdout=False) is Status.UNUSABLE
    assert capsys.readouterr() == ("", f"error: {why}\n")
    assert list(folder.iterdir()) == []


def test_the_figures_of_the_starter_are_those_of_hand_calculation() -> None:
    """Every convolution without bias, two numbers a channel for every batch norm."""

    def residual(before: int, after: int) -> int:
        projection = before * after + 2 * after if before != after else 0
        return 9 * before * after + 9 * after * after + 4 * after + projection

    stem = 9 * 3 * 16 + 2 * 16
    stages = sum(residual(before, after) + residual(after, after) for before, after in ((16, 16), (16, 32), (32, 64)))
    text = starter("tiny", "tiny.arch.yaml")
    assert f"params: {stem + stages + 64 * 10 + 10}}}" in text


def test_the_starter_shows_what_a_spec_can_have() -> None:
    text = starter("tiny", "tiny.arch.yaml")
    for key in ("input", "params", "blocks", "layers", "expect", "budget"):
        assert re.search(rf"^{key}:", text, re.MULTILINE)
    assert "repeat: " in text
    assert "FILE" not in text
    assert max(map(len, text.splitlines())) <= 110
    assert text.isascii()


@pytest.mark.parametrize("params", [{"width": 8}, {"depth": 1, "classes": 100}, {"width": 64, "depth": 5}])
def test_the_starter_takes_other_parameters(params: dict[str, int]) -> None:
    spec = archspec.load(starter("tiny", "tiny.arch.yaml"), params=params)
    assert archspec.check(spec) == []
