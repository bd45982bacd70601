"""Files that are written completely or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OutputError(OSError):
    """A file or a directory cannot be written; the message has its path and the reason."""


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of ``path`` in one step when the block ends well.

    Whatever stops the block, Ctrl-C too, leaves ``path`` as it was and nothing beside it.
    A symbolic link is replaced, and not followed.

    Raises:
        OutputError: the file cannot be written.

    """
    temporary = path.parent / f".{path.name[:100]}.{secrets.token_hex(4)}"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # it is gone when all went well
            temporary.unlink()
