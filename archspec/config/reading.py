"""A configuration file: TOML to settings, every fault with its line."""

# ruff: noqa: PTH100, PTH119, PTH120 -- as in nearest_file.py

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from archspec.config.nearest_file import MOST_BYTES, SHARED
from archspec.config.places import repeated_key
from archspec.config.resolving import Layer
from archspec.config.settings import read_settings
from archspec.config.toml_limits import OWN_FILE, passed_limit
from archspec.config.tree import toml_tree
from archspec.diagnostics import Diagnostic, Label
from archspec.source import Source, Span
from archspec.syntax.guarded_file import UnreadableFileError, read_guarded_file
from archspec.syntax.nodes import Mapping, Node
from archspec.syntax.quoting import in_backticks

if TYPE_CHECKING:
    from archspec.diagnostics import Sink

_TABLE = ("tool", "archspec")
_REPEATED = re.compile("Cannot (overwrite|declare)|Duplicate")
_POSITION = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read_layer(path: str, sink: Sink) -> Layer | None:
    """The settings in a file, which is named as ``path`` in messages; None when anything is wrong there, see ``sink``.

    A file ``pyproject.toml`` has them in ``[tool.archspec]``, any other at its top level.
    """
    read = _read(path, sink)
    if read is None:
        return None
    source, data = read
    found: list[Diagnostic] = []
    top = toml_tree(data, source)
    node: Node | None = top
    if os.path.basename(path) == SHARED:
        for key in _TABLE:
            node = node.get(key) if isinstance(node, Mapping) else node
    else:
        node = _without_table(top, found)
    if node is None:
        node = Mapping((), Span(source, 0, 0))
    values = {}
    if isinstance(node, Mapping):
        values = read_settings(node, "the configuration", found.append)
    else:
        found.append(_fault("`tool.archspec` must be a table of settings", node.span, "write [tool.archspec]"))
    for each in found:
        sink(each)
    if found:
        return None
    lines = {entry.name: entry.key.span.line for entry in node.entries} if isinstance(node, Mapping) else {}
    return Layer(os.path.dirname(os.path.abspath(path)), values, {key: f"{path}:{lines[key]}" for key in values})


def _without_table(node: Mapping, found: list[Diagnostic]) -> Mapping:
    """The tree of our own file without a table ``tool``, which belongs in pyproject.toml."""
    for entry in node.entries:
        if entry.name == _TABLE[0]:
            help_ = "the table [tool.archspec] belongs in pyproject.toml; in this file, settings are at the top level"
            found.append(_fault("the configuration has no `tool`", entry.key.span, help_))
    return Mapping(tuple(entry for entry in node.entries if entry.name != _TABLE[0]), node.span)


def _fault(message: str, span: Span | None, *help_: str, path: str | None = None) -> Diagnostic:
    """The finding about a configuration; the files that it governs cannot be checked."""
    return Diagnostic(
        rule="invalid-configuration", message=message, span=span, help=help_, path=path, unusable=True
    )  # fmt: skip


def _read(path: str, sink: Sink) -> tuple[Source, Any] | None:
    """The text of a TOML file, and what is in it."""
    import tomllib  # noqa: PLC0415 - a few milliseconds, where there is a file

    try:
        text = read_guarded_file(path, MOST_BYTES, OWN_FILE).decode("utf-8-sig")
        source = Source(path, text)
        passed = passed_limit(source)
        if passed is None:
            return source, tomllib.loads(text)
        sink(_fault(passed.message, passed.span, OWN_FILE))
    except UnreadableFileError as refusal:
        reason = getattr(refusal.__cause__, "strerror", None) or refusal
        sink(_fault(f"the configuration cannot be read: {reason}", None, path=path))
    except UnicodeDecodeError as error:
        message = f"byte 0x{error.object[error.start]:02X} is not UTF-8, the encoding of TOML"
        sink(_fault(message, None, "save the file as UTF-8", path=path))
    except ValueError as error:
        sink(_syntax(source, str(error)))
    except RecursionError:
        sink(_fault("lists and tables are nested too deep", None, path=path))
    return None


def _syntax(source: Source, words: str) -> Diagnostic:
    """The finding about a file that is not valid TOML, where tomllib stopped."""
    match = _POSITION.search(words)
    at = len(source.text)
    if match:
        before = source.text.splitlines(keepends=True)[: int(match[1]) - 1]
        at = sum(map(len, before)) + int(match[2]) - 1
        words = words[: match.start()]
    repeated = repeated_key(source, at) if _REPEATED.match(words) else None
    if repeated is not None:
        label = Label(repeated.first, "first used here")
        message = f"{in_backticks(repeated.second.text)} is defined twice"
        return _fault(message, repeated.second, "keep one of them")._replace(labels=(label,))
    return _fault(f"this is not valid TOML: {words[:1].lower()}{words[1:]}", Span(source, at, at))
