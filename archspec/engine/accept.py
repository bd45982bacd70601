"""Input arrays of a network: which are accepted, and the messages about all others."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.errors import InputError

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from archspec.volume import Volume

_ADVICE = {
    "i": "write x.astype(np.float32)",
    "u": "write x.astype(np.float32)",
    "b": "write x.astype(np.float32)",
    "c": "take its real part, x.real, or its magnitude, abs(x)",
}
"""What to do about a dtype, by its kind."""


def accept(inputs: object, volumes: Mapping[str, Volume], dtype: np.dtype[np.floating]) -> dict[str, Array]:
    """The arrays of all inputs by name, checked, in the network's dtype and read-only.

    Raises:
        InputError: an array is missing or surplus, is not an array, or has the wrong shape or dtype.

    """
    named = inputs if isinstance(inputs, Mapping) else _by_name(inputs, volumes)
    _check_names(named, volumes)
    arrays = {name: accept_array(named[name], volume, dtype, name) for name, volume in volumes.items()}
    batches = {name: len(array) for name, array in arrays.items()}
    if len(set(batches.values())) > 1:
        raise InputError(
            f"all inputs need the same batch, got {', '.join(f'{n} of `{k}`' for k, n in batches.items())}"
        )
    return arrays


def accept_array(x: object, volume: Volume, dtype: np.dtype[np.floating], name: str = "input") -> Array:
    """``x`` as a read-only array (N, spatial ..., C) of ``dtype``; not copied when it has that dtype already.

    Read-only, so that nothing writes into the caller's array.

    Raises:
        InputError: it is not such an array.

    """
    expected = f"input `{name}` takes a NumPy array ({', '.join(map(str, ('N', *volume.shape)))}) of floats"
    if not isinstance(x, np.ndarray) or _is_masked(x):
        raise InputError(f"{expected}, got {type(x).__name__}; {_conversion(x)}")
    if x.dtype.kind != "f":
        raise InputError(f"{expected}, got dtype {x.dtype}; {_advice(x.dtype)}")
    if x.ndim != 1 + len(volume.shape) or x.shape[1:] != volume.shape:
        raise InputError(f"{expected}, got {x.shape}{_hint(x.shape, volume)}")
    array = np.asarray(x).astype(dtype, copy=False).view()
    array.flags.writeable = False
    return array


def _by_name(x: object, volumes: Mapping[str, Volume]) -> dict[str, object]:
    """A single array, by the name of the only input."""
    if len(volumes) == 1:
        return dict.fromkeys(volumes, x)
    example = ", ".join(f'"{name}": ...' for name in volumes)
    raise InputError(f"the network has {len(volumes)} inputs, got one {type(x).__name__}; give a dict: {{{example}}}")


def _check_names(named: Mapping[str, object], volumes: Mapping[str, Volume]) -> None:
    if set(named) != set(volumes):
        expected, got = (", ".join(f"`{name}`" for name in names) or "none" for names in (volumes, named))
        raise InputError(f"the network takes {expected}, got {got}")


def _is_masked(x: object) -> bool:
    """Whether it is a masked array; NumPy loads their module, which is large, at its first use, by whoever made one."""
    return "numpy.ma" in sys.modules and isinstance(x, np.ma.MaskedArray)


def _conversion(x: object) -> str:
    if _is_masked(x):
        return "fill masked elements: x.filled(0)"
    return "write np.asarray(x, np.float32)"


def _advice(dtype: np.dtype[np.generic]) -> str:
    if dtype == np.uint8:
        return "for an image write x.astype(np.float32) / 255"
    return _ADVICE.get(dtype.kind, "give numbers")


def _hint(shape: tuple[int, ...], volume: Volume) -> str:
    """What probably went wrong: no batch axis, or channels first."""
    if shape == volume.shape:
        return ", which is one sample without the batch axis; write x[None]"
    if shape[1:] == (volume.channels, *volume.spatial):
        return ", which has the channels first; write np.moveaxis(x, 1, -1)"
    return ""
