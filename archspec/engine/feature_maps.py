"""Pictures of every layer's output: ``01-conv1.png`` and so on, a grid of channels each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archspec.engine.errors import InputError
from archspec.engine.grid import drawn_count, grid, maps, palette
from archspec.engine.png import png
from archspec.files.output_file import OutputError, output_file
from archspec.volume import sizes

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from archspec.ops._numpy import Array

_LONGEST_NAME = 100


class FeatureMap(NamedTuple):
    """One picture that was written: ``drawn`` of the layer's ``channels`` are on it."""

    path: Path
    layer: str
    drawn: int
    channels: int

    def __str__(self) -> str:
        some = f"{self.drawn} of {self.channels}" if self.drawn < self.channels else str(self.channels)
        return f"{self.path.name}: {some} channel{'s' if self.channels > 1 else ''}"


def write_feature_maps(trace: Mapping[str, Array], directory: str | os.PathLike[str]) -> list[FeatureMap]:
    """Draw the first sample of every layer of a trace (:meth:`Network.trace`) into a directory.

    The directory is made if need be; files of the same names in it are replaced, all others are left alone.

    Raises:
        InputError: the trace has no sample.
        OutputError: the directory or a file cannot be written.

    """
    directory = Path(directory)
    _check_samples(trace)
    _make_directory(directory)
    digits = max(2, len(str(len(trace))))
    return [
        _write(y, directory / f"{number:0{digits}}-{_file_name(layer)}.png", layer)
        for number, (layer, y) in enumerate(trace.items(), 1)
    ]


def _check_samples(trace: Mapping[str, Array]) -> None:
    for layer, y in trace.items():
        if not len(y):
            raise InputError(f"there is nothing to draw: `{layer}` has an empty batch, {sizes(y.shape)}")


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if directory.is_file() else error.strerror
        raise OutputError(f"cannot make the directory {directory}: {reason}") from error


def _write(y: Array, path: Path, layer: str) -> FeatureMap:
    pictures = maps(y[0])
    count = drawn_count(pictures)
    with output_file(path) as file:
        file.write(png(grid(pictures[:count]), palette()))
    return FeatureMap(path, layer, count, len(pictures))


def _file_name(layer: str) -> str:
    """A layer's path as part of a file name: characters that some system may not allow become ``_``."""
    return re.sub(r"[^\w.-]", "_", layer, flags=re.ASCII)[:_LONGEST_NAME]
