"""No stage reaches back: which part of the package imports which."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "archspec"
ORDER = (
    *("_version", "volume", "source", "diagnostics", "text", "syntax", "files", "model", "ops", "spec"),
    *("graph", "analysis", "rules", "schema", "suppression", "examination", "config", "baseline", "fixing"),
    *("engine", "report", "examples", "api", "commands", "cli_options", "cli", "pytest_plugin", "__main__"),
)
"""Every part; each knows those before it alone."""
BACK = {
    ("spec", "rules"): "names of rules, for `ignore` of a layer: a table that imports no rule",
    ("examples", "cli"): "an example may be a command",
}
"""The exceptions, and why."""


def runtime_imports(tree: ast.AST) -> Iterator[str]:
    """What a module imports, in functions too, but for types."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.ImportFrom(module=str(module)):
                yield module
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case _:
                yield from runtime_imports(node)


def known(part: str) -> set[str]:
    """The parts that a part imports."""
    path = PACKAGE / part
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    imported = {name for file in files for name in runtime_imports(ast.parse(file.read_text("utf-8")))}
    return {name.split(".")[1] for name in imported if name.startswith("archspec.")} - {part}


def test_every_part_has_its_place() -> None:
    parts = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted(ORDER) == sorted(parts - {"__init__"})


@pytest.mark.parametrize("part", ORDER)
def test_a_part_knows_only_those_before_it(part: str) -> None:
    later = set(ORDER[ORDER.index(part) + 1 :])
    assert known(part) & later == {other for one, other in BACK if one == part}
