"""Operators know themselves: what is outside of their folder asks for traits, and rarely for a name."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from archspec.ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "archspec"
MOST = 60
"""Names of operators in code outside of `archspec/ops`."""
CLASSES = {f"archspec.ops.{module}": set[str]() for module, _ in (target.split(":") for target in OPERATORS.values())}
for target in OPERATORS.values():
    module, name = target.split(":")
    CLASSES[f"archspec.ops.{module}"].add(name)
ALL_CLASSES = set[str]().union(*CLASSES.values())


def names_in(tree: ast.AST) -> Iterator[str]:
    """Texts that are names of operators, docstrings aside; classes in imports, for types too, and in `isinstance`."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings, and those of attributes
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if text in OPERATORS and node not in texts:
                yield text
            case ast.ImportFrom(module=str(source), names=imported):
                yield from (each.name for each in imported if each.name in CLASSES.get(source, ()))
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                yield from (
                    each.id for each in ast.walk(kinds) if isinstance(each, ast.Name) and each.id in ALL_CLASSES
                )


def test_the_names_of_operators_are_counted() -> None:
    code = '''
from archspec.ops.dense import FC
from archspec.ops.pooling import AvgPool as Mean, MaxPool
from archspec.ops.adaptive import parts
"""conv"""
def judge(kind):
    "relu"
    return kind in ("conv", "convolution") or f"{kind}" == 'relu' or isinstance(kind, FC | str)
'''
    assert sorted(names_in(ast.parse(code))) == ["AvgPool", "FC", "FC", "MaxPool", "conv", "relu"]


def test_operators_are_named_in_few_places_outside_of_their_folder() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}": names
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] != "ops" and (names := list(names_in(ast.parse(path.read_text("utf-8")))))
    }
    count = sum(map(len, found.values()))
    listed = "\n".join(f"{path}: {', '.join(names)}" for path, names in found.items())
    assert count <= MOST, f"{count} names of operators; ask for a trait (archspec/ops/_traits.py):\n{listed}"
