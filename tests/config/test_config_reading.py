"""Configuration files: what they set, and what is told of what they can't."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from archspec.config.reading import read_layer
from archspec.config.settings import KEYS
from archspec.text.findings_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archspec.diagnostics import Diagnostic

GOOD = """\
select = ["shape", "design"]
ignore = ["unused-layer"]
extend-select = ["all"]
exclude = ["drafts/"]
extend-exclude = ["*.tmp.yaml"]
respect-gitignore = false
fail-on = "warning"
variants = ["small"]
severity = { unused-layer = "error" }
[per-file-ignores]
"old/*.yaml" = ["shape", "budget"]
[thresholds]
"""


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def read(in_folder: Path) -> Callable[..., tuple[dict[str, object] | None, list[Diagnostic]]]:
    """The settings of a file and what is told of it."""

    def call(text: str | bytes, name: str = "archspec.toml") -> tuple[dict[str, object] | None, list[Diagnostic]]:
        (in_folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
        told: list[Diagnostic] = []
        layer = read_layer(name, told.append)
        return (None if layer is None else dict(layer.values)), told

    return call


def test_every_setting(read: Callable[..., tuple[dict[str, object], list[Diagnostic]]]) -> None:
    values, told = read(GOOD)
    assert told == []
    assert set(values) == set(KEYS)
    assert values["select"] == ("shape", "design")
    assert values["per-file-ignores"] == {"old/*.yaml": ("shape", "budget")}
    assert values["respect-gitignore"] is False


@pytest.mark.parametrize("text", ["[tool.archspec]\nselect = ['shape']\n", "tool.archspec.select = ['shape']\n"])
def test_pyproject(read: Callable[..., tuple[dict[str, object], list[Diagnostic]]], text: str) -> None:
    assert read("project.name = 'x'\n" + text, "pyproject.toml") == ({"select": ("shape",)}, [])


def test_origins(in_folder: Path) -> None:
    (in_folder / "archspec.toml").write_text(GOOD.replace("\n", "\r\n"), "utf-8", newline="")
    layer = read_layer("archspec.toml", lambda found: pytest.fail(found.message))
    assert layer is not None
    assert layer.folder == str(in_folder)
    assert layer.origins["ignore"] == "archspec.toml:2"
    assert layer.origins["per-file-ignores"] == "archspec.toml:10"


FAULTS = {
    'selct = ["shape"]': (
        "1:1 the configuration has no `selct`; did you mean `select`?",
        "write `select`",
    ),
    "colour = true": (
        "1:1 the configuration has no `colour`",
        f"the configuration takes {', '.join(f'`{key}`' for key in KEYS)}",
    ),
    '[tool.archspec]\nselect = ["shape"]': (
        "1:2 the configuration has no `tool`",
        "the table [tool.archspec] belongs in pyproject.toml; in this file, settings are at the top level",
    ),
    'select = "shape"': (
        '1:10 `select` of the configuration must be a list, not "shape"',
        '`select` is a list of names of rules or groups, such as ["design"]',
    ),
    'exclude = ["a", 3]': (
        "1:17 `exclude[1]` of the configuration must be text, not 3",
        '`exclude` is a list of patterns of files, such as ["drafts/"]',
    ),
    'select = ["shape",\n "dezign"]': (
        "2:2 `select[1]` of the configuration is wrong: there is no rule or group `dezign`; did you mean `design`?",
        "write `design`",
    ),
    'ignore = ["zzz"]': (
        "1:11 `ignore[0]` of the configuration is wrong: there is no rule or group `zzz`",
        "groups are syntax, spec, shape, budget, design, cost, all; `archspec rules` lists the rules",
    ),
    'ignore = ["yaml-syntax"]': (
        (
            "1:11 `ignore[0]` of the configuration is wrong: "
            "`yaml-syntax` is always an error: where it is reported, the spec cannot be checked further"
        ),
        "rules of the groups shape, budget, design and cost can be changed",
    ),
    'severity = ["shape"]': (
        '1:12 `severity` of the configuration must be a mapping, not ["shape"]',
        '`severity` is a table of rules and their severities, such as {large-filter = "warning"}',
    ),
    '[severity]\n"unused-layr" = "info"': (
        (
            "2:1 `severity.unused-layr` of the configuration is wrong: "
            "there is no rule `unused-layr`; did you mean `unused-layer`?"
        ),
        "write `unused-layer`",
    ),
    '[severity]\nshape = "info"': (
        "2:1 `severity.shape` of the configuration is wrong: `shape` is a group, but this setting needs single rules",
        "`archspec rules` lists the rules",
    ),
    'severity = {unused-layer = "fatal"}': (
        '1:28 `severity.unused-layer` of the configuration must be error, warning or info, not "fatal"',
        '`severity` is a table of rules and their severities, such as {large-filter = "warning"}',
    ),
    "severity.unused-layer = 1": (
        "1:25 `severity.unused-layer` of the configuration must be error, warning or info, not 1",
        '`severity` is a table of rules and their severities, such as {large-filter = "warning"}',
    ),
    '[per-file-ignores]\n"!a" = ["shape"]': (
        "2:1 `per-file-ignores.!a` of the configuration is wrong: a pattern here can't begin with `!`",
        "list the files in which to ignore the rules",
    ),
    '[per-file-ignores]\n"a" = ["budget", "shap"]': (
        (
            "2:18 `per-file-ignores.a[1]` of the configuration is wrong: "
            "there is no rule or group `shap`; did you mean `shape`?"
        ),
        "write `shape`",
    ),
    'per-file-ignores."a" = "shape"': (
        '1:24 `per-file-ignores.a` of the configuration must be a list, not "shape"',
        '`per-file-ignores` is a table of patterns of files and lists of rules, such as {"drafts/" = ["design"]}',
    ),
    'respect-gitignore = "no"': (
        '1:21 `respect-gitignore` of the configuration must be true or false, not "no"',
        "`respect-gitignore` is true or false, without quotes",
    ),
    'fail-on = "warnings"': (
        (
            "1:11 `fail-on` of the configuration must be error, warning, info or never, "
            'not "warnings"; did you mean `warning`?'
        ),
        "write `warning`",
    ),
    "fail-on = 2020-02-02": (
        "1:11 `fail-on` of the configuration must be error, warning, info or never, not 2020-02-02",
        "",
    ),
    "variants = [[]]": (
        "1:13 `variants[0]` of the configuration must be text, not []",
        '`variants` is a list of names of variants, such as ["small"]',
    ),
    "select = [": ("1:11 this is not valid TOML: invalid value (at end of document)", ""),
    'ignore = []\n"ignore" = []': ('2:1 `"ignore"` is defined twice', "keep one of them"),
    "[thresholds]\nmost = 1\nmost = 2": ("3:1 `most` is defined twice", "keep one of them"),
    "[severity]\n[thresholds]\n[ severity ]": ("3:3 `severity` is defined twice", "keep one of them"),
    "thresholds = {most = 1, most = 2}": ("1:25 `most` is defined twice", "keep one of them"),
    "a = 1\r\nb = ?": ("2:5 this is not valid TOML: invalid value", ""),
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults(read: Callable[..., tuple[dict[str, object] | None, list[Diagnostic]]], text: str) -> None:
    values, (found,) = read(text)
    message, help_ = FAULTS[text]
    assert found.span is not None
    assert (f"{found.span.line}:{found.span.column} {found.message}", "".join(found.help)) == (message, help_)
    assert (found.rule, found.unusable, values) == ("invalid-configuration", True, None)
    suggested = re.search(r"did you mean `([^`]+)`", message)
    if suggested:
        assert read(text.replace(found.span.text.strip("\"'"), suggested[1]))[1] == [], "the suggestion is right"


def test_both_places_of_a_repeated_key_are_shown(read: Callable[..., Any]) -> None:
    _, (found,) = read("ignore = []\nselect = []\nignore = []")
    assert [(label.span.line, label.text) for label in found.labels] == [(1, "first used here")]


def test_all_faults_in_one_run(read: Callable[..., tuple[dict[str, object] | None, list[Diagnostic]]]) -> None:
    _, told = read(
        'selct = []\nignore = ["zzz", 3, "yaml-syntax"]\nfail-on = 1\nper-file-ignores = {a = ["b!", "c!"]}\n'
    )
    assert [each.span.line for each in told if each.span] == [1, 2, 2, 2, 3, 4, 4]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfea", "byte 0xFF is not UTF-8, the encoding of TOML"),
        (b"a = " + b"[" * 5000, "lists and tables are nested too deep"),
        (b"\xef\xbb\xbfselct = 1", "the configuration has no `selct`; did you mean `select`?"),
    ],
)
def test_strange_files(
    read: Callable[..., tuple[dict[str, object] | None, list[Diagnostic]]], data: bytes, words: str
) -> None:
    values, (found,) = read(data)
    assert (values, found.message) == (None, words)
    assert "archspec.toml" in plain_text([found])


def test_no_such_file(in_folder: Path) -> None:
    told: list[Diagnostic] = []
    assert read_layer(str(in_folder / "missing.toml"), told.append) is None
    assert [each.message for each in told] == ["the configuration cannot be read: No such file or directory"]
    told.clear()
    assert read_layer(str(in_folder), told.append) is None
    assert [each.message for each in told] == ["the configuration cannot be read: this is a directory, not a file"]


def test_table_that_is_none(read: Callable[..., tuple[dict[str, object] | None, list[Diagnostic]]]) -> None:
    _, (found,) = read("tool.archspec = 3\n", "pyproject.toml")
    assert found.message == "`tool.archspec` must be a table of settings"
