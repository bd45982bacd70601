"""Documents as code blocks and tables, and a folder in which to run what they show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")),
)
"""Every document, by its path in the repository."""
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_FILE_NAME = re.compile(r"# (\S+\.yaml)\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its language, its text, and the line of the document in which the text begins."""

    language: str
    text: str
    line: int

    @property
    def file_name(self) -> str | None:
        """The file a spec is meant to be saved as: the comment in its first line."""
        match = _FILE_NAME.match(self.text) if self.language == "yaml" else None
        return match[1] if match else None


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file of the repository."""

    path: Path
    text: str

    def blocks(self) -> Iterator[Block]:
        """Its blocks of code, in order."""
        for match in _BLOCK.finditer(self.text):
            yield Block(match[1], match[2], self.text.count("\n", 0, match.start(2)) + 1)

    def paragraphs(self) -> Iterator[str]:
        """What is between the blocks of code: paragraphs, headings, items of lists, rows of tables."""
        for paragraph in re.split(r"\n\s*\n|\n(?=\||- |\d+\. |#)", _BLOCK.sub("\n", self.text)):
            if paragraph.strip():
                yield paragraph

    def codes(self) -> list[str]:
        """All code within the text."""
        return [code for paragraph in self.paragraphs() for code in codes(paragraph)]

    def section(self, title: str) -> Document:
        """What is below a heading, up to the next one of its level or above."""
        match = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert match is not None, f"{self.path}: {title}"
        return Document(self.path, match[2])

    def tables(self, *heads: str) -> list[list[tuple[str, ...]]]:
        """The rows of each table with these heads."""
        lines = self.text.splitlines()
        return [_rows(lines[index + 2 :], len(heads)) for index, line in enumerate(lines) if _cells(line) == heads]

    def table(self, *heads: str) -> list[tuple[str, ...]]:
        """The rows of the only table with these heads."""
        (rows,) = self.tables(*heads)
        return rows


def _rows(lines: list[str], width: int) -> list[tuple[str, ...]]:
    """The rows of a table whose head is above these lines."""
    rows = [_cells(line) for line in takewhile(lambda line: line.startswith("|"), lines)]
    assert all(len(row) == width for row in rows), rows
    return rows


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a row; a bar in a cell is written ``\\|``."""
    if not line.startswith("|"):
        return ()
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])


def codes(text: str) -> list[str]:
    """The words of a text that are set as code."""
    return [code.strip().replace("\\|", "|") for _, code in _CODE.findall(text)]


Read = Callable[[str], Document]
Shell = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def read() -> Read:
    """A document by its path in the repository."""

    def document(path: str) -> Document:
        return Document(ROOT / path, (ROOT / path).read_text("utf-8"))

    return document


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the repository's specs, made the current one."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shell(workspace: Path) -> Shell:
    """Runs a command line in the workspace; what it prints on either stream is one text, as on a terminal."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8"}

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command],
            cwd=workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )

    return run
