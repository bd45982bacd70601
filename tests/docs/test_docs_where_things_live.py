"""docs/where-things-live.md: the files of the walk exist and define what the page says of them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.docs.conftest import ROOT, codes

if TYPE_CHECKING:
    from tests.docs.conftest import Read

MOST_FILES = 15
FOLDERS = ("commands", "examination", "syntax", "spec", "graph", "ops", "analysis", "rules", "text")
"""What the walk goes through."""


def defined(path: str) -> set[str]:
    """The classes, functions, methods and fields of a file."""
    nodes = list(ast.walk(ast.parse((ROOT / path).read_text("utf-8"))))
    named = {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    return named | {
        node.target.id for node in nodes if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def test_every_step_names_a_file_and_what_it_defines(read: Read) -> None:
    steps = [each for each in read("docs/where-things-live.md").paragraphs() if re.match(r"\d+\. ", each)]
    assert [int(step.partition(".")[0]) for step in steps] == list(range(1, MOST_FILES + 1))
    files = [codes(step)[0] for step in steps]
    assert len(set(files)) == MOST_FILES
    for file, step in zip(files, steps, strict=True):
        words = [code for code in codes(step)[1:] if code.isidentifier() and code != "layers"]
        assert words, step
        assert set(words) <= defined(file), file


def test_the_walk_goes_through_every_stage_in_order(read: Read) -> None:
    files = re.findall(r"^\d+\. `archspec/(\w+)/", read("docs/where-things-live.md").text, re.MULTILINE)
    assert list(dict.fromkeys(folder for folder in files if folder in FOLDERS[2:])) == list(FOLDERS[2:])
    assert set(files) <= set(FOLDERS)
