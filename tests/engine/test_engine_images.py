import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from archspec.engine.images import random_input, read_input
from archspec.engine.network import InputError
from archspec.volume import Volume

RGB = Volume((2, 2), 3)
Array = np.ndarray[Any, np.dtype[Any]]


def save(path: Path, pixels: Any, **options: Any) -> Path:
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, **options)
    return path


def message_of(path: Path, volume: Volume = RGB) -> str:
    with pytest.raises(InputError) as caught:
        read_input(path, volume)
    return str(caught.value)


def test_pixels_become_numbers_from_0_to_1(tmp_path: Path) -> None:
    pixels = np.arange(12).reshape(2, 2, 3) * 23
    array, description = read_input(save(tmp_path / "a.png", pixels), RGB)
    np.testing.assert_array_equal(array, (pixels[np.newaxis] / 255).astype(np.float32))
    assert (array.dtype, description) == (np.dtype("float32"), "a.png 2x2 RGB")
    assert read_input(tmp_path / "a.png", RGB, "float64").array.dtype == np.float64


def test_the_centre_is_cut_out(tmp_path: Path) -> None:
    pixels = np.arange(36).reshape(2, 6, 3)
    array, description = read_input(save(tmp_path / "wide.png", pixels), RGB)
    np.testing.assert_array_equal(array[0] * 255, pixels[:, 2:4])
    assert description == "wide.png 6x2 RGB, centre crop 2x2"
    array, description = read_input(save(tmp_path / "high.png", pixels.swapaxes(0, 1)), RGB)
    np.testing.assert_array_equal(array[0] * 255, pixels.swapaxes(0, 1)[2:4])


def test_a_photograph(tmp_path: Path) -> None:
    photo = load_sample_image("china.jpg")
    array, description = read_input(save(tmp_path / "photo.png", photo), Volume((32, 32), 3))
    assert description == "photo.png 640x427 RGB, centre crop 427x427, resized to 32x32"
    assert array.shape == (1, 32, 32, 3)
    part = photo[:, 106 : 106 + 427]
    # antialiased: each pixel is a weighted mean of all it stands for, so that means of large parts are kept
    np.testing.assert_allclose(array.mean((0, 1, 2)) * 255, part.mean((0, 1)), atol=1)
    np.testing.assert_allclose(array[0, :16].mean((0, 1)) * 255, part[:213].mean((0, 1)), atol=3)


def test_smaller_images_are_enlarged(tmp_path: Path) -> None:
    array, description = read_input(save(tmp_path / "a.png", np.full((1, 1, 3), 51)), Volume((3, 5), 3))
    np.testing.assert_allclose(array, 0.2, rtol=1e-6)
    assert description == "a.png 1x1 RGB, resized to 5x3"


def test_channels_are_what_the_volume_wants(tmp_path: Path) -> None:
    colour = save(tmp_path / "c.png", [[[200, 100, 50]]])
    grey = save(tmp_path / "g.png", [[77]])
    alpha = save(tmp_path / "a.png", [[[200, 100, 50, 128]]])
    luma = round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    for path, expected, done in (
        (colour, [luma], "c.png 1x1 RGB, converted to L"),
        (colour, [200, 100, 50, 255], "c.png 1x1 RGB, converted to RGBA"),
        (grey, [77, 77, 77], "g.png 1x1 L, converted to RGB"),
        (alpha, [200, 100, 50], "a.png 1x1 RGBA, converted to RGB"),
        (alpha, [200, 100, 50, 128], "a.png 1x1 RGBA"),
    ):
        array, description = read_input(path, Volume((1, 1), len(expected)))
        assert np.rint(array.ravel() * 255).tolist() == expected
        assert description == done


def test_sixteen_bits_keep_their_range(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 0x8000], [0xFFFF, 0x4000]], np.uint16)).save(tmp_path / "a.png")
    array, _ = read_input(tmp_path / "a.png", Volume((2, 2), 1))
    assert (array.ravel() * 255).tolist() == [0, 128, 255, 64]
    Image.fromarray(np.ones((2, 2), np.float32)).save(tmp_path / "f.tiff")
    assert message_of(tmp_path / "f.tiff").endswith(
        "cannot be read as an image: its pixels are floats of unknown range; give a .npy file instead"
    )


def test_a_photograph_taken_sideways_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: the camera was turned left, show it turned right
    pixels = np.arange(6).reshape(1, 2, 3) * 40
    array, description = read_input(save(tmp_path / "a.png", pixels, exif=exif), Volume((2, 1), 3))
    assert description == "a.png 1x2 RGB"
    np.testing.assert_array_equal(np.rint(array[0, :, 0] * 255), pixels[0])


def test_files_that_are_no_images(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    assert message_of(path) == f"cannot read {path}: No such file or directory"
    assert message_of(tmp_path) == f"cannot read {tmp_path}: Is a directory"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 2 2\n")  # reading it would start Ghostscript
    assert (
        message_of(path)
        == f"{path} is neither an image of a known format (PNG, JPEG, WEBP, GIF, BMP, TIFF, PPM) nor an .npy file"
    )
    path.write_bytes(b"")
    assert "is neither an image of a known format" in message_of(path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.bmp", "a.tiff", "a.ppm"])
def test_damaged_images_of_every_format(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / name, np.random.default_rng(0).integers(0, 255, (64, 64, 3)))
    assert read_input(path, RGB).array.shape == (1, 2, 2, 3)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cannot be read as an image: " in message_of(path)


def test_a_decompression_bomb_is_not_unpacked(tmp_path: Path) -> None:
    save(tmp_path / "bomb.png", np.zeros((10_000, 10_000)))
    tracemalloc.start()
    try:
        assert message_of(tmp_path / "bomb.png").endswith("has more than 89,478,485 pixels, which is not decompressed")
        assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("volume", [Volume((2, 2), 2), Volume((2,), 3), Volume((2, 2, 2), 3)])
def test_volumes_that_no_image_fills(tmp_path: Path, volume: Volume) -> None:
    assert message_of(save(tmp_path / "a.png", [[0]]), volume) == (
        "an image gives height x width and 1, 3 or 4 channels, "
        f"the network takes {volume}; give a .npy file instead"
    )  # fmt: skip


def test_pillow_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.png", [[0]])
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert message_of(path) == 'reading images needs Pillow: pip install "archspec-nn[image]"'


@pytest.mark.parametrize("shape", [(2, 2, 3), (1, 2, 2, 3), (5, 2, 2, 3), (0, 2, 2, 3)])
def test_npy_files_with_and_without_a_batch(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    np.save(tmp_path / "x.npy", x)
    array, description = read_input(tmp_path / "x.npy", RGB)
    np.testing.assert_array_equal(array, x.reshape(-1, 2, 2, 3))
    assert description == f"x.npy {'x'.join(map(str, shape))} float64"
    assert array.dtype == np.float32
    assert array.flags.writeable


def test_npy_files_of_other_volumes(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((7, 3), np.float32))
    assert read_input(path, Volume((7,), 3)).array.shape == (1, 7, 3)
    wanted = f"{path}: input `input` takes a NumPy array (N, 2, 2, 3) of floats, got "
    assert message_of(path) == f"{wanted}(7, 3)"
    np.save(path, np.zeros((2, 2, 3), np.uint8))
    assert message_of(path) == f"{wanted}dtype uint8; for an image write x.astype(np.float32) / 255"


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"no array",
        lambda good: good[:40],
        lambda good: good[:-1],
        lambda good: good.replace(b"(2, 2, 3)", b"(2,10**9)"),
        lambda good: good.replace(b"(2, 2, 3), }   ", b"(2, 200000000,3"),
        lambda good: good.replace(b"'<f4'", b"'|O8'"),
    ],
)
def test_npy_files_that_are_none(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((2, 2, 3), np.float32))
    path.write_bytes(damage(path.read_bytes()))
    assert message_of(path).startswith(f"{path} is not an .npy file of numbers: ")


def test_a_large_file_of_the_wrong_shape_is_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros(2**22))
    tracemalloc.start()
    try:
        assert message_of(tmp_path / "x.npy").endswith("got (4194304,)")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_random_input_is_the_same_everywhere() -> None:
    array, description = random_input(RGB, batch=2, seed=3)
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([3, 0xD82832D7])))
    np.testing.assert_array_equal(array, stream.random((2, 2, 2, 3), np.float32))
    assert description == "random numbers from 0 to 1, seed 3"
    assert 0 <= array.min() < array.max() < 1
