import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from archspec.engine.feature_maps import write_feature_maps
from archspec.engine.grid import BLACK, GAP, NAN, WHITE, drawn_count, grid, maps, palette
from archspec.engine.network import InputError, Network
from archspec.engine.png import png
from archspec.files.output_file import OutputError
from archspec.ops.convolution import Conv
from archspec.ops.rectifiers import ReLU
from archspec.volume import Volume

Array = np.ndarray[Any, np.dtype[Any]]


def test_a_png_is_what_pillow_reads(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7)).astype(np.uint8)
    (tmp_path / "a.png").write_bytes(png(pixels, palette()))
    with Image.open(tmp_path / "a.png") as image:
        image.verify()
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), palette()[pixels])


def test_grey_goes_from_black_to_white() -> None:
    colours = palette()
    assert colours.shape == (256, 3)
    assert colours[[BLACK, WHITE]].tolist() == [[0] * 3, [255] * 3]
    assert (np.diff(colours[BLACK:].astype(int), axis=0) >= 0).all()
    assert len(np.unique(colours, axis=0)) > 250


def test_each_channel_has_a_scale_of_its_own() -> None:
    sample = np.stack([[[0, 1], [2, 4]], [[-300, 0], [-100, -200]], [[7, 7], [7, 7]]], axis=-1)
    picture = grid(maps(sample))
    # three maps of 2 x 2 in two columns; enlarged so that 400 pixels are reached, with gaps of one
    side = 2 * 100
    assert picture.shape == (2 * (side + 1) + 1, 2 * (side + 1) + 1)
    first = picture[1 : 1 + side, 1 : 1 + side]
    assert [first[0, 0], first[0, -1], first[-1, 0], first[-1, -1]] == [BLACK, BLACK + 63, BLACK + 126, WHITE]
    second = picture[1 : 1 + side, 2 + side : -1]
    assert [second[0, 0], second[0, -1], second[-1, 0], second[-1, -1]] == [BLACK, WHITE, BLACK + 169, BLACK + 84]
    assert (picture[2 + side : -1, 1 : 1 + side] == BLACK).all()  # all of one number
    assert (picture[2 + side :, 1 + side :] == GAP).all()  # no fourth channel
    assert (picture[:, [0, 1 + side, -1]] == GAP).all()
    assert (picture[[0, 1 + side, -1]] == GAP).all()


def test_large_maps_are_not_enlarged() -> None:
    x = np.random.default_rng(0).random((300, 500, 1))
    assert grid(maps(x)).shape == (302, 502)


@pytest.mark.parametrize(
    ("numbers", "colours"),
    [
        ([0, np.nan, 1, 2], [BLACK, NAN, BLACK + 126, WHITE]),
        ([np.inf, 0, 1, -np.inf], [WHITE, BLACK, WHITE, BLACK]),
        ([np.nan] * 4, [NAN] * 4),
        ([np.nan, np.inf, -np.inf, 5], [NAN, BLACK, BLACK, BLACK]),
        ([-1.7e308, 1.7e308, 0, 0], [BLACK, WHITE, BLACK + 126, BLACK + 126]),
        ([0, 5e-324, 5e-324, 0], [BLACK, BLACK, BLACK, BLACK]),
    ],
)
def test_numbers_that_are_none_and_extremes(numbers: list[float], colours: list[int]) -> None:
    picture = grid(np.array(numbers).reshape(1, 2, 2))
    half = picture.shape[0] // 2
    corners = [picture[1, 1], picture[1, -2], picture[-2, 1], picture[-2, -2]]
    assert half > 100
    assert corners == colours


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_largest_of_every_dtype(dtype: str) -> None:
    most = np.finfo(dtype).max
    picture = grid(np.array([-most, most], dtype).reshape(1, 1, 2))
    assert [picture[1, 1], picture[1, -2]] == [BLACK, WHITE]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((4, 6, 8), (8, 4, 6)),
        ((9, 8), (8, 1, 9)),
        ((5, 4, 6, 8), (8, 4, 6)),
        ((1, 1, 8), (8, 1, 1)),
        ((1, 8), (8, 1, 1)),
        ((8,), (8, 1, 1)),
    ],
)
def test_volumes_of_every_rank_are_maps(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert maps(np.zeros(shape)).shape == expected


def test_the_middle_slice_of_a_solid_is_drawn() -> None:
    x = np.arange(5.0).reshape(5, 1, 1, 1)
    assert maps(x).item() == 2


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        ((3, 8, 8), 3),
        ((512, 14, 14), 256),
        ((1000, 1, 1), 1000),
        ((25088, 1, 1), 4096),
        ((64, 2000, 2000), 4),
        ((3, 9999, 9999), 1),
    ],
)
def test_how_many_are_drawn(shape: tuple[int, ...], count: int) -> None:
    assert drawn_count(np.broadcast_to(0.0, shape)) == count


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((10, 1, 1), (41, 401)),  # a row of ten cells
        ((1000, 1, 1), (417, 417)),  # 32 x 32 cells of 12 and a gap
        ((4096, 1, 1), (449, 449)),
        ((256, 14, 14), (465, 465)),
        ((256, 1, 197), (385, 791)),  # strips stand in two columns
        ((1, 1, 1), (401, 401)),
    ],
)
def test_pictures_have_a_readable_size(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    assert grid(np.zeros(shape)).shape == size


def test_cells_of_a_vector_are_compared_with_each_other() -> None:
    picture = grid(np.array([3.0, 1.0, 2.0]).reshape(3, 1, 1))
    assert [picture[1, 1], picture[1, 200], picture[1, -2]] == [WHITE, BLACK, BLACK + 126]


def test_a_trace_is_drawn_layer_by_layer(network_of: Callable[..., Network], tmp_path: Path) -> None:
    network = network_of(Volume((8, 8), 3), ("conv1", Conv(filters=300, kernel=3)), ("relu1", ReLU()))
    trace = network.trace(np.random.default_rng(0).random((2, 8, 8, 3)))
    written = write_feature_maps(trace, tmp_path / "new" / "maps")
    assert list(map(str, written)) == ["01-conv1.png: 256 of 300 channels", "02-relu1.png: 256 of 300 channels"]
    assert [path.name for path in sorted((tmp_path / "new" / "maps").iterdir())] == ["01-conv1.png", "02-relu1.png"]
    with Image.open(written[1].path) as image:
        np.testing.assert_array_equal(np.asarray(image), grid(maps(trace["relu1"][0])[:256]))


def test_only_its_own_files_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "01-fc1.png").write_text("old")
    (tmp_path / "02-fc1.png").write_text("mine")
    write_feature_maps({"fc1": np.ones((1, 1, 1, 2))}, str(tmp_path))
    assert (tmp_path / "01-fc1.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "02-fc1.png").read_text() == "mine"


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("stage2.block1.main.conv1", "01-stage2.block1.main.conv1.png"),
        ("../../etc/passwd", "01-.._.._etc_passwd.png"),
        ("a:b*c\0d é", "01-a_b_c_d__.png"),
        ("x" * 300, f"01-{'x' * 100}.png"),
    ],
)
def test_names_are_made_fit_for_files(tmp_path: Path, layer: str, name: str) -> None:
    (written,) = write_feature_maps({layer: np.ones((1, 1, 1, 2))}, tmp_path / "maps")
    assert (written.path.name, written.path.parent, written.layer) == (name, tmp_path / "maps", layer)


def test_numbers_sort_in_order(tmp_path: Path) -> None:
    written = write_feature_maps({f"relu{i}": np.ones((1, 1, 1, 1)) for i in range(100)}, tmp_path)
    assert [each.path.name for each in written][::99] == ["001-relu0.png", "100-relu99.png"]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    trace = {"fc1": np.ones((1, 1, 1, 2))}
    (tmp_path / "file").touch()
    for directory, reason in ((tmp_path / "file", "it is a file"), (tmp_path / "file" / "maps", "Not a directory")):
        with pytest.raises(OutputError) as caught:
            write_feature_maps(trace, directory)
        assert str(caught.value) == f"cannot make the directory {directory}: {reason}"
    (tmp_path / "01-fc1.png").mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*01-fc1\.png: Is a directory"):
        write_feature_maps(trace, tmp_path)


def test_an_empty_batch_has_no_picture(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is nothing to draw: `fc1` has an empty batch, 0x1x1x2"):
        write_feature_maps({"fc1": np.ones((0, 1, 1, 2))}, tmp_path / "maps")
    assert not (tmp_path / "maps").exists()


def test_checksums_are_right() -> None:
    content = png(np.zeros((1, 1), np.uint8), palette())
    assert content[12:16] == b"IHDR"
    assert int.from_bytes(content[29:33], "big") == zlib.crc32(content[12:29])
