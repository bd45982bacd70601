"""The configuration of each file: the nearest configuration file, and the options of the command."""

# ruff: noqa: PTH100, PTH109, PTH118, PTH120 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.config.configuration import USUAL, Configuration
from archspec.config.nearest_file import nearest_file
from archspec.files.discovery import usually_passed_over
from archspec.syntax.copies import shown_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.diagnostics import Sink
    from archspec.files.gitignore import PassedOver


class Options(NamedTuple):
    """Options of a command line: settings by key, one file for all specs, or no file at all."""

    values: Mapping[str, Any] = MappingProxyType({})
    file: str | None = None
    isolated: bool = False


class Configurations:
    """The configurations of a run, each read once, and each fault in them reported once."""

    def __init__(self, sink: Sink, options: Options = Options()) -> None:  # noqa: B008 - it never changes
        self._sink = sink
        self._options = options
        self._files: dict[str, str | None] = {}
        self._read: dict[str | None, Configuration | None] = {}

    def of_file(self, path: str) -> Configuration | None:
        """The configuration of a spec; None when it is faulty. For the zoo and a bare ``-`` the current folder's."""
        return self.of_folder("" if path.startswith("zoo:") else os.path.dirname(shown_name(path)))

    def of_folder(self, folder: str) -> Configuration | None:
        """The configuration of the files in a folder; None when it is faulty."""
        file = self.file_of(folder)
        if file not in self._read:
            self._read[file] = self._resolve(file)
        return self._read[file]

    def passed_over(self, folder: str) -> PassedOver:
        """What is skipped in a folder; the default if its configuration is faulty."""
        configuration = self.of_folder(folder) or USUAL
        if configuration.excluded is None:
            return usually_passed_over(folder)
        from archspec.files.gitignore import Level, PassedOver  # noqa: PLC0415 - most folders have no configuration

        levels = tuple(Level(each.patterns, each.way(folder)) for each in configuration.excluded)
        return PassedOver(levels, configuration.respects_gitignore)

    def file_of(self, folder: str) -> str | None:
        """The absolute path of the file that configures a folder; None without one."""
        if self._options.isolated or self._options.file:
            return self._options.file
        try:
            return nearest_file(os.path.abspath(folder), self._files)
        except OSError:  # the current folder is there no more
            return None

    def _resolve(self, file: str | None) -> Configuration | None:
        if file is None and not self._options.values:
            return USUAL
        from archspec.config.reading import read_layer  # noqa: PLC0415 - as above
        from archspec.config.resolving import Layer, resolve  # noqa: PLC0415 - as above

        here = _here()
        layer = Layer(here, {}, {}) if file is None else read_layer(display_path(file), self._sink)
        if layer is None:
            return None
        return resolve(layer, Layer(here, self._options.values, dict.fromkeys(self._options.values, "command line")))


def display_path(file: str) -> str:
    """A path for messages: relative to the current folder if it is below it."""
    here = _here()
    return os.path.relpath(file, here) if file.startswith(os.path.join(here, "")) else file


def _here() -> str:
    """The current folder; the root if it has been deleted."""
    try:
        return os.getcwd()
    except OSError:
        return os.path.abspath(os.sep)
