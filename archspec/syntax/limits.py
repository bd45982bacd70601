"""Limits on the size of files, and how reading stops."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds on one file, so that no file can exhaust memory, time or the stack.

    ``size`` counts bytes, ``depth`` lists and mappings within each other, ``nodes`` keys, values
    and brackets as written, ``aliases`` the keys and values that aliases repeat, ``number`` the characters of a
    number, and ``findings`` what is reported about the file before reading ends.
    """

    size: int = 32 * 2**20
    depth: int = 64
    nodes: int = 3_000_000
    aliases: int = 200_000
    number: int = 100
    findings: int = 1000


DEFAULT_LIMITS = Limits()
"""About thirty times the largest spec that was ever written, a network of 100,000 layers excepted: that fits too."""


class Halt(Exception):  # noqa: N818 -- not an error: the finding that explains it has been reported already
    """Reading cannot go on."""
