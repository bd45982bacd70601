"""Writing pictures of a few colours as PNG (W3C, Portable Network Graphics), with nothing but zlib."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from archspec.ops._numpy import Array

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3
"""Colour type: each pixel is the number of a colour in the palette."""


def png(pixels: Array, palette: Array) -> bytes:
    """A PNG file of ``pixels`` (height, width) uint8, each the number of a colour in ``palette`` (n, 3) uint8."""
    height, width = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0)
    rows = np.pad(pixels, ((0, 0), (1, 0)))  # every row begins with its filter, 0: none
    chunks = ((b"IHDR", header), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Length, kind, content, and the checksum of the last two."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
