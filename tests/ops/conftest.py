"""What the operators are tested against: ONNX Runtime, one node at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._base import Operator
    from archspec.ops._numpy import Array


def node(kind: str, x: Array, *constants: Array | None, **attributes: Any) -> Array:
    """One ONNX node on float32 ``x``; ``constants`` are its other inputs, None where one is left out."""
    names = [f"constant{i}" for i in range(len(constants))]
    given = {name: np.ascontiguousarray(a) for name, a in zip(names, constants, strict=True) if a is not None}
    graph = helper.make_graph(
        [helper.make_node(kind, ["x", *(name if name in given else "" for name in names)], ["y"], **attributes)],
        "one node",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in given.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    y: Array
    (y,) = session.run(None, {"x": np.ascontiguousarray(x)})
    return y


def run(kind: str, x: Array, *constants: Array | None, **attributes: Any) -> Array:
    """One ONNX node on float32 ``x`` (N, ..., C), laid out as ONNX wants it: (N, C, ...)."""
    return np.moveaxis(node(kind, np.moveaxis(x, -1, 1), *constants, **attributes), 1, -1)


def agree(ours: Array, theirs: Array) -> None:
    """Equal in shape and dtype, and in value to 1e-5 of the largest number."""
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * max(1e-6, np.abs(theirs).max(initial=0)))


def drawn(layer: Operator, volume: Volume, seed: int = 0) -> tuple[Array, dict[str, Array]]:
    """An input of two samples and weights for it, all from a normal distribution."""
    rng = np.random.default_rng(seed)
    weights = {w.name: rng.standard_normal(w.shape).astype("float32") for w in layer.weights([volume])}
    return rng.standard_normal((2, *volume.shape)).astype("float32"), weights


def draw_volume(data: st.DataObject, longest: tuple[int, int, int] = (9, 7, 4), channels: int = 4) -> Volume:
    """A volume of 1, 2 or 3 axes, none longer than ``longest`` says for that number of axes."""
    rank = data.draw(st.integers(1, 3))
    sizes = data.draw(st.tuples(*[st.integers(1, longest[rank - 1])] * rank))
    return Volume(sizes, data.draw(st.integers(1, channels)))


def draw_sliding(data: st.DataObject) -> tuple[Volume, dict[str, Any]]:
    """A volume of 1, 2 or 3 axes and a window that goes in, its padding below the kernel as ORT wants."""

    def integers(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    sizes: list[int] = []
    arguments: dict[str, list[Any]] = {"kernel": [], "stride": [], "dilation": [], "padding": []}
    for _ in range(rank := integers(1, 3)):
        kernel, dilation = integers(1, 4), integers(1, 2)
        near, far = integers(0, kernel - 1), integers(0, kernel - 1)
        least = max(1, (kernel - 1) * dilation + 1 - near - far)
        sizes.append(integers(least, least + (8, 6, 4)[rank - 1]))
        for name, value in (
            ("kernel", kernel),
            ("stride", integers(1, 4)),
            ("dilation", dilation),
            ("padding", [near, far]),
        ):
            arguments[name].append(value)
    return Volume(tuple(sizes), integers(1, 4)), arguments


def draw_same(data: st.DataObject) -> tuple[Volume, dict[str, Any]]:
    """The same for ``padding: same``, without dilation, which ORT does not know there.

    Where a window steps over more than it needs, ORT cuts the input; TensorFlow and we leave it whole.
    """
    volume, arguments = draw_sliding(data)
    del arguments["padding"], arguments["dilation"]
    for size, kernel, stride in zip(volume.spatial, arguments["kernel"], arguments["stride"], strict=True):
        assume((size - 1) // stride * stride + kernel >= size)
    return volume, arguments


def draw_transposed(data: st.DataObject) -> tuple[Volume, dict[str, Any]]:
    """A volume and the arguments of a transposed convolution that leave something of the output."""

    def integers(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    rank, groups = integers(1, 3), integers(1, 3)
    arguments: dict[str, Any] = {name: [] for name in ("kernel", "stride", "dilation", "padding", "output_padding")}
    sizes = []
    for _ in range(rank):
        kernel, stride, dilation, size = (
            integers(1, 4),
            integers(1, 3),
            integers(1, 2),
            integers(1, (6, 4, 3)[rank - 1]),
        )
        extra = integers(0, stride - 1)  # with dilation PyTorch allows more, ORT does not
        room = (size - 1) * stride + (kernel - 1) * dilation + extra
        near = integers(0, min(room, 3))
        sizes.append(size)
        values = kernel, stride, dilation, [near, integers(0, min(room - near, 3))], extra
        for name, value in zip(arguments, values, strict=True):
            arguments[name].append(value)
    counts = {"filters": groups * integers(1, 3), "groups": groups, "bias": data.draw(st.booleans())}
    return Volume(tuple(sizes), groups * integers(1, 3)), {**arguments, **counts}


class Reference:
    """What a test takes from here as one fixture: a module of tests cannot be imported."""

    draw_sliding = staticmethod(draw_sliding)
    draw_transposed = staticmethod(draw_transposed)
    draw_same = staticmethod(draw_same)
    draw_volume = staticmethod(draw_volume)
    drawn = staticmethod(drawn)
    node = staticmethod(node)
    run = staticmethod(run)
    agree = staticmethod(agree)


@pytest.fixture(scope="session")
def ort() -> Reference:
    return Reference()
