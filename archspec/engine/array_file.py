"""A result in a .npy file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.replacing import replacing

if TYPE_CHECKING:
    import os

    from archspec.ops._numpy import Array


def write_array(path: str | os.PathLike[str], array: Array) -> None:
    """Save an array; the file is whole or not there.

    Raises:
        OutputError: it cannot be written.

    """
    with replacing(Path(path)) as file:
        np.save(file, array)
