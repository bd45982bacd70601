"""docs/configuration.md against the program: every setting, every option, every example."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from archspec.config.reading import read_layer
from archspec.config.settings import KEYS
from archspec.rules._names import GROUPS
from archspec.rules.stages import SILENCEABLE
from tests.docs.conftest import PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.conftest import Document, Read, Shell


@pytest.fixture
def page(read: Read) -> Document:
    return read("docs/configuration.md")


def test_table_of_settings(page: Document) -> None:
    rows = page.table("setting", "value", "default", "meaning")
    assert [name for name, *_ in rows] == [f"`{key}`" for key in KEYS]
    assert [meaning for *_, meaning in rows] == [info.title for info in KEYS.values()]
    for (_, _, default, _), key in zip(rows, KEYS.values(), strict=True):
        if key.default is not None:
            written: Any = tomllib.loads(f"x = {default.strip('`')}")["x"]
            assert (tuple(written) if isinstance(written, list) else written) == key.default


@pytest.mark.parametrize("path", PAGES)
def test_examples_are_read(path: str, read: Read, tmp_path: Path) -> None:
    for block in (block for block in read(path).blocks() if block.language == "toml"):
        named = re.match(r"# (\S+\.toml)\n", block.text)
        name = named[1] if named else "pyproject.toml"
        (tmp_path / name).write_text(block.text, "utf-8")
        layer = read_layer(str(tmp_path / name), lambda found: pytest.fail(found.message))
        assert layer is not None
        assert layer.values


def test_names(page: Document) -> None:
    assert ", ".join(f"`{group}`" for group in GROUPS) in page.text
    sentence = re.search(r"would look as if it were right\.(.*?) can\.", page.text, re.DOTALL)
    assert sentence is not None
    assert set(re.findall(r"`([a-z-]+)`", sentence[1])) == SILENCEABLE


def test_options(page: Document, shell: Shell) -> None:
    shown = shell("COLUMNS=200 archspec check --help").stdout
    options = set(re.findall(r"`(--[a-z-]+)", page.text))
    assert {"--select", "--config", "--isolated", "--fail-on"} <= options
    for option in options:
        assert option in shown


def test_what_is_shown(page: Document, shell: Shell, workspace: Path) -> None:
    example, *_, shown = page.blocks()
    (workspace / "pyproject.toml").write_text(example.text, "utf-8")
    command, _, output = shown.text.partition("\n")
    assert shell(command.removeprefix("$ ")).stdout == output
