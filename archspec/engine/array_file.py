"""Results in a file: one array as .npy, several as .npz."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archspec.files.output_file import output_file

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from archspec.ops._numpy import Array


def write_results(path: str | os.PathLike[str], results: Mapping[str, Array]) -> None:
    """Save a single array as .npy, several by name as .npz; the file is whole or not there.

    Raises:
        OutputError: it cannot be written.

    """
    with output_file(path) as file:
        if len(results) == 1:
            np.save(file, next(iter(results.values())))
        else:
            np.savez(file, allow_pickle=False, **results)
