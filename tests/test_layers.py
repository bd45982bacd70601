"""No stage reaches back, and no module is behind itself: which part of the package imports which."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "archspec"
ORDER = (
    *("_version", "interruption", "volume", "source", "diagnostics", "work_budget", "text", "syntax", "files", "model"),
    *("ops", "spec"),
    *("graph", "analysis", "rules", "schema", "suppression", "examination", "config", "baseline", "fixing", "engine"),
    *("report", "api", "commands", "pytest_plugin", "__main__"),
)
"""Every part; each imports those before it alone, in functions too."""


def runtime_imports(tree: ast.AST) -> Iterator[str]:
    """The modules, or names in modules, that a module imports, in functions too, but for types."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
                yield from runtime_imports(ast.Module(otherwise, []))
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{each.name}" for each in names)
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case _:
                yield from runtime_imports(node)


def modules() -> dict[str, Path]:
    """Every module's file, by its name."""
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }


@cache
def import_graph() -> dict[str, set[str]]:
    """The modules of the package that each of them imports."""
    files = modules()
    graph: dict[str, set[str]] = {}
    for module, file in files.items():
        names = set(runtime_imports(ast.parse(file.read_text("utf-8"))))
        graph[module] = {name if name in files else name.rpartition(".")[0] for name in names} & set(files) - {module}
    return graph


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def test_every_part_has_its_place() -> None:
    parts = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted(ORDER) == sorted(parts - {"__init__"})


@pytest.mark.parametrize("part", ORDER)
def test_a_part_imports_only_those_before_it(part: str) -> None:
    later = set(ORDER[ORDER.index(part) + 1 :])
    imported = {
        part_of(other) for module, others in import_graph().items() if part_of(module) == part for other in others
    }
    assert not imported & later


def test_no_circle_of_imports() -> None:
    try:
        TopologicalSorter(import_graph()).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_imports_in_functions_count_and_those_for_types_do_not() -> None:
    text = """
if TYPE_CHECKING:
    from archspec import a
else:
    from archspec import b
def f():
    if x:
        import archspec.c
"""
    assert list(runtime_imports(ast.parse(text))) == ["archspec.b", "archspec.c"]
