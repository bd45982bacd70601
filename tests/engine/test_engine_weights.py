import io
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archspec.engine.network import Network, WeightsError
from archspec.ops.convolution import Conv
from archspec.ops.normalization import BatchNorm
from archspec.volume import Volume

Make = Callable[..., Network]
NAMES = [
    "conv1.weight",
    "conv1.bias",
    "batch_norm1.gamma",
    "batch_norm1.beta",
    "batch_norm1.mean",
    "batch_norm1.variance",
]


def two_layers(network_of: Make, seed: int = 0, **options: Any) -> Network:
    conv = Conv(filters=4, kernel=3)
    return network_of(Volume((6, 6), 2), ("conv1", conv), ("batch_norm1", BatchNorm()), seed=seed, **options)


def arrays(network: Network) -> dict[str, Any]:
    return {**network.parameters, **network.buffers}


def same(one: Network, other: Network) -> bool:
    return all(np.array_equal(array, arrays(other)[name], equal_nan=True) for name, array in arrays(one).items())


def write(path: Path, members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), **options)
    return file.getvalue()


def header(text: str) -> bytes:
    """A .npy file that is all header."""
    return b"\x93NUMPY\x01\x00" + len(text + "\n").to_bytes(2, "little") + text.encode() + b"\n"


def message_of(network: Network, source: Any) -> str:
    before = arrays(network)
    with pytest.raises(WeightsError) as caught:
        network.load(source)
    assert all(arrays(network)[name] is array for name, array in before.items())  # nothing has changed
    return str(caught.value)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_saved_weights_are_loaded_again(network_of: Make, tmp_path: Path, dtype: str) -> None:
    first, second = (two_layers(network_of, seed, dtype=dtype) for seed in (0, 1))
    changed = arrays(first) | {"conv1.bias": np.array([1, np.nan, np.inf, -0.0], first.dtype)}
    first.load(changed)
    first.save(tmp_path / "weights")
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]
    assert not same(first, second)
    second.load(str(tmp_path / "weights"))
    assert same(first, second)
    x = np.ones((1, 6, 6, 2))
    np.testing.assert_array_equal(first(x), second(x))


def test_numpy_reads_what_is_saved_and_the_other_way_round(network_of: Make, tmp_path: Path) -> None:
    network = two_layers(network_of)
    network.save(tmp_path / "ours.npz")
    with np.load(tmp_path / "ours.npz", allow_pickle=False) as file:
        assert list(file) == NAMES
        theirs: Any = {name: np.asfortranarray(file[name]).astype(">f4") for name in reversed(NAMES)}
    np.savez_compressed(tmp_path / "theirs.npz", **theirs)
    other = two_layers(network_of, seed=1)
    other.load(tmp_path / "theirs.npz")
    assert same(network, other)
    assert other.parameters["conv1.weight"].dtype == np.dtype("=f4")
    assert other.parameters["conv1.weight"].flags.c_contiguous


def test_the_same_weights_are_the_same_bytes(network_of: Make, tmp_path: Path) -> None:
    for name in ("a", "b"):
        two_layers(network_of).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_arrays_are_copied_in(network_of: Make) -> None:
    network = two_layers(network_of)
    mine = {name: array.copy() for name, array in arrays(network).items()}
    network.load(mine)
    mine["conv1.bias"][:] = 7
    assert not network.parameters["conv1.bias"].any()


def test_names_that_differ_are_named(network_of: Make) -> None:
    network = two_layers(network_of)
    given_ = {name.replace("conv1.weight", "conv1.wieght"): array for name, array in arrays(network).items()}
    del given_["batch_norm1.mean"]
    assert message_of(network, given_) == (
        "the mapping does not fit the network:\n  `conv1.weight` is missing, but there is `conv1.wieght`\n"
        "  `batch_norm1.mean` is missing\n  `conv1.wieght` is not an array of the network; is it `conv1.weight`?"
    )
    assert message_of(network, {}).splitlines()[1:] == [f"  `{name}` is missing" for name in NAMES]


def test_shapes_and_dtypes_that_differ_are_named(network_of: Make, tmp_path: Path) -> None:
    network = two_layers(network_of)
    wrong = arrays(network) | {
        "conv1.bias": np.zeros(5, np.float32),
        "batch_norm1.beta": np.zeros(4),
        "batch_norm1.mean": np.array(list("abcd"), object),
    }
    faults = (
        "\n  `conv1.bias` is (5,) float32, expected (4,) float32"
        "\n  `batch_norm1.beta` is (4,) float64, expected (4,) float32"
        "\n  `batch_norm1.mean` is (4,) object, expected (4,) float32"
    )
    assert message_of(network, wrong) == f"the mapping does not fit the network:{faults}"
    path = tmp_path / "w.npz"
    np.savez(path, **wrong)
    assert message_of(network, path) == f"{path} does not fit the network:{faults}"  # and no pickle is opened


def test_files_that_are_none(network_of: Make, tmp_path: Path) -> None:
    network = two_layers(network_of)
    path = tmp_path / "w.npz"
    assert message_of(network, path) == f"cannot read {path}: No such file or directory"
    assert message_of(network, tmp_path) == f"cannot read {tmp_path}: Is a directory"
    path.write_bytes(b"")
    assert message_of(network, path) == f"{path} is damaged or not an .npz file: File is not a zip file"
    path.write_bytes(npy(np.zeros(3)))
    assert "not an .npz file" in message_of(network, path)
    write(path, {"archive/data.pkl": b"cos\nsystem\n"})
    assert "`archive/data.pkl` is not an array of the network" in message_of(network, path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the header of `conv1.bias` is unreadable: EOF: "),
        (b"not an array", "the header of `conv1.bias` is unreadable: the magic string is not correct"),
        (npy(np.zeros(4, np.float32))[:-1], "EOF: reading array data"),
        (npy(np.zeros(4, np.float32)) + b"more", "`conv1.bias` has data after its last element"),
        (npy(np.zeros(4, np.float32), version=(3, 0)), "`conv1.bias` is unreadable: it is of version (3, 0)"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"), "EOF: reading array data"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (10**12,), }"), "the header of `conv1.bias` is"),
        (header("__import__('os').abort()"), "the header of `conv1.bias` is unreadable: malformed node"),
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (4,), }"), "(4,) object, expected (4,) float32"),
        (header("(" * 9000), "the header of `conv1.bias` is unreadable"),
    ],
)
def test_members_that_are_no_arrays(network_of: Make, tmp_path: Path, content: bytes, fault: str) -> None:
    network = two_layers(network_of)
    members = {f"{name}.npy": npy(array) for name, array in arrays(network).items()} | {"conv1.bias.npy": content}
    assert fault in message_of(network, write(tmp_path / "w.npz", members))


def test_a_zip_bomb_is_not_unpacked(network_of: Make, tmp_path: Path) -> None:
    network = two_layers(network_of)
    good = {f"{name}.npy": npy(array) for name, array in arrays(network).items()}
    zeros = bytes(64 * 2**20)
    long_header = b"\x93NUMPY\x02\x00" + len(zeros).to_bytes(4, "little") + zeros
    claims = header("{'descr': '<f4', 'fortran_order': False, 'shape': (16777216,), }") + zeros
    for content, fault in (
        (claims, "`conv1.bias` is (16777216,) float32, expected (4,) float32"),
        (good["conv1.bias.npy"] + zeros, "`conv1.bias` has data after its last element"),
        (long_header, "it is of version (2, 0)"),
    ):
        path = write(tmp_path / "w.npz", good | {"conv1.bias.npy": content})
        assert path.stat().st_size < 2**20
        tracemalloc.start()
        try:
            assert fault in message_of(network, path)
            assert tracemalloc.get_traced_memory()[1] < 2**20
        finally:
            tracemalloc.stop()


def test_one_name_twice(network_of: Make, tmp_path: Path) -> None:
    network = two_layers(network_of)
    network.save(tmp_path / "w.npz")
    with zipfile.ZipFile(tmp_path / "w.npz", "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("conv1.bias.npy", b"")
    assert message_of(network, tmp_path / "w.npz").endswith("does not fit the network: it has `conv1.bias` twice")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_goes_unnoticed(network_of: Make, tmp_path: Path, data: st.DataObject) -> None:
    network = two_layers(network_of)
    network.save(tmp_path / "w.npz")
    content = bytearray((tmp_path / "w.npz").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "w.npz").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    other = two_layers(network_of, seed=1)
    try:
        other.load(tmp_path / "w.npz")
    except WeightsError:
        return
    assert same(network, other)


def test_fixed_filters_stay(network_of: Make) -> None:
    conv = Conv.model_validate({"filters": 1, "kernel": 2, "weights": [[1, 2], [3, 4]]})
    network = network_of(Volume((2, 2), 1), ("conv1", conv))
    network.load(arrays(network))
    other = arrays(network) | {"conv1.weight": np.zeros((2, 2, 1, 1), np.float32)}
    assert (
        message_of(network, other)
        == "`conv1.weight` is fixed by the spec's `weights`, but the loaded array has other values"
    )


def test_an_interrupted_save_leaves_the_old_file(
    network_of: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(file: Any, **_: Any) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    network = two_layers(network_of)
    network.save(tmp_path / "w.npz")
    before = (tmp_path / "w.npz").read_bytes()
    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        network.save(tmp_path / "w.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["w.npz"]
    assert (tmp_path / "w.npz").read_bytes() == before
