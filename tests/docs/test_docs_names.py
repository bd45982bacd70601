"""Names in code on every page: operators, keys, rules, settings, figures, definitions, files: each exists."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import archspec
from archspec.commands import Status
from archspec.commands.table import COMMANDS
from archspec.config.settings import KEYS
from archspec.config.thresholds import thresholds_of_rules
from archspec.engine.kernels import KERNELS
from archspec.ops import OPERATORS, operator
from archspec.report import columns, formats, profile_columns
from archspec.report import schema as schemas
from archspec.rules._names import GROUPS, NAMES
from archspec.spec import foreign
from archspec.spec.items import MODIFIERS
from archspec.spec.models import Facts, Header
from archspec.spec.validate import argument_names
from tests.docs.conftest import PAGES, ROOT, codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.docs.conftest import Read

FOR_DEVELOPERS = ("CONTRIBUTING.md", "docs/adding-an-operator.md", "docs/where-things-live.md")
ELSEWHERE = {
    "depth_to_space": "TensorFlow's",
    "ceil_mode": "PyTorch's",
    "node_modules": "a folder of npm",
    "model_dump": "pydantic's",
    "qkv_weight": "an array of `attention`",
    "ignore-file": "of comments, docs/silencing.md",
    "cached_property": "of functools",
    "dataclass": "of dataclasses",
    "BaseModel": "pydantic's",
    "Why": "a section of a docstring",
    "Source": "a section of a docstring",
    "Bad": "a section of a docstring",
    "Good": "a section of a docstring",
    "rms_norm": "what docs/adding-an-operator.md adds",
}
"""Names on pages that nothing here defines -> whose they are."""
_COMPOUND = re.compile(r"([a-z][a-z0-9]*(?:[_-][a-z0-9]+)+)(?=$|[:=(\[,])")
_IDENTIFIER = re.compile(r"([A-Za-z_]\w*)(?=$|[:=(\[])")
_PATH = re.compile(r"[\w.*-]*(?:/[\w.*-]+)*/?")
_FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {".venv", ".git"}


def property_names(part: Any) -> Iterator[str]:
    """All keys that a JSON Schema has."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from property_names(value)


def members(value: Any) -> Iterator[str]:
    """The attributes of a class or a function, and what it may be called with."""
    yield from (name for name in (*dir(value), *getattr(value, "__annotations__", ())) if not name.startswith("_"))
    if callable(value) and not (inspect.isclass(value) and issubclass(value, Exception)):
        yield from inspect.signature(value).parameters


def public_names() -> Iterator[str]:
    """What ``archspec.__all__`` lists, its members and their parameters, and functions that pages show."""
    yield from (*vars(formats), *vars(schemas))
    for name in archspec.__all__:
        value = getattr(archspec, name)
        yield name
        if callable(value):
            yield from members(value)
        for each in vars(value).values() if inspect.isclass(value) else ():
            if inspect.isfunction(each):
                yield from members(each)


@cache
def names_of_users() -> frozenset[str]:
    """Every name that a user may write or read."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    zoo = list(ROOT.glob("specs/zoo/*.yaml"))
    groups: tuple[Iterable[str], ...] = (
        *(OPERATORS, MODIFIERS, Header.model_fields, Facts.model_fields, NAMES, GROUPS, KEYS, thresholds_of_rules()),
        *(COMMANDS, columns.COLUMNS, profile_columns.COLUMNS, KERNELS, (project["name"],), action["inputs"]),
        *(argument_names(operator(name)) for name in OPERATORS),
        *(property_names(schemas.schema(contract)) for contract in ("report", "findings", "sizes", "profile")),
        *(archspec.load(path).variants for path in zoo),
        *(public_names(), ELSEWHERE, *(text.split() for text in (foreign.ARGUMENTS | foreign.KEYS).values())),
    )
    return frozenset(name for group in groups for name in group)


@cache
def definitions() -> frozenset[str]:
    """Every module, class, function and constant of the package and its tests, fields and attributes too."""
    found: set[str] = set()
    for path in (*ROOT.glob("archspec/**/*.py"), *ROOT.glob("tests/**/*.py")):
        found.add(path.stem)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                    found.add(name)
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    found.add(name)
    markers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]["markers"]
    return frozenset(found | {marker.partition(":")[0] for marker in markers})


def unknown_names(text: str, known: frozenset[str], pattern: re.Pattern[str] = _COMPOUND) -> set[str]:
    """The names in the code of a text that are not known."""
    return {match[1] for code in codes(text) if (match := pattern.match(code))} - known


def unknown_paths(text: str, roots: Iterable[Path], *, every: bool = False) -> set[str]:
    """The paths in the code of a text that lead nowhere: those into folders of the repository, or all that look so."""
    paths = {code for code in codes(text) if _PATH.fullmatch(code) and (code.endswith(".py") or "/" in code)}
    written = {path for path in paths if (every or path.split("/")[0] in _FOLDERS) and "NAME" not in path}
    return {path for path in written if not any(list(root.glob(path.rstrip("/"))) for root in roots)}


@pytest.mark.parametrize("path", PAGES)
def test_every_name_exists(path: str, read: Read) -> None:
    page = read(path)
    shown = frozenset(re.findall(r"[\w-]+", "\n".join(block.text for block in page.blocks())))
    known = names_of_users() | shown | (definitions() if path in FOR_DEVELOPERS else frozenset())
    for paragraph in page.paragraphs():
        assert unknown_names(paragraph, known) == set(), f"{path}: {paragraph}"
        if path in FOR_DEVELOPERS:
            assert unknown_names(paragraph, known, _IDENTIFIER) == set(), f"{path}: {paragraph}"


@pytest.mark.parametrize("path", PAGES)
def test_every_file_and_folder_exists(path: str, read: Read) -> None:
    page, is_for_developers = read(path), path in FOR_DEVELOPERS
    roots = (ROOT, ROOT / "archspec", ROOT / "archspec/ops") if is_for_developers else (ROOT,)
    made = set(re.findall(r"^New file `(.*?)`:", page.text, re.MULTILINE))
    for paragraph in page.paragraphs():
        assert unknown_paths(paragraph, roots, every=is_for_developers) <= made, f"{path}: {paragraph}"


@pytest.mark.parametrize("path", PAGES)
def test_what_pages_name_of_the_package_is_there(path: str, read: Read) -> None:
    for name in re.findall(r"`archspec\.(\w+)", read(path).text):
        assert name == "toml" or hasattr(archspec, name) or (ROOT / "archspec" / name).is_dir(), f"{path}: {name}"


@pytest.mark.parametrize("path", PAGES)
def test_every_exit_status_is_one(path: str, read: Read) -> None:
    for sentence in re.findall(r"status(?: is| of)? (\d+(?:[^.|]*?, \d+ when)*)", read(path).text):
        assert set(map(int, re.findall(r"\d+", sentence))) <= set(Status), f"{path}: {sentence}"


def test_what_is_made_up_would_be_found() -> None:
    known, text = names_of_users(), "`saved_bytes: 3`, `no-such-rule`, `max_pool`, `docs/none.md`, `archspec/ops/`"
    assert unknown_names(text, known) == {"saved_bytes", "no-such-rule"}
    assert unknown_paths(text, [ROOT]) == {"docs/none.md"}
    assert unknown_paths("`record.py`, `commands/`", [ROOT, ROOT / "archspec"], every=True) == {"record.py"}
    assert unknown_names("`Listing`, `Model`", definitions(), _IDENTIFIER) == {"Listing"}
    assert {"memory_limit", "check_finite", "GraphBuilder"} <= known
