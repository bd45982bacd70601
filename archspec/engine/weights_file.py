"""Weights in an .npz file, which is a zip archive of .npy arrays by name; a file read may be anything."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, TYPE_CHECKING

import numpy as np

from archspec.engine.errors import WeightsError
from archspec.engine.matching import MOST_FOREIGN, ArrayForm, check_arrays
from archspec.files.output_file import output_file

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from archspec.engine.axis_orders import ExpectedArray
    from archspec.ops._numpy import Array


def write_weights(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Save arrays under their names; the file is whole or not there.

    Raises:
        OutputError: it cannot be written.

    """
    with output_file(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type] # the names of arrays hold a dot, those of options do not


def read_weights(path: str | os.PathLike[str], expected: Mapping[str, ExpectedArray]) -> dict[str, Array]:
    """Arrays of the names, shapes and dtypes of ``expected``.

    Headers are compared before any data is read, so a small file cannot unpack to more than is expected.

    Raises:
        WeightsError: the file cannot be read, or does not fit.

    """
    with _open_archive(path) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        if len(names) != len(set(names)):
            check_arrays(names, _readable_forms(archive, expected), expected, str(path))
        forms = {name: _form(archive, name) for name in names if name in expected}
        if len(forms) < len(expected):
            foreign = (name for name in dict.fromkeys(names) if name not in expected)
            forms |= _readable_forms(archive, islice(foreign, 4 * len(expected) + MOST_FOREIGN))
        check_arrays(names, forms, expected, str(path))
        return {name: _array(archive, name, np.dtype(each.dtype)) for name, each in expected.items()}


@contextmanager
def _open_archive(path: str | os.PathLike[str]) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except WeightsError:
        raise
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # damaged bytes make zipfile, zlib, tokenize, struct ... raise all sorts of things
        raise WeightsError(f"{path} is damaged or not an .npz file: {error}") from error


def _form(archive: zipfile.ZipFile, name: str) -> ArrayForm:
    """Shape and dtype of a member, of which no more than the header is read."""
    with archive.open(f"{name}.npy") as file:
        try:
            return _header(file)
        except Exception as error:
            raise ValueError(f"the header of `{name}` is unreadable: {error}") from error


def _readable_forms(archive: zipfile.ZipFile, names: Iterable[str]) -> dict[str, ArrayForm]:
    """Shapes and dtypes of the members that are arrays."""
    forms = {}
    for name in names:
        with suppress(Exception):  # as above: anything may be in such a member
            forms[name] = _form(archive, name)
    return forms


def _header(file: IO[bytes]) -> ArrayForm:
    """Only version 1.0, which NumPy writes, is read: its headers have at most 64 KiB, those of later versions 4 GiB."""
    if (version := np.lib.format.read_magic(file)) != (1, 0):
        raise ValueError(f"it is of version {version}")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    return ArrayForm(shape, dtype)


def _array(archive: zipfile.ZipFile, name: str, dtype: np.dtype[np.generic]) -> Array:
    with archive.open(f"{name}.npy") as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
        if file.read(1):  # reading to the very end also compares the checksum
            raise ValueError(f"`{name}` has data after its last element")
    return np.asarray(array, dtype, order="C")
