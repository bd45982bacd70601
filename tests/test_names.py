"""Names in archspec/: classes are unique, files say what they are for, functions are not bare participles."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "archspec").rglob("*.py"))

# Participles that say neither what a function returns nor what it does; `read`, `cut` and `split` are verbs as well.
PARTICIPLES = set(
    """
    added aligned applied asked biased built called changed checked chosen closed compiled configured counted
    covered described documented drawn escaped excluded expanded folded found given indented joined judged known
    limited listed made marked masked meant measured merged moved named needed numbered opened ordered padded
    painted parsed placed prepared profiled quoted ranked reached repeated replaced resolved rounded said scaled
    seen selected shared shortened shown stated tied timed told translated tried undefined unfinished unquoted
    unused used validated wanted weighed written
    """.split()  # noqa: SIM905 - a list with a quote around each word cannot be read
)


@cache
def definitions(path: Path) -> list[ast.AST]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    ]


def functions() -> Iterator[tuple[str, str]]:
    """The place and the name of every function and method."""
    for path in FILES:
        for node in definitions(path):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.name


def test_no_class_name_occurs_twice() -> None:
    places = defaultdict(list)
    for path in FILES:
        for node in definitions(path):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "misc", "common"])
def test_every_file_says_what_it_is_for(word: str) -> None:
    assert [path for path in FILES if word in path.stem.split("_")] == []


def test_no_function_is_named_by_a_bare_participle() -> None:
    named = list(functions())
    assert len(named) > 1000
    assert [f"{place} {name}" for place, name in named if name.strip("_") in PARTICIPLES] == []
