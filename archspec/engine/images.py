"""Where the input of ``archspec run`` comes from: an image, a .npy file or a generator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from archspec.engine.accept import accept_array
from archspec.engine.errors import InputError
from archspec.engine.image_file import read_image
from archspec.volume import Volume, sizes

if TYPE_CHECKING:
    import os

    from archspec.ops._numpy import Array
_NPY = b"\x93NUMPY"
"""The first bytes of every .npy file."""


class Reading(NamedTuple):
    """An input and, in one line, where it comes from and how it was converted."""

    array: Array
    description: str


def read_input(path: str | os.PathLike[str], volume: Volume, dtype: str = "float32") -> Reading:
    """The input in a file, (N, spatial ..., C) of ``dtype``: a .npy file, or an image as numbers from 0 to 1.

    A .npy file may leave the batch axis out. Images are cut and resized to the volume.

    Raises:
        InputError: the file cannot be read or does not fit.

    """
    path = Path(path)
    if _first_bytes(path) == _NPY or path.suffix == ".npy":
        return _read_npy(path, volume, np.dtype(dtype))
    pixels, description = read_image(path, volume)
    return Reading((pixels / np.float32(255)).astype(dtype), description)


def random_input(volume: Volume, batch: int = 1, seed: int = 0) -> Reading:
    """Uniform numbers from [0, 1), (``batch``, spatial ..., C) float32: the same for a seed on every machine."""
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(b"input")])))
    array = generator.random((batch, *volume.shape), np.float32)
    return Reading(array, f"random numbers from 0 to 1, seed {seed}")


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_NPY))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def _read_npy(path: Path, volume: Volume, dtype: np.dtype[np.floating]) -> Reading:
    """The array is mapped, not read, until its shape is known to be right: a header may claim any size."""
    try:
        stored: Array = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # besides its own ValueError, NumPy raises whatever reading the header raises
        raise InputError(f"{path} is not an .npy file of numbers: {error}") from error
    try:
        checked = accept_array(stored[np.newaxis] if stored.shape == volume.shape else stored, volume, dtype)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    return Reading(np.array(checked), f"{path.name} {sizes(stored.shape)} {stored.dtype}")
