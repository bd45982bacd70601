"""Reading an image file, and fitting it to a volume. Pillow does it (the optional extra ``image``)."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from archspec.engine.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL import Image

    from archspec.ops._numpy import Array
    from archspec.volume import Volume

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""Pillow's name for 8-bit images of so many channels; L is luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601)."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""Formats that are read. Others are rare, and some of them start programs (EPS)."""


def read_image(path: Path, volume: Volume) -> tuple[Array, str]:
    """An image as one sample (1, height, width, channels), uint8, and what was done to it.

    It is turned as its EXIF tag says, cut to the volume's aspect ratio about its centre, and resized by bilinear
    interpolation with antialiasing. Of several frames the first is read.

    Raises:
        InputError: the volume is not of an image, Pillow is missing, or the file is not an image that can be read.

    """
    mode = _mode(volume)
    with _pillow(path):
        image = _upright(path)
        steps = [f"{path.name} {image.width}x{image.height} {image.mode}"]
        image = _convert(image, mode, steps)
        height, width = volume.spatial
        image = _resize(image, (width, height), steps)
    return np.asarray(image).reshape(1, *volume.shape), ", ".join(steps)


def _mode(volume: Volume) -> str:
    if len(volume.spatial) == 2 and volume.channels in _MODES:
        return _MODES[volume.channels]
    raise InputError(
        f"an image gives height x width and 1, 3 or 4 channels, the network takes {volume}; give a .npy file instead"
    )


@contextmanager
def _pillow(path: Path) -> Iterator[None]:
    """Convert all errors of Pillow about a file to InputError."""
    try:
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise InputError('reading images needs Pillow: pip install "archspec-nn[image]"') from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InputError(
            f"{path} has more than {Image.MAX_IMAGE_PIXELS:,} pixels, which is not decompressed"
        ) from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"{path} is neither an image of a known format ({', '.join(_FORMATS)}) nor an .npy file"
        ) from error
    except Exception as error:  # decoders raise all sorts of things at damaged files
        raise InputError(f"{path} cannot be read as an image: {error}") from error


def _upright(path: Path) -> Image.Image:
    """A decoded image, turned as its EXIF tag says."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - see _pillow

    with Image.open(path, formats=_FORMATS) as image:
        return ImageOps.exif_transpose(image)


def _convert(image: Image.Image, mode: str, steps: list[str]) -> Image.Image:
    """An image in ``mode``. Grey of 16 bits loses the lower 8: Pillow's own conversion would clip it."""
    from PIL import Image  # noqa: PLC0415 - see _pillow

    if image.mode == mode:
        return image
    if image.mode == "F":
        raise ValueError("its pixels are floats of unknown range; give a .npy file instead")
    steps.append(f"converted to {mode}")
    if image.mode.startswith("I"):
        image = Image.fromarray((np.clip(np.asarray(image), 0, 2**16 - 1) >> 8).astype(np.uint8))
    return image.convert(mode)


def _resize(image: Image.Image, size: tuple[int, int], steps: list[str]) -> Image.Image:
    """The largest centred part of the aspect ratio of ``size`` (width, height), in that size."""
    from PIL import Image  # noqa: PLC0415 - see _pillow

    part = _part(image.size, size)
    if part != image.size:
        steps.append(f"centre crop {part[0]}x{part[1]}")
    if part != size:
        steps.append(f"resized to {size[0]}x{size[1]}")
    left, top = (image.width - part[0]) // 2, (image.height - part[1]) // 2
    return image.resize(size, Image.Resampling.BILINEAR, (left, top, left + part[0], top + part[1]))


def _part(whole: Sequence[int], size: tuple[int, int]) -> tuple[int, int]:
    """Width and height of the largest part of ``whole`` that has the aspect ratio of ``size``, in whole pixels."""
    (width, height), (wide, high) = whole, size
    if width * high > wide * height:
        return max(1, round(height * wide / high)), height
    return width, max(1, round(width * high / wide))
