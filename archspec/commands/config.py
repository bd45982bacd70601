"""``archspec config``: every setting that applies to a folder, its value and its origin."""

# ruff: noqa: PTH110, PTH112, PTH113, PTH118, PTH119, PTH120 -- as in archspec/config

from __future__ import annotations

import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from archspec.commands import Action, Status, refuse
from archspec.commands.options.configuration import (
    ConfigOption,
    ExcludeOption,
    ExtendOption,
    FailOption,
    IgnoreOption,
    IsolatedOption,
    SelectOption,
    configuration_options,
)
from archspec.commands.terminal import report_view
from archspec.config.configurations import Configurations, Options, display_path
from archspec.config.names import usual
from archspec.config.nearest_file import OWN, SHARED, has_table
from archspec.config.settings import KEYS
from archspec.config.thresholds import thresholds_of_rules
from archspec.rules._names import NAMES
from archspec.text.findings_text import plain_text
from archspec.text.pages import render_page
from archspec.text.printable import printable
from archspec.text.styled import Segment
from archspec.text.tables import TableSection, TextColumn, TextTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.config.configuration import Configuration
    from archspec.diagnostics import Diagnostic
    from archspec.text.pages import PagePart
    from archspec.text.styled import Line

_DEFAULT = "default"


PathArgument = Annotated[str, typer.Argument(metavar="PATH", help="A folder, or a spec.")]
FormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="Output format of the settings.")]


def config(
    path: PathArgument = ".",
    *,
    output_format: FormatOption = "text",
    select: SelectOption = None,
    extend_select: ExtendOption = None,
    ignore: IgnoreOption = None,
    exclude: ExcludeOption = None,
    fail_on: FailOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> Action:
    """Show every setting that applies to a folder, its value, and where it comes from."""
    options = configuration_options(
        config, isolated, select=select, extend_select=extend_select, ignore=ignore, exclude=exclude, fail_on=fail_on
    )
    return partial(show_settings, path, output_format, options)


def show_settings(path: str, output_format: str = "text", options: Options | None = None) -> Status:
    """Print the settings for a folder, or for a spec in one, as ``text`` or ``json``; status 2 when they are faulty."""
    if not os.path.exists(path):
        return refuse(f"{path} does not exist")
    found: list[Diagnostic] = []
    configurations = Configurations(found.append, options or Options())
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    configuration = configurations.of_folder(folder)
    if configuration is None:
        sys.stderr.write(f"{plain_text(found)}\n")
        return Status.UNUSABLE
    file = configurations.file_of(folder)
    on = configuration.rules_of(path).selected or usual()
    if output_format == "json":
        sys.stdout.write(_json(file, configuration, on))
    else:
        sys.stdout.write(render_page(_page(file, configuration, on), report_view()))
    return Status.OK


def _rows(configuration: Configuration) -> Iterator[tuple[str, Any, str, str]]:
    """Name, value and origin of each setting; each threshold is a separate row with its meaning."""
    for key, setting in KEYS.items():
        value = configuration.values.get(key, setting.default)
        origin = configuration.origins.get(key, _DEFAULT)
        if key != "thresholds":
            yield key, value, origin, ""
            continue
        for name, threshold in thresholds_of_rules().items():
            number = value.get(name, threshold.value)
            yield f"{key}.{name}", number, origin if name in value else _DEFAULT, threshold.meaning


def _page(file: str | None, configuration: Configuration, on: frozenset[str]) -> Iterator[PagePart]:
    yield _line(f"file: {display_path(file) if file else 'none'}")
    if file and os.path.basename(file) == OWN:
        beside = os.path.join(os.path.dirname(file), SHARED)
        if os.path.isfile(beside) and has_table(beside):
            yield _line(f"      {display_path(beside)} is ignored: {OWN} takes precedence in the same folder")
    yield ()
    rows = list(_rows(configuration))
    settings = [(name, origin, _value_text(value)) for name, value, origin, meaning in rows if not meaning]
    yield _table(("setting", "from", "value"), settings)
    yield ()
    thresholds = [(name, origin, _value_text(value), meaning) for name, value, origin, meaning in rows if meaning]
    yield _table(("threshold", "from", "value", "meaning"), thresholds)
    yield ()
    yield _line(f"{len(on)} of {len(NAMES)} rules are on; --format json names them")


def _line(text: str) -> Line:
    return (Segment(printable(text)),)


def _table(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> TextTable:
    cells = [[Segment(printable(text)) for text in row] for row in rows]
    return TextTable([TextColumn(head) for head in heads], [TableSection(cells)])


def _value_text(value: Any) -> str:
    return "the rules that are on by default" if value is None else _toml(value)


def _json(file: str | None, configuration: Configuration, on: frozenset[str]) -> str:
    from archspec.rules._documentation import documentation  # noqa: PLC0415 - imports every rule

    data = {
        "version": 1,
        "file": display_path(file) if file else None,
        "settings": {name: {"value": value, "from": origin} for name, value, origin, _ in _rows(configuration)},
        "rules": {name: configuration.severities.get(name, documentation(name).severity) for name in sorted(on)},
    }
    return json.dumps(data, indent=2) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else json.dumps(key)
