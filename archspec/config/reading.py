"""A configuration file: TOML to settings, every fault told with its line."""

# ruff: noqa: PTH100, PTH119, PTH120, PTH123 -- as in nearest_file.py

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from archspec.config.faults import Wrong, fault, unknown
from archspec.config.keys import KEYS, read_setting
from archspec.config.nearest_file import SHARED
from archspec.config.places import Way, places
from archspec.config.resolving import Layer
from archspec.source import Source, Span

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic, Sink

_TABLE = ("tool", "archspec")
_POSITION = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read_layer(path: str, sink: Sink) -> Layer | None:
    """The settings in a file, which is named as ``path`` in messages; None, and told, when anything is wrong there.

    A file ``pyproject.toml`` has them in ``[tool.archspec]``, any other at its top level.
    """
    read = _read(path, sink)
    if read is None:
        return None
    source, data = read
    table: Way = _TABLE if os.path.basename(path) == SHARED else ()
    for key in table:
        data = data.get(key, {}) if isinstance(data, dict) else data
    found = places(source)
    told: list[Diagnostic] = []
    if isinstance(data, dict):
        values = {key: _value(key, value, table, found, told) for key, value in data.items()}
    else:
        told.append(fault("`tool.archspec` is a table of settings", found[table].value, "write [tool.archspec]"))
    for each in told:
        sink(each)
    if told:
        return None
    origins = {key: f"{path}:{found[*table, key].key.line}" for key in values}
    return Layer(os.path.dirname(os.path.abspath(path)), values, origins)


def _value(key: str, value: Any, table: Way, found: dict[Way, Any], told: list[Diagnostic]) -> Any:
    """A setting's value as it is used; nothing, after a finding, when there is no such setting or value."""
    if key not in KEYS:
        message, help_ = unknown("setting", key, KEYS)
        if not table and key == _TABLE[0]:
            help_ = "a table [tool.archspec] belongs into pyproject.toml; here settings stand without it"
        told.append(fault(message, found[*table, key].key, help_))
        return None
    wrongs: list[Wrong] = []
    read = read_setting(key, value, wrongs)
    for wrong in wrongs:
        place = found[*table, key, *wrong.way]
        told.append(fault(wrong.about(key), place.key if wrong.is_key else place.value, wrong.help))
    return read


def _read(path: str, sink: Sink) -> tuple[Source, Any] | None:
    """The text of a TOML file, and what is in it."""
    import tomllib  # noqa: PLC0415 - a few milliseconds, where there is a file

    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8-sig")
        source = Source(path, text)
        return source, tomllib.loads(text)
    except OSError as error:
        sink(fault(f"the configuration cannot be read: {error.strerror or error}", None, path=path))
    except UnicodeDecodeError as error:
        message = f"byte 0x{error.object[error.start]:02X} is not UTF-8, which TOML is written in"
        sink(fault(message, None, "save the file as UTF-8", path))
    except tomllib.TOMLDecodeError as error:
        sink(_syntax(source, str(error)))
    except RecursionError:
        sink(fault("lists and tables stand too deep within each other", None, path=path))
    return None


def _syntax(source: Source, words: str) -> Diagnostic:
    """The finding about a file that is no TOML, where tomllib stopped."""
    match = _POSITION.search(words)
    at = len(source.text)
    if match:
        before = source.text.splitlines(keepends=True)[: int(match[1]) - 1]
        at = sum(map(len, before)) + int(match[2]) - 1
        words = words[: match.start()]
    return fault(f"this is no TOML: {words[:1].lower()}{words[1:]}", Span(source, at, at))
