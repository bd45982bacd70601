"""A configuration that a program passes: a file, or settings by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archspec.config.reading import read_layer
from archspec.config.resolving import Layer, resolve
from archspec.config.settings import read_settings
from archspec.config.tree import value_tree

if TYPE_CHECKING:
    from pathlib import Path

    from archspec.config.configuration import Configuration
    from archspec.diagnostics import Diagnostic


class ConfigError(ValueError):
    """A configuration cannot be read or has invalid settings; all faults are in ``diagnostics`` and the message."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from archspec.text.findings_text import plain_text  # noqa: PLC0415 - only an error needs it

        self.diagnostics = diagnostics
        super().__init__("the configuration is faulty\n\n" + plain_text(diagnostics))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[Diagnostic]]]:
        """Pickle by what it was made of, not by its message."""
        return type(self), (self.diagnostics,)


def configuration_given(config: str | Path | Mapping[str, Any]) -> Configuration:
    """The configuration of a file, or of settings by name.

    Raises:
        ConfigError: something is wrong with them.

    """
    found: list[Diagnostic] = []
    here = os.getcwd()  # noqa: PTH109 - as everywhere in this folder
    layer = _layer(config, here, found) if isinstance(config, Mapping) else read_layer(str(config), found.append)
    if layer is None or found:
        raise ConfigError(found)
    return resolve(layer, Layer(here, {}, {}))


def _layer(config: Mapping[str, Any], here: str, found: list[Diagnostic]) -> Layer:
    values = read_settings(value_tree(dict(config)), "the configuration", found.append)
    found[:] = [each._replace(span=None) for each in found]
    return Layer(here, values, {})
